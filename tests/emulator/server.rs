//! Serves connections like Go's net/http: one thread for each connection, many requests on each.

use std::io::{BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use crate::agent::Agent;
use crate::http::{self, Incoming, Response};
use crate::wire::End;

pub(crate) fn run(listener: TcpListener, agent: Arc<Agent>) -> std::io::Result<()> {
    let gate = Arc::clone(&agent.gate);
    gate.accept(listener, |stream| {
        let agent = Arc::clone(&agent);
        thread::spawn(move || serve(stream, &agent));
    })
}

fn serve(mut stream: TcpStream, agent: &Agent) {
    let _ = stream.set_nodelay(true);
    let Ok(copy) = stream.try_clone() else { return };
    let mut reader = BufReader::new(copy);
    let mut first = true;
    loop {
        let request = match http::read(&mut reader) {
            Ok(Incoming::Request(request)) => request,
            Ok(Incoming::Bad(status)) => {
                let text = format!("{status} Bad Request");
                let _ = stream.write_all(&Response::text(status, &text).with("Connection", "close").bytes());
                return;
            }
            Ok(Incoming::End) | Err(_) => return,
        };
        // While the agent is "down", existing connections get no answer either.
        if agent.gate.refuses() {
            return;
        }
        if first {
            agent.record.connection();
            first = false;
        }
        let script = agent.answer(&request);
        thread::sleep(agent.answer_after);
        if let End::Restart(time) = script.end {
            agent.gate.refuse_for(time);
        }
        if script.play(&mut stream).is_err() || script.end != End::KeepOpen || request.is_last() {
            return;
        }
    }
}
