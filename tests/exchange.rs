//! The exchange against the agent emulator: a real socket, real key files, what is sent and what comes back.

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
    assert_eq!(token.endpoint(), emulator.endpoint);
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
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    assert!((now + 3600..now + 90_000).contains(&token.expires_on()), "{}", token.expires_on());
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
    assert!(pending.wait(Duration::from_millis(50)).is_none());
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| (pending.wait(Duration::from_secs(30)), Instant::now()));
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

/// Microsoft Entra answers 401 too: only the words tell that the key is not the reason.
#[test]
fn a_refused_key_comes_with_the_agents_words() {
    let emulator = Emulator::start(&["--fault", "401-after-challenge"]);
    let error = failure(request(&emulator, "https://vault.azure.net"));
    assert_eq!(error.status(), Status::KeyRejected);
    assert_eq!(error.agent_code(), Some("unauthorized_client"));
    assert_eq!(error.agent_description(), Some("Missing Basic Authorization header"));
    assert!(error.to_string().contains("unauthorized_client: Missing Basic Authorization header"), "{error}");
}
