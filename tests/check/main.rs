//! The checks of the agent, with the emulator and with scripted servers.

#![allow(clippy::unwrap_used)]

#[cfg(target_os = "linux")]
mod linux;
#[path = "../support/scripted.rs"]
mod scripted;
#[path = "../support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use arc_token::{Check, CheckStatus, Status, TokenRequest, check};
use scripted::{Scripted, answer, json, page};
use support::Emulator;

const ORDER: [&str; 11] = [
    "Agent installed",
    "Endpoint",
    "Environment variables",
    "Port",
    "Listener",
    "Agent connected",
    "Key directory",
    "Token",
    "Identity",
    "Clock",
    "Proxy variables",
];

fn request(emulator: &Emulator) -> TokenRequest {
    TokenRequest::new("https://vault.azure.net").endpoint(&emulator.endpoint).key_directory(&emulator.key_directory)
}

/// Runs the checks. The list must have all rows in their order, each with a text.
fn list(request: &TokenRequest) -> Vec<Check> {
    let list: Vec<_> = check(request).expect("a list").into_iter().collect();
    assert_eq!(list.iter().map(|check| check.name).collect::<Vec<_>>(), ORDER);
    for check in &list {
        assert!(!check.detail.is_empty(), "{check:?}");
        assert!(check.status != CheckStatus::Fail || !check.advice.is_empty(), "{check:?}");
        assert!(check.status != CheckStatus::Pass || check.advice.is_empty(), "{check:?}");
    }
    list
}

fn row<'a>(list: &'a [Check], name: &str) -> &'a Check {
    list.iter().find(|check| check.name == name).expect("a row")
}

#[track_caller]
fn assert_row(list: &[Check], name: &str, status: CheckStatus, part: &str) {
    let row = row(list, name);
    assert!(row.status == status && row.detail.contains(part), "wanted {status:?} '{part}': {row:?}");
}

fn pretender(script: impl scripted::Script) -> Vec<Check> {
    let server = Scripted::start(script);
    let keys = tempfile::tempdir().unwrap();
    list(&TokenRequest::new("https://vault.azure.net").endpoint(server.endpoint()).key_directory(keys.path()))
}

#[test]
fn all_is_well_and_the_token_is_not_the_cached_one() {
    let emulator = Emulator::start(&[]);
    let request = request(&emulator);
    request.send().unwrap();
    request.send().unwrap();
    let asked = emulator.requests().len();
    let list = list(&request);
    // By whether this machine has an agent, and by that one's age.
    let installed = row(&list, "Agent installed");
    match installed.status {
        CheckStatus::Skip => assert!(installed.detail.contains("an endpoint was given"), "{installed:?}"),
        CheckStatus::Pass | CheckStatus::Warning => assert!(installed.detail.contains("is there"), "{installed:?}"),
        CheckStatus::Fail => panic!("{installed:?}"),
    }
    assert_row(&list, "Endpoint", CheckStatus::Pass, &emulator.endpoint);
    assert_row(&list, "Port", CheckStatus::Pass, &format!("127.0.0.1:{}", emulator.port));
    assert_row(&list, "Agent connected", CheckStatus::Pass, "1.68.0");
    assert_row(&list, "Key directory", CheckStatus::Pass, &emulator.key_directory.to_string_lossy());
    assert_row(&list, "Token", CheckStatus::Pass, "'https://vault.azure.net'");
    assert_row(
        &list,
        "Identity",
        CheckStatus::Pass,
        "The machine's own identity: client id 0a11ce00-c11e-4000-8000-000000000003, object id",
    );
    assert_row(&list, "Identity", CheckStatus::Pass, "tenant 0a11ce00-7e4a-4000-8000-000000000001");
    assert_row(&list, "Clock", CheckStatus::Pass, "agree");
    let seen: Vec<_> = emulator.requests().split_off(asked).into_iter().map(|seen| (seen.path, seen.keyed)).collect();
    let token = |keyed| ("/metadata/identity/oauth2/token".to_owned(), keyed);
    assert_eq!(seen, [("/agentstatus".to_owned(), false), token(false), token(true)]);
}

