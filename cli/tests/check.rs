//! `arc-token check` against the agent emulator.

mod run;
#[path = "../../tests/support/mod.rs"]
mod support;

use run::{Ran, arc_token};
use support::Emulator;

fn check(emulator: &Emulator) -> std::process::Command {
    let mut command = arc_token();
    command.args(["check", "--endpoint", &emulator.endpoint, "--key-directory"]).arg(&emulator.key_directory);
    command
}

#[test]
fn all_rows_are_printed_and_the_token_is_not() {
    let emulator = Emulator::start(&[]);
    let ran = Ran::of(check(&emulator).args(["--resource-type", "KeyVault"]));
    assert_eq!((ran.code, ran.errors.as_str()), (0, ""), "{ran:?}");
    let statuses = ["Pass     ", "Warning  ", "Skip     "];
    let rows: Vec<_> = ran.output.lines().filter(|line| statuses.iter().any(|status| line.starts_with(status))).collect();
    assert_eq!(rows.len(), 11, "{}", ran.output);
    assert!(rows[7].starts_with("Pass     Token                  ") && rows[7].contains("'https://vault.azure.net'"), "{}", ran.output);
    assert!(!ran.output.contains('\u{1b}'), "colours in a pipe");
    let issued = emulator.issued();
    assert!(issued.tokens.len() == 1 && issued.tokens.iter().chain(&issued.keys).all(|secret| !ran.output.contains(secret.as_str())));
}

#[test]
fn anything_that_fails_is_told_with_what_to_do_and_by_the_exit_code() {
    let emulator = Emulator::start(&[]);
    let mut command = check(&emulator);
    drop(emulator);
    let ran = Ran::of(&mut command);
    assert_eq!((ran.code, ran.errors.as_str()), (1, ""), "{ran:?}");
    let mut lines = ran.output.lines().skip_while(|line| !line.starts_with("Fail     Port                   AgentNotRunning: "));
    assert!(lines.next().is_some(), "{}", ran.output);
    let advice = lines.next().expect("advice");
    assert!(advice.starts_with(&" ".repeat(32)) && advice.contains("azcmagent show"), "{}", ran.output);
}

#[test]
fn a_value_that_cannot_be_right_is_no_row() {
    let ran = Ran::of(arc_token().args(["check", "--resource", ""]));
    assert!(ran.code == 10 && ran.output.is_empty() && ran.errors.starts_with("arc-token: InvalidArgument: "), "{ran:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn colours_are_for_terminals_that_want_them() {
    let emulator = Emulator::start(&[]);
    let Some(ran) = run::terminal(&emulator, &["check"], &[]) else { return };
    assert!(ran.code == 0 && ran.output.contains("\u{1b}[32mPass"), "{ran:?}");
    let ran = run::terminal(&emulator, &["check"], &[("NO_COLOR", "1")]).expect("it is there");
    assert!(ran.code == 0 && ran.output.contains("Pass  ") && !ran.output.contains('\u{1b}'), "{ran:?}");
}
