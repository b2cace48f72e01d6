//! An agent inside the test's own process, for cases where a test decides when it listens, accepts, answers and closes.
#![allow(dead_code)] // Each test program is compiled with this file and uses a part of it.

use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use arc_token::{DEFAULT_RESOURCE, TokenRequest};

/// The content of the agent's key files.
pub(crate) const KEY: &str = "a2V5LW9mLXRoZS10ZXN0";
pub(crate) const CLOSE: &str = "Connection: close\r\n";

/// The agent's address and key directory.
pub(crate) struct OwnAgent {
    pub(crate) address: SocketAddr,
    folder: tempfile::TempDir,
}

impl OwnAgent {
    /// An agent, and its listener.
    pub(crate) fn new() -> (Self, TcpListener) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
        (Self::at(listener.local_addr().expect("its address")), listener)
    }

    pub(crate) fn at(address: SocketAddr) -> Self {
        Self { address, folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn request(&self, timeout: Duration) -> TokenRequest {
        let request = TokenRequest::new(DEFAULT_RESOURCE).endpoint(format!("http://{}/", self.address));
        request.key_directory(self.folder.path()).timeout(timeout).force_refresh(true)
    }

    /// The key directory.
    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A 401 that names a key file, with these additional header lines.
    pub(crate) fn challenge(&self, headers: &str) -> String {
        let path = self.folder.path().join("test.key");
        fs::write(&path, KEY).expect("a key file");
        format!("HTTP/1.1 401 X\r\nWWW-Authenticate: Basic realm={}\r\nContent-Length: 0\r\n{headers}\r\n", path.display())
    }

    /// Listens again at the same address.
    pub(crate) fn listen(&self) -> TcpListener {
        // The listener before may not be closed yet.
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            match TcpListener::bind(self.address) {
                Err(error) if error.kind() == ErrorKind::AddrInUse && Instant::now() < until => thread::sleep(Duration::from_millis(5)),
                bound => return bound.expect("the port is still free"),
            }
        }
    }

    /// Takes one connection and one request, and gives the challenge.
    pub(crate) fn challenge_one(&self, listener: &TcpListener, headers: &str) -> TcpStream {
        let mut stream = accept(listener);
        assert!(!has_key(&read_request(&mut stream)), "a key without a challenge");
        stream.write_all(self.challenge(headers).as_bytes()).expect("the client reads");
        stream
    }

    /// Answers every request as it should be, until it has given a token.
    pub(crate) fn serve(&self, listener: &TcpListener) {
        loop {
            let mut stream = accept(listener);
            loop {
                let request = read_request(&mut stream);
                if has_key(&request) {
                    let body = r#"{"access_token":"token-of-the-test","expires_in":"3600","token_type":"Bearer"}"#;
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
                    return stream.write_all((head + body).as_bytes()).expect("the client reads");
                }
                if request.is_empty() || stream.write_all(self.challenge("").as_bytes()).is_err() {
                    break;
                }
            }
        }
    }
}

/// The next connection. A test that waits in vain fails instead of hanging.
pub(crate) fn accept(listener: &TcpListener) -> TcpStream {
    let (stream, _) = listener.accept().expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time");
    stream
}

/// The head of the next request. Empty when the other side has closed the connection.
pub(crate) fn read_request(stream: &mut TcpStream) -> String {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
        bytes.push(byte[0]);
    }
    String::from_utf8(bytes).expect("ASCII")
}

pub(crate) fn has_key(text: &str) -> bool {
    text.to_ascii_lowercase().contains("authorization:") || text.contains(KEY)
}

/// The unread bytes of each connection to `port` that waits to be accepted, from `/proc/net/tcp`.
pub(crate) fn waiting(port: u16) -> Vec<u64> {
    let table = fs::read_to_string("/proc/net/tcp").expect("Linux");
    let of = |line: &str| {
        let fields: Vec<_> = line.split_ascii_whitespace().collect();
        let waits = fields.get(1)?.ends_with(&format!(":{port:04X}")) && fields[3] == "01" && fields[9] == "0";
        waits.then(|| u64::from_str_radix(fields[4].split(':').nth(1)?, 16).ok()).flatten()
    };
    table.lines().filter_map(of).collect()
}
