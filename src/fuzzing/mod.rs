//! What fuzzers run: for each parser of bytes from outside, a function that feeds it any bytes at all and checks what must hold
//! whatever they are.
//!
//! Not in the shipped library. `tools/fuzz.sh` builds this with the feature `fuzzing` and runs each target under libFuzzer;
//! the inputs in `fuzz/corpus/TARGET/` are run by every `cargo test`, and so are some that proptest makes.

#[cfg(feature = "c-api")]
use crate::ffi::fuzzing as abi;

mod challenge;
mod claims;
mod endpoint;
mod json;
mod key_content;
#[cfg(unix)]
mod key_path;
mod machine;
mod passwd;
mod redact;
mod request;
mod retry_after;
mod service_configuration;
#[cfg(target_os = "linux")]
mod sock_diag;
mod sockets;
mod text;
mod token_response;

#[cfg(test)]
mod tests;

/// Feeds one parser; panics when something does not hold.
pub type Target = fn(&[u8]);

/// All targets by name, which is also that of their corpus.
pub const TARGETS: &[(&str, Target)] = &[
    #[cfg(feature = "c-api")]
    ("abi", abi::run),
    ("challenge", challenge::run),
    ("claims", claims::run),
    ("endpoint", endpoint::run),
    ("json", json::run),
    ("key_content", key_content::run),
    #[cfg(unix)]
    ("key_path", key_path::run),
    ("machine", machine::run),
    ("passwd", passwd::run),
    ("redact", redact::run),
    ("request", request::run),
    ("retry_after", retry_after::run),
    ("service_configuration", service_configuration::run),
    #[cfg(target_os = "linux")]
    ("sock_diag", sock_diag::run),
    ("sockets", sockets::run),
    ("text", text::run),
    ("token_response", token_response::run),
];

/// Checks that `text` can be shown on a terminal: none of it moves the cursor or turns the writing direction.
pub(crate) fn assert_plain(text: &str) {
    let turns = |c| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert!(!text.chars().any(|c| c.is_control() || turns(c)), "not fit to be shown: {text:?}");
}

/// The first byte, as a choice, and the rest.
fn choice(data: &[u8]) -> (u8, &[u8]) {
    data.split_first().map_or((0, data), |(first, rest)| (*first, rest))
}
