//! `arc-token check` with the agent emulator.

mod run;
#[path = "../../tests/support/mod.rs"]
mod support;

use run::{Ran, arc_token, for_emulator};
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
fn json_has_an_object_for_each_row() {
    let emulator = Emulator::start(&[]);
    for arguments in [&["--json"][..], &["--format", "json"]] {
        let ran = Ran::of(check(&emulator).args(arguments));
        let rows: Vec<serde_json::Value> = serde_json::from_str(&ran.output).expect("an array");
        assert!(ran.code == 0 && rows.len() == 11, "{ran:?}");
        assert_eq!((&rows[7]["name"], &rows[7]["status"], &rows[7]["advice"]), (&"Token".into(), &"Pass".into(), &"".into()));
        assert!(rows.iter().all(|row| !row["detail"].as_str().expect("a text").is_empty()));
    }
}

#[test]
fn verbose_tells_the_steps_on_standard_error() {
    let emulator = Emulator::start(&[]);
    let ran = Ran::of(check(&emulator).arg("-v"));
    assert!(ran.code == 0 && ran.errors.contains(" ms: ") && ran.output.contains("Pass     Token"), "{ran:?}");
}

#[test]
fn options_may_come_before_the_command() {
    let emulator = Emulator::start(&[]);
    let ran = Ran::of(for_emulator(&emulator).args(["-v", "check", "--json"]));
    assert!(ran.code == 0 && ran.output.starts_with('[') && ran.errors.contains(" ms: "), "{ran:?}");
    // An option's value is no command, whatever its name.
    let ran = Ran::of(arc_token().args(["--endpoint", "check", "check"]));
    assert!(ran.code == 1 && ran.output.contains("The agent endpoint 'check' (given by the caller) is not allowed"), "{ran:?}");
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
