//! The machine's metadata, from the emulator and from scripted servers.

#[path = "support/scripted.rs"]
mod scripted;
#[path = "support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use arc_token::{ArcMachine, Error, MachineRequest, Status};
use scripted::{Scripted, answer, json, page};
use support::Emulator;

fn request(endpoint: impl Into<String>) -> MachineRequest {
    MachineRequest::new().endpoint(endpoint).timeout(Duration::from_secs(10))
}

fn ask(script: impl scripted::Script) -> Result<ArcMachine, Error> {
    request(Scripted::start(script).endpoint()).send()
}

fn failure(script: impl scripted::Script) -> Error {
    ask(script).expect_err("no machine")
}

#[test]
fn the_machine_is_the_emulators() {
    let emulator = Emulator::start(&[]);
    let machine = request(&emulator.endpoint).send().unwrap();
    let text = |text: &'static str| Some(text.to_owned());
    assert_eq!(machine.name, text("arc-emulator"));
    assert_eq!(machine.subscription_id, text("0a11ce00-5ab5-4000-8000-000000000002"));
    assert_eq!(machine.resource_group, text("emulated"));
    assert_eq!(machine.location, text("westeurope"));
    assert_eq!(machine.environment, text("AzurePublicCloud"));
    assert_eq!(machine.os_type, text(if cfg!(windows) { "Windows" } else { "Linux" }));
    assert_eq!(machine.vm_id, text("0a11ce00-f00d-4000-8000-000000000007"));
    assert_eq!(
        machine.resource_id,
        text(
            "/subscriptions/0a11ce00-5ab5-4000-8000-000000000002/resourcegroups/emulated/providers/Microsoft.HybridCompute/machines/arc-emulator"
        )
    );
    let tag = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(machine.tags, [tag("Datacenter", "Amsterdam"), tag("Environment", "Test")]);
    assert_eq!((machine.agent_status, machine.agent_version), (text("Connected"), text("1.68.0")));
    assert_eq!((machine.agent.endpoint(), machine.agent.source()), (emulator.endpoint.as_str(), "given by the caller"));
    assert!(machine.log.steps().contains("'arc-emulator'"));
}

#[test]
fn no_key_is_asked_for_and_none_is_sent() {
    let emulator = Emulator::start(&[]);
    request(&emulator.endpoint).send().unwrap();
    let seen: Vec<_> = emulator.requests().into_iter().map(|seen| (seen.path, seen.query, seen.keyed)).collect();
    assert_eq!(
        seen,
        [("/metadata/instance".to_owned(), "api-version=2020-06-01".to_owned(), false), ("/agentstatus".to_owned(), String::new(), false)]
    );
    assert_eq!((emulator.count("keys"), emulator.count("connections")), (0, 1));
}

#[test]
fn another_version_can_be_asked_for() {
    let emulator = Emulator::start(&[]);
    assert!(request(&emulator.endpoint).api_version("2021-02-01").send().is_ok());
    let error = request(&emulator.endpoint).api_version("2001-01-01").send().unwrap_err();
    assert_eq!((error.status(), error.http_status()), (Status::AgentError, Some(400)));
}

#[test]
fn what_an_agent_does_not_tell_is_absent() {
    let old = |path: &str| {
        if path == "/agentstatus" {
            page(404, "404 page not found\n")
        } else {
            json(200, r#"{"compute":{"name":"","osType":5,"tags":"a:b"}}"#)
        }
    };
    let machine = ask(old).unwrap();
    assert_eq!((&machine.name, &machine.os_type, &machine.vm_id, &machine.agent_status), (&None, &None, &None, &None));
    assert_eq!(machine.tags, [("a".to_owned(), "b".to_owned())]);
    assert!(machine.log.steps().contains("does not tell its own state"));
}

#[test]
fn answers_that_are_not_the_agents_are_told_apart() {
    assert_eq!(failure(|_| page(200, "<html>Corporate proxy</html>")).status(), Status::ForeignAnswer);
    assert_eq!(failure(|_| answer(302, "Location: http://127.0.0.1:1/\r\n", "")).status(), Status::ForeignAnswer);
    assert_eq!(failure(|_| Some("SSH-2.0-OpenSSH\r\n".to_owned())).status(), Status::ForeignAnswer);
    for body in ["", "{}", "[]", r#"{"compute":[]}"#, r#"{"compute":{}}"#, r#"{"compute":{"name":"a","name":"b"}}"#, r#"{"compute":"#] {
        assert_eq!(failure(|_| json(200, body)).status(), Status::BadResponse, "{body}");
    }
    let error = failure(|_| json(403, r#"{"error":"forbidden","error_description":"no"}"#));
    assert_eq!((error.status(), error.agent_code(), error.agent_description()), (Status::AgentError, Some("forbidden"), Some("no")));
}

#[test]
fn a_busy_agent_is_asked_again() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let machine = ask(|path| match path {
        "/metadata/instance" if ASKED.fetch_add(1, Ordering::Relaxed) == 0 => json(503, "{}"),
        _ => json(200, r#"{"compute":{"name":"m"}}"#),
    });
    assert_eq!(machine.unwrap().name.as_deref(), Some("m"));
    assert_eq!(ASKED.load(Ordering::Relaxed), 2);
}

#[test]
fn the_time_is_the_requests_own() {
    let silent = Scripted::start(|_| None);
    let begun = Instant::now();
    let error = request(silent.endpoint()).timeout(Duration::from_millis(300)).send().unwrap_err();
    assert_eq!(error.status(), Status::Timeout);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[test]
fn where_the_agent_may_be_is_ruled_as_for_tokens() {
    assert_eq!(request("http://10.255.255.1/").send().unwrap_err().status(), Status::EndpointRefused);
    assert_eq!(request("https://127.0.0.1/").send().unwrap_err().status(), Status::EndpointRefused);
}
