use super::super::endpoint::Said;
use super::super::secret::EndpointSecret;
use super::*;
use std::io::{Read as _, Write as _};
use std::net::TcpStream as Stream;
use std::time::Instant;

use arc_token::TokenRequest;

/// Serves this process in a thread of its own. Returns the port.
fn start(limits: Limits) -> u16 {
    let listener = listen().expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let listener = TcpListener::from_std(listener).expect("a listener");
            let secret = EndpointSecret::new().expect("random bytes");
            let template = TokenRequest::default();
            let endpoint = Endpoint { port, secret, template, allowed: Vec::new(), verbose: false, said: Said::default() };
            serve(listener, Arc::new(endpoint), Arc::new(CallerRule::new(std::process::id(), true)), limits).await;
        });
    });
    port
}

fn connect(port: u16) -> Stream {
    let stream = Stream::connect(("127.0.0.1", port)).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a limit");
    stream
}

/// The start of the answer to a request without a secret. Empty when the connection is closed instead.
fn ask(stream: &mut Stream, port: u16) -> String {
    let mut answer = [0; 12];
    let sent = write!(stream, "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    sent.and_then(|()| stream.read_exact(&mut answer)).map(|()| String::from_utf8_lossy(&answer).into_owned()).unwrap_or_default()
}

#[test]
fn a_head_that_does_not_end_and_a_connection_that_is_not_used_are_closed_in_time() {
    let port = start(Limits { connections: 8, head_time: Duration::from_millis(300) });
    let start = Instant::now();
    let (mut slow, mut idle) = (connect(port), connect(port));
    slow.write_all(b"GET / HTTP/1.1\r\nHo").expect("it is sent");
    assert_eq!(ask(&mut idle, port), "HTTP/1.1 401");
    for stream in [&mut slow, &mut idle] {
        let _ = stream.read_to_end(&mut Vec::new());
    }
    assert!(start.elapsed() >= Duration::from_millis(300) && start.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_connection_too_many_is_closed_and_leaves_the_others_alone() {
    let port = start(Limits { connections: 2, head_time: Duration::from_secs(60) });
    let mut streams = [connect(port), connect(port)];
    for stream in &mut streams {
        assert_eq!(ask(stream, port), "HTTP/1.1 401");
    }
    assert_eq!(ask(&mut connect(port), port), "");
    // The rest of the first answer is still there to be read: the connection is good.
    assert!(streams[0].read(&mut [0; 1024]).expect("an answer") > 0);
    assert_eq!(ask(&mut streams[0], port), "HTTP/1.1 401");
    drop(streams);
    let begun = Instant::now();
    while ask(&mut connect(port), port).is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "places are free again");
        std::thread::sleep(Duration::from_millis(10));
    }
}
