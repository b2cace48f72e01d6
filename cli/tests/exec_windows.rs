//! `arc-token exec` on Windows: what the program below it gets, and what comes back.
#![cfg(windows)]

mod run;
#[path = "../../tests/support/mod.rs"]
mod support;

use run::{Ran, for_emulator};
use support::Emulator;

/// Runs a line of the command interpreter below the program.
fn below(emulator: &Emulator, line: &str) -> Ran {
    Ran::of(for_emulator(emulator).args(["exec", "--", "cmd", "/d", "/c", line]))
}

#[test]
fn a_program_writes_where_its_caller_does_and_has_its_exit_code() {
    let emulator = Emulator::start(&[]);
    let ran = below(&emulator, "echo out& echo err>&2& exit 7");
    assert_eq!((ran.code, ran.output.trim_end(), ran.errors.trim_end()), (7, "out", "err"), "{ran:?}");
}

#[test]
fn a_program_has_the_variables_that_lead_to_a_token() {
    let emulator = Emulator::start(&[]);
    let ran = below(&emulator, "echo %IDENTITY_ENDPOINT% %IDENTITY_HEADER%");
    let (endpoint, secret) = ran.output.trim_end().split_once(' ').expect("two values");
    assert!(endpoint.starts_with("http://127.0.0.1:") && secret.len() > 16 && !secret.contains('%'), "{}", ran.code);
    assert!(!emulator.endpoint.starts_with(endpoint), "that of the agent itself");
}
