//! The checks of the agent against the emulator, and against what only pretends to be an agent.

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

/// The list, which always has the same rows, all of them with words.
fn list(request: &TokenRequest) -> Vec<Check> {
    let list = check(request).expect("a list");
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
fn is(list: &[Check], name: &str, status: CheckStatus, part: &str) {
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
    is(&list, "Agent installed", CheckStatus::Skip, "an endpoint was given");
    is(&list, "Endpoint", CheckStatus::Pass, &emulator.endpoint);
    is(&list, "Port", CheckStatus::Pass, &format!("127.0.0.1:{}", emulator.port));
    is(&list, "Agent connected", CheckStatus::Pass, "1.67.0");
    is(&list, "Key directory", CheckStatus::Pass, &emulator.key_directory.to_string_lossy());
    is(&list, "Token", CheckStatus::Pass, "'https://vault.azure.net'");
    is(&list, "Identity", CheckStatus::Pass, "The machine's own identity: client id 0a11ce00-c11e-4000-8000-000000000003, object id");
    is(&list, "Identity", CheckStatus::Pass, "tenant 0a11ce00-7e4a-4000-8000-000000000001");
    is(&list, "Clock", CheckStatus::Pass, "agree");
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
    is(&list, "Identity", CheckStatus::Pass, "The user-assigned identity: client id 0a11ce00-c11e-4000-8000-000000000005");
    let list = self::list(&request(&emulator).client_id("0a11ce00-c11e-4000-8000-00000000dead"));
    is(&list, "Token", CheckStatus::Fail, "IdentityNotFound: ");
    is(&list, "Identity", CheckStatus::Skip, "'Token' failed");
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
    is(&list, "Port", CheckStatus::Fail, "AgentNotRunning: ");
    assert!(row(&list, "Port").advice.contains(if cfg!(windows) { "Start-Service" } else { "systemctl start" }));
    for name in ["Listener", "Agent connected", "Token", "Identity", "Clock"] {
        is(&list, name, CheckStatus::Skip, "'Port' failed");
    }
    is(&list, "Key directory", CheckStatus::Pass, "");
    assert_eq!(list.iter().filter(|check| check.status == CheckStatus::Fail).count(), 1);
}

#[test]
fn an_address_elsewhere_is_refused_and_nothing_is_asked_of_it() {
    let list = list(&TokenRequest::new("https://vault.azure.net").endpoint("http://10.255.255.1:40342/"));
    is(&list, "Endpoint", CheckStatus::Fail, "EndpointRefused: ");
    assert_eq!(list.iter().filter(|check| check.status == CheckStatus::Fail).count(), 1, "an agent that is not installed is not to blame");
    for name in ["Port", "Listener", "Agent connected", "Key directory", "Token", "Identity", "Clock"] {
        is(&list, name, CheckStatus::Skip, "'Endpoint' failed");
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
    is(&list, "Port", CheckStatus::Pass, "");
    is(&list, "Agent connected", CheckStatus::Fail, "");
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
    is(&list, "Agent connected", CheckStatus::Pass, "");
    is(&list, "Token", CheckStatus::Fail, "Timeout: ");
    is(&list, "Clock", CheckStatus::Skip, "did not tell its time");
}

#[test]
fn what_the_agent_says_of_itself_is_told_from_what_others_say() {
    let html = pretender(|_| page(200, "<html>Corporate proxy</html>"));
    is(&html, "Agent connected", CheckStatus::Fail, "ForeignAnswer: ");
    is(&html, "Token", CheckStatus::Fail, "ForeignAnswer: ");
    let gone = pretender(|path| if path == "/agentstatus" { json(200, r#"{"status":"Disconnected"}"#) } else { json(500, "{}") });
    is(&gone, "Agent connected", CheckStatus::Fail, "'Disconnected'");
    is(&gone, "Token", CheckStatus::Fail, "AgentError: ");
    let old = pretender(|_| page(404, "404 page not found\n"));
    is(&old, "Agent connected", CheckStatus::Warning, "HTTP 404");
    let broken = pretender(|_| json(200, r#"{"status":"Connected","status":"Disconnected"}"#));
    is(&broken, "Agent connected", CheckStatus::Fail, "BadResponse: ");
}

#[test]
fn an_agent_from_another_time_is_noticed() {
    let list = pretender(|_| answer(200, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", r#"{"status":"Connected"}"#));
    is(&list, "Clock", CheckStatus::Fail, "ahead of the agent's");
}

#[test]
fn a_missing_key_directory_is_in_nobodys_way() {
    let emulator = Emulator::start(&[]);
    let missing = emulator.key_directory.join("missing");
    let list = list(&request(&emulator).key_directory(missing));
    is(&list, "Key directory", CheckStatus::Warning, "There is no");
    is(&list, "Token", CheckStatus::Fail, "KeyFileRefused: ");
}
