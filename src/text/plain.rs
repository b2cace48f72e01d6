//! Makes text from outside safe to show: without control characters and tokens, and of bounded length.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;

use crate::secret::bytes::REDACTED;

/// The largest number of characters of a text that are shown.
const SHOWN: usize = 400;
/// The same for the agent's words. Entra's end with ids that support asks for, and are about a thousand characters long.
const SHOWN_WHOLE: usize = 4000;

/// `text` as one line of bounded length. Control and formatting characters are replaced, as they could rewrite a terminal's screen.
pub(crate) fn shown(text: &str) -> String {
    shown_to(SHOWN, text)
}

/// Like [`shown`], for the agent's words, of which the end counts as much as the beginning.
pub(crate) fn shown_whole(text: &str) -> String {
    shown_to(SHOWN_WHOLE, text)
}

fn shown_to(limit: usize, text: &str) -> String {
    // Nearly every text is plain already.
    if text.len() <= limit && text.bytes().fold(true, |all, byte| all & matches!(byte, b' '..=b'~')) && !may_have_token(text) {
        return text.trim().to_owned();
    }
    let out: String = text.trim().chars().take(limit).map(|c| if is_plain(c) { c } else { '?' }).collect();
    let mut out = without_tokens(out);
    if text.trim().chars().nth(limit).is_some() {
        out.push('…');
    }
    out
}

fn may_have_token(text: &str) -> bool {
    text.as_bytes().windows(3).fold(false, |any, part| any | ((part[0] == b'e') & (part[1] == b'y') & (part[2] == b'J')))
}

/// `text` without words that look like a token (RFC 7519): text from outside may repeat a token of this machine.
fn without_tokens(mut text: String) -> String {
    const SHORTEST: usize = 20;
    let mut from = 0;
    while let Some(start) = text[from..].find("eyJ").map(|at| from + at) {
        let len = text[start..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.=".contains(byte)).count();
        from = start + 1;
        if len >= SHORTEST && is_json_in_base64(&text[start..start + SHORTEST - 4]) {
            text.replace_range(start..start + len, REDACTED);
            from = start + REDACTED.len();
        }
    }
    text
}

/// True when a token's header can begin with `text`. Names that contain `eyJ` decode to other bytes.
fn is_json_in_base64(text: &str) -> bool {
    URL_SAFE.decode(text).is_ok_and(|bytes| bytes.starts_with(b"{\"") && bytes.iter().all(u8::is_ascii_graphic))
}

/// `text` with `?` for control characters. For data that is returned to the caller uncut.
pub(crate) fn without_controls(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// A path as text that can be shown.
pub(crate) fn shown_path(path: &Path) -> String {
    shown(&path.to_string_lossy())
}

/// Like [`shown`], for bytes that may not be text.
pub(crate) fn shown_bytes(bytes: &[u8]) -> String {
    // A character has at most four bytes. The rest of a large answer is not looked at.
    shown(&String::from_utf8_lossy(&bytes[..bytes.len().min(4 * SHOWN + 4)]))
}

fn is_plain(c: char) -> bool {
    // Characters that change the writing direction, invisible ones, line and paragraph separators.
    let hidden = matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{13430}'..='\u{1345f}' | '\u{e0000}'..='\u{e0fff}');
    !c.is_control() && !hidden
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The characters are Unicode's own classes without the visible signs that stand before a number.
        #[test]
        fn no_formatting_character_is_plain(c in "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\u{600}-\u{605}\u{6dd}\u{70f}\u{890}\u{891}\u{8e2}\u{110bd}\u{110cd}]]") {
            prop_assert_eq!(shown(&format!("a{c}b")), "a?b");
        }
    }

    #[test]
    fn control_and_formatting_characters_are_replaced() {
        assert_eq!(shown("a\u{1b}[31m\r\nb\u{202e}c\0"), "a?[31m??b?c?");
    }

    #[test]
    fn what_looks_like_a_token_is_not_shown() {
        let token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.eyJhIjoxfQ.c2lnbmF0dXJl";
        assert_eq!(shown(&format!("x={token}; eyJ no, '{token}'")), "x=[redacted]; eyJ no, '[redacted]'");
        for name in ["MonkeyJungleProduction-01", "https://contosoKeyJuneRotation.vault.azure.net", "/x/eyJungleProductionGroup01"] {
            assert_eq!(shown(name), name);
        }
        assert!(!shown(&format!("{}{token}", "x".repeat(SHOWN - 25))).contains("eyJ0"), "cut off");
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(shown(&"é".repeat(1000)).chars().count(), SHOWN + 1);
        assert_eq!(shown_bytes(&[0xff; 100_000]).chars().count(), SHOWN + 1);
        assert_eq!(shown_whole(&"é".repeat(4000)), "é".repeat(4000));
        assert_eq!(shown_whole(&"é".repeat(10_000)).chars().count(), SHOWN_WHOLE + 1);
    }
}
