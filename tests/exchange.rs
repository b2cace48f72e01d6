//! The exchange with the agent emulator, with real sockets and real key files: requests, answers, time limit, cancelling.

#[path = "support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use arc_token::{Error, Status, TokenRequest};
use support::Emulator;

fn request(emulator: &Emulator, resource: &str) -> TokenRequest {
    TokenRequest::new(resource).endpoint(&emulator.endpoint).key_directory(&emulator.key_directory)
}

fn failure(request: TokenRequest) -> Error {
    request.send().expect_err("no token")
}

#[test]
fn the_token_is_the_one_the_agent_issued() {
    let emulator = Emulator::start(&[]);
    let token = request(&emulator, "https://vault.azure.net").send().unwrap();
    assert_eq!(emulator.issued().tokens, [token.secret()]);
    assert_eq!(token.resource(), "https://vault.azure.net");
    assert_eq!(token.agent().to_string(), format!("{} (given by the caller)", emulator.endpoint));
    let claims = token.claims();
    for (name, claim) in [
        ("tenant", &claims.tenant_id),
        ("client", &claims.client_id),
        ("object", &claims.object_id),
        ("machine", &claims.machine_resource_id),
        ("subscription", &claims.subscription_id),
    ] {
        assert!(claim.is_some(), "{name}");
    }
    let left = token.expires_on().duration_since(std::time::SystemTime::now()).unwrap().as_secs();
    assert!((3500..90_000).contains(&left), "{left}");
}

#[test]
fn a_key_directory_that_is_not_there_is_said_so() {
    let emulator = Emulator::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let (missing, file) = (folder.path().join("kyes"), folder.path().join("file"));
    std::fs::write(&file, "").unwrap();
    for (path, said) in [(&missing, "finds no directory"), (&file, "is no directory")] {
        let error = failure(request(&emulator, "https://vault.azure.net").key_directory(path));
        let text = error.to_string();
        assert!(text.contains(said) && text.contains(path.to_str().unwrap()), "{text}");
        assert!(error.status() == Status::InvalidArgument && error.advice().contains("the given endpoint"), "{error:?}");
    }
}

#[test]
fn one_request_serves_several_resources() {
    let emulator = Emulator::start(&[]);
    let prepared = request(&emulator, "https://vault.azure.net").timeout(Duration::from_secs(30));
    for resource in ["https://storage.azure.com/", "https://vault.azure.net"] {
        let token = prepared.clone().resource(resource).send().unwrap();
        assert_eq!((token.resource(), token.secret()), (resource, emulator.issued().tokens.last().unwrap().as_str()));
    }
}

#[test]
#[cfg(unix)]
fn an_agent_of_windows_is_told_to_a_caller_in_wsl() {
    let emulator = Emulator::start(&["--fault", "key-path-windows"]);
    let error = failure(request(&emulator, "https://vault.azure.net"));
    assert_eq!(error.status(), Status::BadChallenge);
    for part in ["one of Windows", "WSL", "pwsh.exe", "arc-token.exe"] {
        assert!(error.to_string().contains(part), "{part} is not in {error}");
    }
}

#[test]
fn a_time_limit_is_more_than_zero_and_at_most_a_day() {
    let emulator = Emulator::start(&[]);
    let day = Duration::from_secs(86_400);
    for wrong in [Duration::ZERO, day + Duration::from_nanos(1), Duration::MAX] {
        let request = request(&emulator, "https://vault.azure.net").timeout(wrong);
        let machine = arc_token::MachineRequest::new().endpoint(&emulator.endpoint).timeout(wrong).send().map(drop);
        for outcome in [request.send().map(drop), arc_token::check(&request).map(drop), machine] {
            let error = outcome.unwrap_err();
            assert!(error.status() == Status::InvalidArgument && error.advice().contains("86400"), "{wrong:?}: {error}");
        }
    }
    assert!(request(&emulator, "https://vault.azure.net").timeout(day).send().is_ok());
}

#[test]
fn two_requests_are_sent_on_one_connection_with_the_documented_headers() {
    let emulator = Emulator::start(&[]);
    request(&emulator, "https://vault.azure.net").send().unwrap();
    let seen = emulator.requests();
    assert_eq!(seen.iter().map(|r| r.keyed).collect::<Vec<_>>(), [false, true]);
    assert_eq!(emulator.count("connections"), 1);
    for request in &seen {
        assert_eq!(request.method, "GET");
        assert_eq!(request.path, "/metadata/identity/oauth2/token");
        assert_eq!(request.query, "api-version=2020-06-01&resource=https%3A%2F%2Fvault.azure.net");
        let expected = format!("ArcToken/{}", env!("CARGO_PKG_VERSION"));
        assert_eq!(request.client_id.as_deref(), Some(expected.as_str()));
        let header = |name: &str| request.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str());
        assert_eq!(header("Metadata"), Some("true"));
        assert_eq!(header("Accept"), Some("application/json"));
        assert_eq!(header("Host"), Some(format!("127.0.0.1:{}", emulator.port).as_str()));
    }
}

#[test]
fn each_exchange_reads_a_key_of_its_own_and_none_is_left() {
    let emulator = Emulator::start(&[]);
    for _ in 0..3 {
        request(&emulator, "https://vault.azure.net").force_refresh(true).send().unwrap();
    }
    assert_eq!(emulator.issued().keys.len(), 3);
    assert_eq!(std::fs::read_dir(&emulator.key_directory).unwrap().count(), 0);
}

