//! Who answers, on Windows: a process that is not the agent's service gets no key. All processes here are one user's, so no relay of
//! another user's can be tried: the rule for that is tested in `src/trust/agent_process.rs`.
#![cfg(windows)]
#![allow(clippy::unwrap_used)]

#[path = "support/mod.rs"]
mod support;

use std::process::Command;

use arc_token::{CheckStatus, DEFAULT_RESOURCE, Status, TokenRequest, check};
use support::Emulator;

/// A service `himds` that does not run, until it is dropped.
struct StoppedService;

impl StoppedService {
    /// `None` where there is such a service, or this user may make none.
    fn make() -> Option<Self> {
        let sc = |words: &[&str]| Command::new("sc").args(words).output().is_ok_and(|output| output.status.success());
        if sc(&["query", "himds"]) {
            eprintln!("SKIP: this machine has the agent");
            return None;
        }
        if !sc(&["create", "himds", "binPath=", r"C:\windows\system32\winver.exe"]) {
            eprintln!("SKIP: this user may make no service");
            return None;
        }
        Some(Self)
    }
}

impl Drop for StoppedService {
    fn drop(&mut self) {
        let _ = Command::new("sc").args(["delete", "himds"]).output();
    }
}

/// A request to an agent that the environment names: the calling user does not count as the agent there.
fn found(emulator: &Emulator) -> TokenRequest {
    let request = TokenRequest::new(DEFAULT_RESOURCE).force_refresh(true);
    request.variable("IDENTITY_ENDPOINT", &emulator.endpoint).variable("IMDS_ENDPOINT", &emulator.endpoint)
}

fn named(emulator: &Emulator) -> TokenRequest {
    TokenRequest::new(DEFAULT_RESOURCE).endpoint(&emulator.endpoint).key_directory(&emulator.key_directory).force_refresh(true)
}

/// One test, since there is one service manager.
#[test]
fn a_listener_that_is_not_the_services_process_gets_nothing() {
    let emulator = Emulator::start(&[]);
    named(&emulator).send().unwrap();
    let list = check(&named(&emulator)).unwrap();
    let row = list.checks().iter().find(|check| check.name == "Listener").unwrap();
    assert!(row.status == CheckStatus::Pass && row.detail.contains(&format!("process {}", emulator.id())), "{row:?}");
    assert!(row.detail.contains("emulator.exe"), "{row:?}");

    let Some(service) = StoppedService::make() else { return };
    let requests = emulator.requests().len();
    let error = found(&emulator).send().unwrap_err();
    assert_eq!(error.status(), Status::ForeignAnswer, "{error}");
    assert!(error.to_string().contains(&format!("port {} is held by process {}", emulator.port, emulator.id())), "{error}");
    assert!(error.to_string().contains("the service himds does not run"), "{error}");
    let row = check(&found(&emulator)).unwrap().checks().iter().find(|check| check.name == "Listener").unwrap().clone();
    assert!(row.status == CheckStatus::Fail && row.detail.starts_with("ForeignAnswer: "), "{row:?}");
    assert_eq!(emulator.requests().len(), requests, "it was asked");
    named(&emulator).send().expect("the caller's word on the address counts for the caller's own processes");
    drop(service);
}

/// No word of another system's.
#[test]
fn texts_speak_of_windows() {
    let emulator = Emulator::start(&[]);
    let token = named(&emulator).send().unwrap();
    let list = check(&named(&emulator)).unwrap();
    let text = format!("{:?}{:?}{:?}", token.log(), list.log(), list.checks());
    for word in ["netlink", "/proc", "systemctl", "sudo", "/etc", "uid"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    assert!(text.contains("is held by nobody but the agent's service, the system and this user"), "{text}");
}
