//! The agent's answers about the machine, and about its own state.

#![cfg_attr(not(test), no_main)]

use arc_token::fuzzing::{agent_status, assert_plain, compute_in, tags};

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

pub(crate) fn run(data: &[u8]) {
    match compute_in(data) {
        Ok(compute) => {
            assert!(compute.is_object());
            for (name, value) in tags(&compute) {
                assert!(!name.is_empty());
                assert!(!name.chars().chain(value.chars()).any(char::is_control), "{name:?} {value:?}");
            }
        }
        Err(what) => assert_plain(&what),
    }
    match agent_status(data) {
        Ok(texts) => texts.into_iter().flatten().for_each(|text| assert_plain(&text)),
        Err(what) => assert_plain(&what),
    }
}
