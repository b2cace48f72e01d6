//! Text from outside, made fit to be shown: no control characters, no terminal sequences, no end.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;

use crate::secret::REDACTED;

/// At most this many characters of anybody's text are shown.
const SHOWN: usize = 400;

/// `text` as one line of bounded length without control or formatting characters, which could rewrite a terminal's screen.
pub(crate) fn shown(text: &str) -> String {
    let out: String = text.trim().chars().take(SHOWN).map(|c| if is_plain(c) { c } else { '?' }).collect();
    let mut out = without_tokens(out);
    if text.trim().chars().nth(SHOWN).is_some() {
        out.push('…');
    }
    out
}

/// `text` without what looks like a token (RFC 7519): it may be one of this machine's that somebody repeats.
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

/// Whether a token's header can begin so. Names with an `eyJ` in them hardly ever can.
fn is_json_in_base64(text: &str) -> bool {
    URL_SAFE.decode(text).is_ok_and(|bytes| bytes.starts_with(b"{\"") && bytes.iter().all(u8::is_ascii_graphic))
}

/// `text` as it is, but for control characters: data that is handed on, not a line that is shown.
pub(crate) fn without_controls(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// Like [`shown`], for bytes that need not be text.
pub(crate) fn shown_bytes(bytes: &[u8]) -> String {
    // Four bytes a character at the most: no need to look at a megabyte to show a line.
    shown(&String::from_utf8_lossy(&bytes[..bytes.len().min(4 * SHOWN + 4)]))
}

fn is_plain(c: char) -> bool {
    // Besides control characters: what turns the writing direction, what is not seen at all, line and paragraph separators.
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
        /// Unicode's own classes, but for signs that stand before a number and are seen.
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
    }
}
