//! A minimal server for an exchange. The emulator (tests/emulator) plays the real agent in detail.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// A listener on the loopback interface. It lives as long as the test process.
pub(crate) struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    pub(crate) token: String,
    pub(crate) expires_on: i64,
}

impl Server {
    /// Accepts connections and never answers.
    pub(crate) fn silent() -> Self {
        let mut held = Vec::new();
        Self::new(move |stream, _| held.push(stream))
    }

    /// Answers every request with a token.
    pub(crate) fn answering() -> Self {
        Self::answering_with(str::to_owned)
    }

    fn answering_with(document: impl Fn(&str) -> String + Send + 'static) -> Self {
        Self::new(move |mut stream, token| {
            let body = document(token);
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
                request.push(byte[0]);
            }
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
            // The caller may be gone, and that is not an error.
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
        })
    }

    /// Answers every request with this document.
    pub(crate) fn saying(document: &'static str) -> Self {
        Self::answering_with(move |_| document.to_owned())
    }

    fn new(mut serve: impl FnMut(TcpStream, &str) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock");
        let expires_on = i64::try_from(now.as_secs()).expect("a sane clock") + 3600;
        let claims = format!(r#"{{"tid":"the-tenant","exp":{expires_on}}}"#);
        let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let token = format!("{}.{}.{}", part(r#"{"alg":"RS256"}"#), part(&claims), part("a signature"));
        let body = format!(r#"{{"access_token":"{token}","expires_on":"{expires_on}","token_type":"Bearer"}}"#);
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                counter.fetch_add(1, Ordering::Relaxed);
                serve(stream, &body);
            }
        });
        Self { address, connections, token, expires_on }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}/metadata/identity/oauth2/token", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}
