//! A client that uses no code of the library: it writes bytes and reads bytes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::support::Emulator;

pub(crate) const TOKEN_PATH: &str = "/metadata/identity/oauth2/token";
pub(crate) const VAULT: &str = "?api-version=2020-06-01&resource=https%3A%2F%2Fvault.azure.net";

/// An answer, as received.
pub(crate) struct Answer {
    pub(crate) bytes: Vec<u8>,
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let (head, body) = (head.to_owned(), body.to_owned());
        Self { status, head, body, bytes }
    }

    /// The values of all headers with exactly this name.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self.head.split("\r\n").skip(1);
        lines.filter_map(|line| line.split_once(": ")).filter(|(n, _)| *n == name).map(|(_, value)| value).collect()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }

    /// The path that the challenge names.
    pub(crate) fn realm(&self) -> String {
        let header = self.headers("Www-Authenticate");
        assert_eq!((self.status, header.len()), (401, 1), "{}", self.head);
        header[0].strip_prefix("Basic realm=").expect("a challenge").to_owned()
    }
}

pub(crate) fn connect(emulator: &Emulator) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", emulator.port)).expect("the emulator listens");
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a time-out");
    stream
}

/// Sends bytes and reads until the emulator closes the connection, resets it, or says nothing for five seconds.
pub(crate) fn raw(emulator: &Emulator, bytes: &[u8]) -> Answer {
    let mut stream = connect(emulator);
    stream.write_all(bytes).expect("it listens");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer); // The bytes before an error are the answer.
    Answer::new(answer)
}

/// GET with these headers, each given as `Name: value`.
pub(crate) fn get(emulator: &Emulator, target: &str, headers: &[&str]) -> Answer {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    raw(emulator, format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n").as_bytes())
}

/// The first request for a Key Vault token, with `more` parameters.
pub(crate) fn ask(emulator: &Emulator, more: &str) -> Answer {
    get(emulator, &format!("{TOKEN_PATH}{VAULT}{more}"), &["Metadata: true"])
}

/// The second request, with a key.
pub(crate) fn redeem(emulator: &Emulator, key: &str, more: &str) -> Answer {
    get(emulator, &format!("{TOKEN_PATH}{VAULT}{more}"), &["Metadata: true", &format!("Authorization: Basic {key}")])
}

/// Sends both requests, like a simple client that reads any file that the challenge names.
pub(crate) fn exchange(emulator: &Emulator, more: &str) -> Answer {
    let key = std::fs::read_to_string(ask(emulator, more).realm()).expect("a readable key");
    redeem(emulator, &key, more)
}
