//! What `arc-token` says and returns when it cannot do what it is to do.

mod run;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use run::{Ran, arc_token, for_emulator};
use support::Emulator;

/// Two lines on standard error, the name that the error has everywhere in the first, and nothing on standard output.
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
    ] {
        let ran = Ran::of(arc_token().args(arguments));
        assert!(ran.code == 2 && ran.output.is_empty() && ran.errors.starts_with("error: "), "{arguments:?}: {ran:?}");
    }
}
