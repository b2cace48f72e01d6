//! A server with scripted answers, for cases that the emulator does not have.
#![allow(dead_code)] // Each test program is compiled with this file and uses a part of it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

/// A listener on the loopback interface. It lives as long as the test process.
pub(crate) struct Scripted {
    address: SocketAddr,
}

/// Returns the whole answer for a path, or `None` for no answer.
pub(crate) trait Script: Fn(&str) -> Option<String> + Clone + Send + 'static {}

impl<F: Fn(&str) -> Option<String> + Clone + Send + 'static> Script for F {}

impl Scripted {
    pub(crate) fn start(script: impl Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let script = script.clone();
                thread::spawn(move || serve(stream, script));
            }
        });
        Self { address }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}/metadata/identity/oauth2/token", self.address)
    }
}

fn serve(mut stream: TcpStream, script: impl Script) {
    let (mut request, mut byte) = (Vec::new(), [0]);
    while !request.ends_with(b"\r\n\r\n") {
        if !stream.read(&mut byte).is_ok_and(|count| count == 1) {
            return;
        }
        request.push(byte[0]);
    }
    let request = String::from_utf8(request).expect("ASCII");
    assert!(request.to_ascii_lowercase().contains("\r\nmetadata: true\r\n"), "{request}");
    let target = request.split(' ').nth(1).expect("a request line");
    match script(target.split('?').next().expect("a path")) {
        // The client may be gone.
        Some(answer) => drop(stream.write_all(answer.as_bytes())),
        None => drop(stream.read(&mut byte)),
    }
}

/// An answer with this status and these additional header lines.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Option<String> {
    let length = body.len();
    Some(format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"))
}

pub(crate) fn json(status: u16, body: &str) -> Option<String> {
    answer(status, "Content-Type: application/json\r\n", body)
}

pub(crate) fn page(status: u16, body: &str) -> Option<String> {
    answer(status, "Content-Type: text/html\r\n", body)
}
