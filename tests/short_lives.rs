//! Tokens that are about to end when the agent gives them.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "support/own_agent.rs"]
mod own_agent;

use std::io::Write as _;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, SystemTime};

use arc_token::AccessToken;
use own_agent::{OwnAgent, accept, has_key, read_request};

/// Answers the requests of one call. The agent's own cache has a token with `kept` seconds left, and a new one has `fresh`.
fn serve(agent: &OwnAgent, listener: &TcpListener, exchanges: usize, kept: u64, fresh: Option<u64>) -> Vec<String> {
    let mut seen = Vec::new();
    while seen.len() < exchanges {
        let mut stream = accept(listener);
        loop {
            let request = read_request(&mut stream);
            if request.is_empty() {
                break;
            }
            if !has_key(&request) {
                stream.write_all(agent.challenge("").as_bytes()).unwrap();
                continue;
            }
            let life = if request.contains("bypass_cache=true") { fresh } else { Some(kept) };
            let (status, body) = match life {
                Some(life) => ("200 OK", format!(r#"{{"access_token":"token-of-{life}-s","expires_in":"{life}","token_type":"Bearer"}}"#)),
                None => ("400 X", r#"{"error":"unknown_parameter"}"#.to_owned()),
            };
            seen.push(request.lines().next().unwrap_or_default().to_owned());
            let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).unwrap();
            break;
        }
    }
    seen
}

fn outcome(exchanges: usize, force: bool, kept: u64, fresh: Option<u64>) -> (AccessToken, Vec<String>) {
    let (agent, listener) = OwnAgent::new();
    thread::scope(|scope| {
        let serving = scope.spawn(|| serve(&agent, &listener, exchanges, kept, fresh));
        let token = agent.request(Duration::from_secs(30)).force_refresh(force).send().unwrap();
        (token, serving.join().unwrap())
    })
}

fn seconds_left(token: &AccessToken) -> u64 {
    token.expires_on().duration_since(SystemTime::now()).unwrap().as_secs()
}

#[test]
fn a_token_that_ends_within_five_minutes_is_replaced_by_a_fresh_one_where_the_agent_has_one() {
    let (token, seen) = outcome(2, false, 120, Some(3600));
    assert!(!seen[0].contains("bypass_cache") && seen[1].contains("bypass_cache=true"), "{seen:?}");
    assert_eq!((token.secret(), token.log().warnings().as_str()), ("token-of-3600-s", ""));
    assert!(seconds_left(&token) > 3000);
}

#[test]
fn where_the_agent_has_no_other_the_short_token_comes_with_a_warning() {
    for fresh in [Some(120), Some(60), None] {
        let (token, _) = outcome(2, false, 120, fresh);
        assert_eq!(token.secret(), "token-of-120-s", "{fresh:?}");
        let warnings = token.log().warnings();
        assert!(warnings.contains("The token ends in 1") && warnings.contains("the agent gave no longer one"), "{fresh:?}: {warnings}");
    }
}

#[test]
fn a_token_that_was_forced_is_not_asked_for_twice() {
    let (token, seen) = outcome(1, true, 3600, Some(120));
    assert_eq!((token.secret(), seen.len()), ("token-of-120-s", 1));
    assert!(token.log().warnings().contains("no longer one"), "{}", token.log());
}

#[test]
fn a_token_for_longer_is_taken_as_it_is() {
    let (token, seen) = outcome(1, false, 400, Some(3600));
    assert_eq!((token.secret(), token.log().warnings().as_str(), seen.len()), ("token-of-400-s", "", 1));
}
