//! A secret echoed in an answer, cut and changed as text is before it is shown.

use crate::secret::Secret;
use crate::text::shown;

/// Less than this of a secret is of no use, and is in many texts by chance.
const TELLING: usize = 12;

pub(super) fn run(data: &[u8]) {
    let (length, rest) = super::choice(data);
    let (secret, text) = rest.split_at(usize::from(length).min(rest.len()));
    // With the marks that stand for it in it, a secret could be made anew by taking it out; no key or token has those.
    if secret.len() < TELLING || !secret.iter().all(|byte| byte.is_ascii_graphic() && !b"[]".contains(byte)) {
        return;
    }
    let (secret, text) = (std::str::from_utf8(secret).expect("ASCII"), String::from_utf8_lossy(text));
    let half = text.char_indices().map(|(at, _)| at).nth(text.chars().count() / 2).unwrap_or_default();
    let echoed = format!("{}{secret}{}", &text[..half], &text[half..]);
    for whole in [echoed.clone(), shown(&echoed)] {
        let out = Secret::new(secret.as_bytes()).redact(&whole);
        let shown = secret.as_bytes().windows(TELLING).find(|part| out.as_bytes().windows(TELLING).any(|shown| shown == *part));
        assert!(shown.is_none(), "{secret} in {out}");
    }
}