#[test]
fn no_row_holds_a_secret() {
    let emulator = Emulator::start(&[]);
    for fault in ["", "500-after-challenge", "401-after-challenge"] {
        emulator.set_fault(fault);
        let text = format!("{:?}", list(&request(&emulator)));
        let issued = emulator.issued();
        assert!(!issued.keys.is_empty(), "{fault}");
        for secret in issued.keys.iter().chain(&issued.tokens) {
            assert!(!text.contains(secret.as_str()), "{fault}");
        }
    }
}

#[test]
fn a_user_assigned_identity_is_asked_for_and_named() {
    let emulator = Emulator::start(&[]);
    let list = list(&request(&emulator).client_id("0a11ce00-c11e-4000-8000-000000000005"));
    assert_row(&list, "Identity", CheckStatus::Pass, "The user-assigned identity: client id 0a11ce00-c11e-4000-8000-000000000005");
    let list = self::list(&request(&emulator).client_id("0a11ce00-c11e-4000-8000-00000000dead"));
    assert_row(&list, "Token", CheckStatus::Fail, "IdentityNotFound: ");
    assert_row(&list, "Identity", CheckStatus::Skip, "'Token' failed");
}

#[test]
fn a_stopped_agent_fails_at_its_port_and_only_there() {
    let emulator = Emulator::start(&[]);
    let keys = tempfile::tempdir().unwrap();
    let request = request(&emulator).key_directory(keys.path());
    drop(emulator);
    let begun = Instant::now();
    let list = list(&request);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_row(&list, "Port", CheckStatus::Fail, "AgentNotRunning: ");
    assert!(row(&list, "Port").advice.contains(if cfg!(windows) { "Start-Service" } else { "systemctl start" }));
    for name in ["Listener", "Agent connected", "Token", "Identity", "Clock"] {
        assert_row(&list, name, CheckStatus::Skip, "'Port' failed");
    }
    assert_row(&list, "Key directory", CheckStatus::Pass, "");
    assert_eq!(list.iter().filter(|check| check.status == CheckStatus::Fail).count(), 1);
}

#[test]
fn an_address_elsewhere_is_refused_and_nothing_is_asked_of_it() {
    let list = list(&TokenRequest::new("https://vault.azure.net").endpoint("http://10.255.255.1:40342/"));
    assert_row(&list, "Endpoint", CheckStatus::Fail, "EndpointRefused: ");
    assert_eq!(list.iter().filter(|check| check.status == CheckStatus::Fail).count(), 1, "an agent that is not installed is not to blame");
    for name in ["Port", "Listener", "Agent connected", "Key directory", "Token", "Identity", "Clock"] {
        assert_row(&list, name, CheckStatus::Skip, "'Endpoint' failed");
    }
}

#[test]
fn a_value_that_cannot_be_right_is_no_row() {
    for request in [TokenRequest::new(""), TokenRequest::new("https://x").client_id("a").object_id("b")] {
        assert_eq!(check(&request).unwrap_err().status(), Status::InvalidArgument);
    }
}

#[test]
fn an_agent_that_never_answers_takes_no_longer_than_the_request_has() {
    let server = Scripted::start(|_| None);
    let keys = tempfile::tempdir().unwrap();
    let request = TokenRequest::new("https://x").endpoint(server.endpoint()).key_directory(keys.path());
    let begun = Instant::now();
    let list = list(&request.timeout(Duration::from_millis(700)));
    assert!(begun.elapsed() < Duration::from_millis(1500), "{:?}", begun.elapsed());
    assert_row(&list, "Port", CheckStatus::Pass, "");
    assert_row(&list, "Agent connected", CheckStatus::Fail, "");
    let token = row(&list, "Token");
    assert!(token.detail == "Not reached within 0.7 s." || token.detail.starts_with("Timeout: "), "{token:?}");
    assert_ne!(row(&list, "Proxy variables").status, CheckStatus::Skip, "what needs no agent was checked before");
}

