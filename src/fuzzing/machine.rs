//! What the agent says about the machine, and about itself.

use crate::agent_status;
use crate::machine::{compute_in, tags};

pub(super) fn run(data: &[u8]) {
    match compute_in(data) {
        Ok(compute) => {
            assert!(compute.is_object());
            for (name, value) in tags(&compute) {
                assert!(!name.is_empty());
                assert!(!name.chars().chain(value.chars()).any(char::is_control), "{name:?} {value:?}");
            }
        }
        Err(what) => super::assert_plain(&what),
    }
    match agent_status::read(data) {
        Ok(status) => [status.status, status.version].into_iter().flatten().for_each(|text| super::assert_plain(&text)),
        Err(what) => super::assert_plain(&what),
    }
}