#[test]
fn neither_text_nor_log_of_anything_holds_a_secret() {
    let emulator = Emulator::start(&[]);
    let token = request(&emulator, "https://vault.azure.net").send().unwrap();
    let shown = format!("{token:?}\n{}\n{}\n{:?}", token.log().steps(), token.log().details(), token.log());
    let issued = emulator.issued();
    for secret in issued.tokens.iter().chain(&issued.keys) {
        assert!(!shown.contains(secret.as_str()) && !shown.contains(&secret[secret.len() - 16..]), "{shown}");
    }
    assert!(token.log().steps().contains("The key file keeps the rules"), "{shown}");
}

#[test]
fn nobody_listening_is_told_within_seconds() {
    let emulator = Emulator::start(&[]);
    let request = request(&emulator, "https://vault.azure.net");
    drop(emulator);
    let begun = Instant::now();
    let error = failure(request);
    assert_eq!(error.status(), Status::AgentNotRunning, "{error}");
    assert!((2..5).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    assert!(error.to_string().contains("azcmagent show"), "{error}");
}

#[test]
fn a_call_is_cancelled_at_once_and_from_another_thread() {
    let emulator = Emulator::start(&["--fault", "no-answer-before-challenge"]);
    let pending = request(&emulator, "https://vault.azure.net").start().unwrap();
    assert!(pending.wait_timeout(Duration::from_millis(50)).is_none());
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| (pending.wait_timeout(Duration::from_secs(30)), Instant::now()));
        std::thread::sleep(Duration::from_millis(100));
        let cancelled = Instant::now();
        pending.cancel();
        let (outcome, ended) = waiting.join().unwrap();
        assert_eq!(outcome.unwrap().unwrap_err().status(), Status::Cancelled);
        assert!(ended.saturating_duration_since(cancelled) < Duration::from_millis(200));
    });
}

#[test]
fn the_deadline_is_kept_by_caller_and_exchange() {
    let emulator = Emulator::start(&["--fault", "no-answer-before-challenge"]);
    let begun = Instant::now();
    let error = failure(request(&emulator, "https://vault.azure.net").timeout(Duration::from_millis(700)));
    assert_eq!(error.status(), Status::Timeout, "{error}");
    assert!((650..1000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
}

/// A 401 in which nobody but the agent speaks.
#[test]
fn a_refused_key_comes_with_the_agents_words() {
    let emulator = Emulator::start(&["--fault", "401-after-challenge"]);
    let error = failure(request(&emulator, "https://vault.azure.net"));
    assert_eq!(error.status(), Status::KeyRejected);
    assert_eq!(error.agent_code(), Some("unauthorized_client"));
    assert_eq!(error.agent_description(), Some("Missing Basic Authorization header"));
    assert!(error.to_string().contains("unauthorized_client: Missing Basic Authorization header"), "{error}");
}

#[test]
fn the_certificate_has_expired_and_the_agent_passes_on_401() {
    let emulator = Emulator::start(&["--fault", "entra-expired-certificate"]);
    let error = failure(request(&emulator, "https://vault.azure.net"));
    assert_eq!((error.status(), error.http_status()), (Status::AgentError, Some(401)), "{error}");
    assert!(error.advice().contains("azcmagent disconnect --force-local-only") && !error.advice().contains("Restart"), "{error}");
    assert_eq!(emulator.requests().len(), 2, "the key was right, so that no other is asked for");
}

#[test]
fn a_resource_that_entra_does_not_know_comes_first_and_the_agent_last() {
    let emulator = Emulator::start(&["--fault", "entra-unknown-resource"]);
    let error = failure(request(&emulator, "https://no.such.service"));
    assert_eq!(error.agent_code(), Some("invalid_resource"));
    let advice = error.advice();
    assert!(advice.starts_with("Check the resource 'https://no.such.service'") && advice.contains("agent"), "{advice}");
}

#[test]
fn what_microsofts_support_asks_for_is_kept() {
    let emulator = Emulator::start(&["--fault", "entra-unknown-resource"]);
    let error = failure(request(&emulator, "https://no.such.service"));
    assert!(error.agent_description().is_some_and(|text| text.len() > 400 && text.ends_with("2026-11-29 12:00:00Z")), "{error}");
    assert!(error.problem().contains("0a11ce00-c044-4000-8000-000000000009"), "{error}");
    assert_eq!(error.trace_id(), Some("0a11ce00-7ace-4000-8000-000000000008"));
    assert_eq!(error.correlation_id(), Some("0a11ce00-c044-4000-8000-000000000009"));
    assert_eq!(error.timestamp(), Some("2026-11-29 12:00:00Z"));
    emulator.set_fault("entra-message-only");
    let error = failure(request(&emulator, "https://no.such.service"));
    assert_eq!((error.agent_description(), error.correlation_id()), (Some("Not now"), Some("0a11ce00-c044-4000-8000-000000000009")));
    assert!(error.to_string().contains("HTTP 403: Not now"), "{error}");
}

#[test]
fn a_key_of_another_agent_without_its_key_directory_is_refused_with_the_option_that_is_missing() {
    let emulator = Emulator::start(&[]);
    let error = failure(TokenRequest::new("https://vault.azure.net").endpoint(&emulator.endpoint));
    assert_eq!((error.status(), error.reason()), (Status::KeyFileRefused, Some("path")), "{error}");
    assert!(error.advice().contains("-KeyDirectory"), "{error}");
}
