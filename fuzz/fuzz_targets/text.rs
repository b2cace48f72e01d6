//! Text from outside that is shown to people.

#![cfg_attr(not(test), no_main)]

use arc_token::fuzzing::{assert_plain, shown, shown_bytes};

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let out = shown(&text);
    assert_plain(&out);
    assert!(out.chars().count() <= 401);
    assert_eq!(shown(&out), out, "what is fit to be shown stays as it is");
    assert_eq!(shown_bytes(data), out, "bytes are shown like the text they are");
    if text.bytes().all(|byte| byte.is_ascii_graphic()) && text.len() <= 400 && !text.contains("eyJ") {
        assert_eq!(out, text, "plain text is not changed, but for tokens");
    }
}
