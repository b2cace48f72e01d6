//! The control port. Through it, tests read the emulator's record and switch faults. Every user of the machine can connect to it, and
//! so can web pages, so each path begins with a word that only the reader of the emulator's first line knows.

use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use serde_json::json;

use crate::agent::Agent;
use crate::faults;
use crate::http::{self, Body, Incoming, Request, Response};

/// The greatest size of a token in bytes: far more than any real one has.
const LARGEST_TOKEN: usize = 16 << 20;

/// A new word that nobody can guess: the system's random bytes make the key of this hash.
pub(crate) fn word() -> String {
    let random = RandomState::new();
    format!("{:016x}{:016x}", random.hash_one(0), random.hash_one(1))
}

pub(crate) fn run(listener: TcpListener, agent: Arc<Agent>, word: Arc<str>) {
    for stream in listener.incoming().flatten() {
        let (agent, word) = (Arc::clone(&agent), Arc::clone(&word));
        thread::spawn(move || serve(stream, &agent, &word));
    }
}

fn serve(mut stream: TcpStream, agent: &Agent, word: &str) {
    let _ = stream.set_nodelay(true);
    let Ok(copy) = stream.try_clone() else { return };
    let mut reader = BufReader::new(copy);
    while let Ok(Incoming::Request(request)) = http::read(&mut reader) {
        let path = request.path.strip_prefix('/').and_then(|path| path.strip_prefix(word));
        let response = match path {
            Some(path) => answer(path, &request, agent),
            None => Response::text(403, "The path must begin with the word in the emulator's first line."),
        };
        let response = response.with("Connection", if request.is_last() { "close" } else { "keep-alive" });
        if stream.write_all(&response.bytes()).is_err() || request.is_last() {
            return;
        }
    }
}

fn answer(path: &str, request: &Request, agent: &Agent) -> Response {
    match (request.method.as_str(), path) {
        ("GET", "/requests") => json_answer(agent.record.requests().to_string()),
        ("GET", "/counts") => json_answer(agent.record.counts().to_string()),
        ("GET", "/issued") => json_answer(agent.record.issued().to_string()),
        ("POST", "/reset") => {
            agent.reset();
            json_answer("{}".into())
        }
        ("POST", "/fault") => {
            let names: Vec<String> = request.parameter("name").into_iter().filter(|name| !name.is_empty()).collect();
            match faults::can_begin_late(&names).and_then(|()| agent.set_faults(&names)) {
                Ok(()) => json_answer(json!({ "faults": names }).to_string()),
                Err(error) => Response::text(400, &error),
            }
        }
        ("POST", "/token-size") => match request.parameter("bytes").and_then(|bytes| bytes.parse().ok()) {
            Some(bytes) if bytes <= LARGEST_TOKEN => {
                agent.tokens.set_size(bytes);
                json_answer(json!({ "token_size": bytes }).to_string())
            }
            _ => Response::text(400, &format!("bytes=N is wanted, at most {LARGEST_TOKEN}")),
        },
        _ => Response::text(404, "GET /requests, /counts, /issued; POST /reset, /fault?name=NAME, /token-size?bytes=N"),
    }
}

fn json_answer(text: String) -> Response {
    let mut response = Response::text(200, "");
    response.set("Content-Type", "application/json");
    response.body = Body::Bytes(text.into_bytes());
    response
}
