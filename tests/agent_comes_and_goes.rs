//! Agents that restart, close connections, or are slow to accept them: each gives its token, and none is taken for a stranger.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "support/own_agent.rs"]
mod own_agent;

use std::io::Read as _;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use arc_token::{Error, MachineRequest, Status};
use own_agent::{CLOSE, OwnAgent, accept, has_key, waiting};

/// The outcome of a request, while `play` is the agent.
fn outcome<T: Send>(timeout: Duration, play: impl FnOnce(&OwnAgent, TcpListener) -> T + Send) -> (Result<(), Error>, T) {
    let (agent, listener) = OwnAgent::new();
    thread::scope(|scope| {
        let playing = scope.spawn(|| play(&agent, listener));
        (agent.request(timeout).send().map(drop), playing.join().unwrap())
    })
}

/// Fails unless there is a token.
fn gets_a_token<T: Send>(play: impl FnOnce(&OwnAgent, TcpListener) -> T + Send) -> T {
    let (outcome, played) = outcome(Duration::from_secs(30), play);
    outcome.unwrap();
    played
}

/// Returns when a connection waits to be accepted.
fn until_one_waits(port: u16) {
    let until = Instant::now() + Duration::from_secs(20);
    while waiting(port).is_empty() && Instant::now() < until {
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn an_agent_that_is_stopped_and_started_between_the_requests_gives_its_token() {
    gets_a_token(|agent, listener| {
        let stream = agent.challenge_one(&listener, "");
        drop((stream, listener));
        thread::sleep(Duration::from_millis(300));
        agent.serve(&agent.listen());
    });
}

/// Each call begins anew: it keeps nothing of the agent that the call before has seen.
#[test]
fn an_agent_that_restarts_between_two_calls_gives_both_a_token() {
    let (agent, listener) = OwnAgent::new();
    thread::scope(|scope| {
        let mut listener = Some(listener);
        for _ in 0..2 {
            let now = listener.take().unwrap_or_else(|| agent.listen());
            scope.spawn(|| agent.serve(&{ now }));
            agent.request(Duration::from_secs(30)).send().unwrap();
        }
    });
}

/// Nothing more comes over the connection: without its listener, nobody is known to be the agent.
#[test]
fn an_agent_that_closes_its_listener_before_its_connections_gives_its_token() {
    let more = gets_a_token(|agent, listener| {
        let mut stream = accept(&listener);
        own_agent::read_request(&mut stream);
        drop(listener);
        std::io::Write::write_all(&mut stream, agent.challenge("").as_bytes()).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let more = own_agent::read_request(&mut stream);
        drop(stream);
        agent.serve(&agent.listen());
        more
    });
    assert_eq!(more, "");
}

#[test]
fn an_agent_that_closes_a_kept_connection_without_a_word_gives_its_token() {
    gets_a_token(|agent, listener| {
        drop(agent.challenge_one(&listener, ""));
        agent.serve(&listener);
    });
}

#[test]
fn an_agent_that_accepts_late_gives_its_token_and_has_no_key_before() {
    let unread = gets_a_token(|agent, listener| {
        drop(agent.challenge_one(&listener, CLOSE));
        // The time runs from the moment at which the connection with the key is there.
        until_one_waits(agent.address.port());
        thread::sleep(Duration::from_millis(300));
        let unread = waiting(agent.address.port());
        agent.serve(&listener);
        unread
    });
    assert_eq!(unread, [0]);
}

#[test]
fn cancelling_ends_the_wait_for_an_agent_that_accepts_late_at_once() {
    let (agent, listener) = OwnAgent::new();
    let pending = agent.request(Duration::from_secs(30)).start().unwrap();
    drop(agent.challenge_one(&listener, CLOSE));
    let port = agent.address.port();
    until_one_waits(port);
    let cancelled = Instant::now();
    pending.cancel();
    let outcome = pending.wait_timeout(Duration::from_secs(30)).unwrap();
    assert_eq!(outcome.unwrap_err().status(), Status::Cancelled);
    assert!(cancelled.elapsed() < Duration::from_millis(200), "{:?}", cancelled.elapsed());
    // The exchange ends too, not only the wait of its caller: it closes the connection, and has sent nothing over it.
    while !waiting(port).is_empty() {
        assert!(cancelled.elapsed() < Duration::from_millis(500));
        thread::sleep(Duration::from_millis(1));
    }
    let mut sent = Vec::new();
    accept(&listener).read_to_end(&mut sent).unwrap();
    assert!(sent.is_empty());
}

#[test]
fn a_listener_that_never_accepts_gets_no_key() {
    let (outcome, kept) = outcome(Duration::from_millis(2500), |agent, listener| {
        drop(agent.challenge_one(&listener, CLOSE));
        listener
    });
    let error = outcome.unwrap_err();
    assert!(matches!(error.status(), Status::AgentNotRunning | Status::Timeout), "{error}");
    kept.set_nonblocking(true).unwrap();
    let mut sent = Vec::new();
    while let Ok((mut stream, _)) = kept.accept() {
        stream.set_nonblocking(false).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        sent.push(text);
    }
    assert!(!sent.is_empty() && !sent.iter().any(|text| has_key(text)), "{sent:?}");
}

/// Longer than any call tries without waiting for the agent.
const LONG: Duration = Duration::from_millis(4500);

#[test]
fn an_agent_that_is_not_there_yet_is_waited_for_if_the_caller_wants_it() {
    for silent in [false, true] {
        let (agent, listener) = OwnAgent::new();
        thread::scope(|scope| {
            scope.spawn(|| {
                let begun = Instant::now();
                if silent {
                    // It takes connections, and closes each without a word.
                    while begun.elapsed() < LONG {
                        drop(agent.challenge_one(&listener, ""));
                        drop(accept(&listener));
                    }
                }
                drop(listener);
                thread::sleep(LONG.saturating_sub(begun.elapsed()));
                agent.serve(&agent.listen());
            });
            let begun = Instant::now();
            let token = agent.request(Duration::from_secs(60)).wait_for_agent(true).send().unwrap();
            assert!(begun.elapsed() >= LONG, "{:?}", begun.elapsed());
            assert!(token.log().steps().contains("Waiting for the agent."), "{}", token.log());
        });
    }
}

#[test]
fn without_waiting_the_answer_is_quick_and_in_vain_it_names_the_last_error() {
    let (agent, listener) = OwnAgent::new();
    drop(listener);
    let time = Duration::from_secs(6);
    let token = |wait| agent.request(time).wait_for_agent(wait).send().map(drop);
    let machine = |wait| {
        let request = MachineRequest::new().endpoint(format!("http://{}/", agent.address)).key_directory(agent.folder());
        request.timeout(time).wait_for_agent(wait).send().map(drop)
    };
    for (wait, least, most) in [(false, 0, 4), (true, 4, 7)] {
        for call in [&token as &dyn Fn(bool) -> Result<(), Error>, &machine] {
            let begun = Instant::now();
            let error = call(wait).unwrap_err();
            assert_eq!(error.status(), Status::AgentNotRunning, "{error}");
            let took = begun.elapsed().as_secs();
            assert!((least..=most).contains(&took), "{wait}: {took} s");
        }
    }
}

#[test]
fn an_answer_of_somebody_else_ends_the_wait_for_the_agent() {
    let begun = Instant::now();
    let (agent, listener) = OwnAgent::new();
    thread::scope(|scope| {
        scope.spawn(|| {
            drop(listener);
            thread::sleep(Duration::from_secs(1));
            let listener = agent.listen();
            let mut stream = accept(&listener);
            own_agent::read_request(&mut stream);
            let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>";
            std::io::Write::write_all(&mut stream, page.as_bytes()).unwrap();
        });
        let error = agent.request(Duration::from_secs(60)).wait_for_agent(true).send().unwrap_err();
        assert_eq!(error.status(), Status::ForeignAnswer, "{error}");
    });
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}