#[test]
fn one_that_answers_only_about_itself_leaves_time_for_the_rest() {
    let server = Scripted::start(|path| (path == "/agentstatus").then(|| json(200, r#"{"status":"Connected"}"#)).flatten());
    let keys = tempfile::tempdir().unwrap();
    let list =
        list(&TokenRequest::new("https://x").endpoint(server.endpoint()).key_directory(keys.path()).timeout(Duration::from_millis(700)));
    assert_row(&list, "Agent connected", CheckStatus::Pass, "");
    assert_row(&list, "Token", CheckStatus::Fail, "Timeout: ");
    assert_row(&list, "Clock", CheckStatus::Skip, "did not tell its time");
}

#[test]
fn what_the_agent_says_of_itself_is_told_from_what_others_say() {
    let html = pretender(|_| page(200, "<html>Corporate proxy</html>"));
    assert_row(&html, "Agent connected", CheckStatus::Fail, "ForeignAnswer: ");
    assert_row(&html, "Token", CheckStatus::Fail, "ForeignAnswer: ");
    let gone = pretender(|path| if path == "/agentstatus" { json(200, r#"{"status":"Disconnected"}"#) } else { json(500, "{}") });
    assert_row(&gone, "Agent connected", CheckStatus::Fail, "'Disconnected'");
    assert_row(&gone, "Token", CheckStatus::Fail, "AgentError: ");
    let old = pretender(|_| page(404, "404 page not found\n"));
    assert_row(&old, "Agent connected", CheckStatus::Warning, "HTTP 404");
    let broken = pretender(|_| json(200, r#"{"status":"Connected","status":"Disconnected"}"#));
    assert_row(&broken, "Agent connected", CheckStatus::Fail, "BadResponse: ");
}

#[test]
fn a_web_server_at_the_agents_address_is_no_older_agent() {
    let python =
        pretender(|_| answer(404, "Content-Type: text/html;charset=utf-8\r\n", "<!DOCTYPE HTML>\n<html><h1>Error response</h1></html>"));
    assert_row(&python, "Agent connected", CheckStatus::Fail, "ForeignAnswer: ");
    assert_row(&python, "Token", CheckStatus::Fail, "ForeignAnswer: ");
    if cfg!(target_os = "linux") {
        assert_row(&python, "Listener", CheckStatus::Warning, "does not answer as the agent does");
    }
    let nothing = pretender(|_| answer(404, "", ""));
    assert_row(&nothing, "Agent connected", CheckStatus::Warning, "HTTP 404");
}

/// The agent's clock is this machine's, so the row 'Clock' needs what 'Token' finds.
#[test]
fn a_wrong_clock_is_one_truth_in_both_rows() {
    for (fault, says) in [("agent-clock-behind", "ahead of the agent's"), ("expires-on-past", "had ended when it came")] {
        let emulator = Emulator::start(&["--fault", fault]);
        let list = list(&request(&emulator));
        assert_row(&list, "Clock", CheckStatus::Fail, says);
        assert_row(&list, "Token", CheckStatus::Fail, "its token ended at ");
        for name in ["Clock", "Token"] {
            assert!(row(&list, name).advice.contains("Set this machine's time"), "{fault}: {:?}", row(&list, name));
        }
    }
}

#[test]
fn an_agent_from_another_time_is_noticed() {
    let list = pretender(|_| answer(200, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", r#"{"status":"Connected"}"#));
    assert_row(&list, "Clock", CheckStatus::Fail, "ahead of the agent's");
}

#[test]
fn a_key_directory_that_was_given_and_is_not_there_is_named() {
    let emulator = Emulator::start(&[]);
    let missing = emulator.key_directory.join("missing");
    let list = list(&request(&emulator).key_directory(&missing));
    assert_row(&list, "Key directory", CheckStatus::Fail, &format!("no directory '{}'", missing.display()));
    assert_row(&list, "Token", CheckStatus::Skip, "Key directory");
}
