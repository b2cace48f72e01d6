//! The failures of `arc-token`: messages and exit codes.

mod run;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use run::{Ran, arc_token, for_emulator};
use support::Emulator;

/// Checks a failure: two lines on standard error, the first with the error's name, and nothing on standard output.
#[track_caller]
fn fails(ran: &Ran, code: i32, name: &str, advice: &str) {
    let lines: Vec<_> = ran.errors.lines().collect();
    assert!(ran.code == code && ran.output.is_empty() && lines.len() == 2, "wanted {code} {name}: {ran:?}");
    assert!(lines[0].starts_with(&format!("arc-token: {name}: ")), "{ran:?}");
    assert!(lines[1].starts_with("  ") && lines[1].contains(advice), "{ran:?}");
}

#[test]
fn each_family_has_its_code() {
    let emulator = Emulator::start(&[]);
    let with = |arguments: &[&str]| Ran::of(for_emulator(&emulator).args(arguments));
    fails(&with(&["--resource", ""]), 10, "InvalidArgument", "audience");
    fails(&with(&["--resource", "/subscriptions/x"]), 10, "InvalidArgument", "--identity-resource-id");
    fails(&with(&["--client-id", "a", "--object-id", "b"]), 10, "InvalidArgument", "one id");
    fails(&with(&["--resource-type", "Sql", "--environment", "AzureChinaCloud"]), 10, "InvalidArgument", "--resource");
    fails(
        &with(&["-r", "KeyVault"]),
        10,
        "InvalidArgument",
        "'https://vault.azure.net'. Give that, or the name as --resource-type KeyVault",
    );
    fails(&with(&["--client-id", "0a11ce00-c11e-4000-8000-00000000dead"]), 40, "IdentityNotFound", "Check the id");
    fails(&Ran::of(arc_token().args(["--endpoint", "http://192.0.2.1/"])), 20, "EndpointRefused", "127.0.0.1");
    fails(&Ran::of(arc_token().args(["--key-directory", "/x"])), 10, "InvalidArgument", "endpoint as well");
}

#[test]
fn each_family_of_the_agents_faults_has_its_code() {
    let emulator = Emulator::start(&[]);
    for (fault, code, name) in [
        ("401-after-challenge", 30, "KeyRejected"),
        ("404-before-challenge", 50, "AgentError"),
        ("no-answer-before-challenge", 60, "Timeout"),
    ] {
        emulator.set_fault(fault);
        let ran = Ran::of(for_emulator(&emulator).args(["--timeout", "1"]));
        fails(&ran, code, name, "");
        let issued = emulator.issued();
        assert!(issued.keys.iter().chain(&issued.tokens).all(|secret| !ran.errors.contains(secret.as_str())), "{ran:?}");
    }
    emulator.set_fault("400-api-version");
    fails(&Ran::of(&mut for_emulator(&emulator)), 50, "AgentError", "supports (--api-version)");
    emulator.set_fault("");
    let mut stopped = for_emulator(&emulator);
    drop(emulator);
    fails(&Ran::of(&mut stopped), 20, "AgentNotRunning", "azcmagent show");
}

#[test]
fn verbose_tells_the_steps_of_a_failure_too() {
    let emulator = Emulator::start(&["--fault", "404-before-challenge"]);
    let ran = Ran::of(for_emulator(&emulator).arg("-v"));
    assert!(ran.code == 50 && ran.errors.contains(" ms: Asking the agent"), "{ran:?}");
}

#[test]
fn the_time_is_kept() {
    let emulator = Emulator::start(&["--fault", "no-answer-before-challenge"]);
    let begun = Instant::now();
    assert_eq!(Ran::of(for_emulator(&emulator).args(["--timeout", "1"])).code, 60);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn a_wrong_command_line_is_two() {
    for arguments in [
        &["--unknown"][..],
        &["--timeout", "0"],
        &["--format", "xml"],
        &["--resource-type", "Nothing"],
        &["--environment", "Moon"],
        &["--resource", "x", "--resource-type", "Sql"],
        &["--resource", "x", "--environment", "AzureCloud"],
        &["--show", "check"],
        &["check", "--show"],
        &["check", "--format", "header"],
        &["--json", "--format", "json"],
        &["man", "nothing"],
    ] {
        let ran = Ran::of(arc_token().args(arguments));
        assert!(ran.code == 2 && ran.output.is_empty() && ran.errors.starts_with("error: "), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn a_wrong_command_line_says_what_would_be_right() {
    for (arguments, part) in [
        (&["https://vault.azure.net"][..], "arc-token --resource https://vault.azure.net"),
        (&["-v", "https://vault.azure.net"], "arc-token --resource https://vault.azure.net"),
        (&["keyvault"], "arc-token --resource-type KeyVault"),
        (&["ms-graph"], "arc-token --resource-type MSGraph"),
        (&["exec", "--allow-resource", "keyvault", "true"], "its audience is https://vault.azure.net"),
        (&["chek"], "'check'"),
        (&["--endpoint", "x", "chek"], "'check'"),
        (&["--endpoint", "x", "nothing"], "unrecognized subcommand 'nothing'"),
        (&["--timeout", "5s"], "seconds such as 5 or 0.5"),
        (&["--timeout", "0", "check"], "more than 0"),
        (&["--format", "xml", "check"], "possible values: token, json, header"),
        (&["--show", "check"], "Usage: arc-token check"),
    ] {
        let mut ran = Ran::of(arc_token().args(arguments));
        ran.errors = ran.errors.replace("arc-token.exe", "arc-token"); // Its name on Windows.
        assert!(ran.code == 2 && ran.output.is_empty() && ran.errors.contains(part), "{arguments:?}: {ran:?}");
    }
}

#[test]
#[cfg(unix)]
fn without_a_place_for_the_output_nothing_succeeds() {
    let emulator = Emulator::start(&[]);
    let program = env!("CARGO_BIN_EXE_arc-token");
    let agent = format!("--endpoint '{}' --key-directory '{}'", emulator.endpoint, emulator.key_directory.display());
    let lines = [&agent, &format!("check {agent}"), "--help", "--version", "man", "completions bash", "help check"];
    let mut places = vec![">&-"];
    if cfg!(target_os = "linux") {
        places.push(">/dev/full");
    }
    for (place, line) in places.iter().flat_map(|place| lines.map(|line| (place, line))) {
        let ran = Ran::of(std::process::Command::new("sh").arg("-c").arg(format!("'{program}' {line} {place}")));
        assert!(ran.code == 1 && ran.errors.starts_with("arc-token: The output cannot be written: "), "{line} {place}: {ran:?}");
    }
    // Not even asked for, where it is clear from the start that it goes nowhere.
    assert_eq!(emulator.requests().iter().filter(|seen| seen.keyed).count(), 2, "the two with /dev/full");
}
