//! A secret that an answer repeats, in text that is cut and changed before it is shown.

#![cfg_attr(not(test), no_main)]

use arc_token::Secret;
use arc_token::fuzzing::{choice, redact, shown};

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// A part of a secret with fewer bytes is of no use, and is in many texts by chance.
const USEFUL_LEN: usize = 12;

pub(crate) fn run(data: &[u8]) {
    let (length, rest) = choice(data);
    let (secret, text) = rest.split_at(usize::from(length).min(rest.len()));
    // No key or token has brackets. A secret with brackets could come about again from the text around "[redacted]".
    if secret.len() < USEFUL_LEN || !secret.iter().all(|byte| byte.is_ascii_graphic() && !b"[]".contains(byte)) {
        return;
    }
    let (secret, text) = (std::str::from_utf8(secret).expect("ASCII"), String::from_utf8_lossy(text));
    let half = text.char_indices().map(|(at, _)| at).nth(text.chars().count() / 2).unwrap_or_default();
    let echoed = format!("{}{secret}{}", &text[..half], &text[half..]);
    for whole in [echoed.clone(), shown(&echoed)] {
        let out = redact(&Secret::new(secret.as_bytes()), &whole);
        let shown = secret.as_bytes().windows(USEFUL_LEN).find(|part| out.as_bytes().windows(USEFUL_LEN).any(|shown| shown == *part));
        assert!(shown.is_none(), "{secret} in {out}");
    }
}
