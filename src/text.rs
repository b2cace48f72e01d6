//! Text from outside, made fit to be shown: no control characters, no terminal sequences, no end.

/// At most this many characters of anybody's text are shown.
const SHOWN: usize = 400;

/// `text` as one line of bounded length without control or formatting characters, which could rewrite a terminal's screen.
pub(crate) fn shown(text: &str) -> String {
    let mut out: String = text.trim().chars().take(SHOWN).map(|c| if is_plain(c) { c } else { '?' }).collect();
    if text.trim().chars().nth(SHOWN).is_some() {
        out.push('…');
    }
    out
}

/// Like [`shown`], for bytes that need not be text.
pub(crate) fn shown_bytes(bytes: &[u8]) -> String {
    // Four bytes a character at the most: no need to look at a megabyte to show a line.
    shown(&String::from_utf8_lossy(&bytes[..bytes.len().min(4 * SHOWN + 4)]))
}

fn is_plain(c: char) -> bool {
    // Besides control characters: bidirectional overrides, zero-width characters, line and paragraph separators.
    !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_formatting_characters_are_replaced() {
        assert_eq!(shown("a\u{1b}[31m\r\nb\u{202e}c\0"), "a?[31m??b?c?");
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(shown(&"é".repeat(1000)).chars().count(), SHOWN + 1);
        assert_eq!(shown_bytes(&[0xff; 100_000]).chars().count(), SHOWN + 1);
    }
}
