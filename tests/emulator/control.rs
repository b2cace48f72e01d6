//! The control port: how a test looks into the emulator and switches faults.

use std::io::{BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use serde_json::json;

use crate::agent::Agent;
use crate::faults;
use crate::http::{self, Body, Incoming, Request, Response};

pub(crate) fn run(listener: TcpListener, agent: Arc<Agent>) {
    for stream in listener.incoming().flatten() {
        let agent = Arc::clone(&agent);
        thread::spawn(move || serve(stream, &agent));
    }
}

fn serve(mut stream: TcpStream, agent: &Agent) {
    let _ = stream.set_nodelay(true);
    let Ok(copy) = stream.try_clone() else { return };
    let mut reader = BufReader::new(copy);
    while let Ok(Incoming::Request(request)) = http::read(&mut reader) {
        let response = answer(&request, agent).with("Connection", if request.is_last() { "close" } else { "keep-alive" });
        if stream.write_all(&response.bytes()).is_err() || request.is_last() {
            return;
        }
    }
}

fn answer(request: &Request, agent: &Agent) -> Response {
    match (request.method.as_str(), request.path.as_str()) {
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
            Some(bytes) => {
                agent.tokens.set_size(bytes);
                json_answer(json!({ "token_size": bytes }).to_string())
            }
            None => Response::text(400, "bytes=N is wanted"),
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
