//! The door for the fuzz targets in `fuzz/`: functions through which another crate can call the parsers of bytes from outside.
//!
//! The shipped library does not have this file. Each function only passes its arguments on.

#[cfg(test)]
#[path = "../fuzz/tests.rs"]
mod tests;

use std::io::{self, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::agent::endpoint::Endpoint;
use crate::agent::host_environment::HostEnvironment;
use crate::agent::service_unit;
use crate::error::{AgentWords, ErrorKind};
use crate::exchange::key_file;
use crate::exchange::{challenge, token_response};
use crate::log::Log;
use crate::machine::{agent_status, metadata};
use crate::request::token_request::TokenRequest;
use crate::request::validated::ValidatedRequest;
use crate::request::wanted::Identity;
use crate::secret::bytes::Secret;
use crate::text::{json, plain, time};
use crate::token::claims::Claims;
use crate::transport::answer;
use crate::transport::http_client;
use crate::trust::key_folder::KeyFolder;
use crate::trust::policy::PeerPolicy;
#[cfg(target_os = "linux")]
use crate::trust::sock_diag;
use crate::trust::trusted_users::AgentUsers;
use crate::trust::{holders, passwd, proc_net, socket};

pub use reqwest::Url;

/// Checks that `text` is safe on a terminal: no character moves the cursor or changes the writing direction.
#[track_caller]
pub fn assert_plain(text: &str) {
    let turns = |c| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert!(!text.chars().any(|c| c.is_control() || turns(c)), "not fit to be shown: {text:?}");
}

/// The first byte, for a choice of the target, and the rest.
pub fn choice(data: &[u8]) -> (u8, &[u8]) {
    data.split_first().map_or((0, data), |(first, rest)| (*first, rest))
}

/// The path of the key file in `WWW-Authenticate` headers.
pub fn key_path(headers: &[String], is_absolute: impl Fn(&str) -> bool) -> Result<String, &'static str> {
    challenge::key_path(headers, is_absolute)
}

/// The claims of a token, if no text in them is a secret.
pub fn claims(token: &str) -> Claims {
    Claims::of(token, &|_| false).expect("nothing is secret")
}

/// The agent's address as a URL, and the host and port that are connected to.
pub fn endpoint(text: &str) -> Result<(String, SocketAddr), ErrorKind> {
    Endpoint::parse(text).map(|endpoint| (endpoint.as_str().to_owned(), endpoint.address()))
}

/// The URL of a request to the agent at `endpoint`.
pub fn with_query(endpoint: &str, name: &str, value: &str) -> Result<Url, ErrorKind> {
    Endpoint::parse(endpoint).map(|endpoint| endpoint.with_query([(name, value)]))
}

/// JSON without a byte order mark.
pub fn without_bom(data: &[u8]) -> &[u8] {
    json::without_bom(data)
}

/// True when the bytes are JSON that passes the rules.
pub fn is_json(data: &[u8]) -> bool {
    json::is_json(data)
}

/// Checks the same rules. The error says which of them is broken.
pub fn checked_json(data: &[u8]) -> serde_json::Result<()> {
    serde_json::from_slice::<json::Checked>(json::without_bom(data)).map(|_| ())
}

/// Reads a secret of at most `limit` bytes. `None` if it is longer.
pub fn read_secret(source: impl Read, expected: usize, limit: usize) -> io::Result<Option<Secret>> {
    Secret::read(source, expected, limit)
}

/// The key in the content of a key file.
pub fn key_in(content: Secret) -> Option<Secret> {
    key_file::key_in(content)
}

/// The value of the header that sends a key to the agent.
pub fn authorization(key: &Secret) -> Vec<u8> {
    http_client::authorization(key).as_bytes().to_vec()
}

/// The name of the key file at `path`, which must be in `directory`.
pub fn key_file_name<'a>(directory: &Path, path: &'a str) -> Result<&'a str, String> {
    key_file::name_in(&KeyFolder::open(directory), path)
}

/// The key in the file at `path`, which must be in `directory`.
pub fn read_key_file(directory: &Path, path: &str) -> Result<Secret, ErrorKind> {
    let folder = KeyFolder::open(directory);
    let users = AgentUsers::of(&folder, PeerPolicy::Usual)?;
    key_file::read(&folder, &users, path)
}

/// The machine's description in the agent's answer.
pub fn compute_in(body: &[u8]) -> Result<Value, String> {
    metadata::compute_in(body)
}

/// The tags in a machine's description.
pub fn tags(compute: &Value) -> Vec<(String, String)> {
    metadata::tags(compute)
}

/// The agent's status and version in its answer.
pub fn agent_status(body: &[u8]) -> Result<[Option<String>; 2], String> {
    agent_status::read(body).map(|status| [status.status, status.version])
}

/// The id of a user in the table of users.
pub fn uid_in_passwd(table: &str, user: &str) -> Option<u32> {
    passwd::uid_in_passwd(table, user)
}

/// The name of a user in the table of users.
pub fn name_in_passwd(table: &str, uid: u32) -> Option<&str> {
    passwd::name_in_passwd(table, uid)
}

/// Text without the secret.
pub fn redact(secret: &Secret, text: &str) -> String {
    secret.redact(text)
}

/// Text as it is shown.
pub fn shown(text: &str) -> String {
    plain::shown(text)
}

/// Bytes as they are shown.
pub fn shown_bytes(bytes: &[u8]) -> String {
    plain::shown_bytes(bytes)
}

/// The URL of a request, and the host and port that are connected to. Both of the agent's environment variables have the value
/// `variable`, and no agent is installed.
pub fn request_url(request: &TokenRequest, variable: Option<&str>) -> Result<(Url, SocketAddr), ErrorKind> {
    let host = HostEnvironment {
        environment: &|name| variable.filter(|_| matches!(name, "IDENTITY_ENDPOINT" | "IMDS_ENDPOINT")).map(str::to_owned),
        agent_program: Some("/arc-token/no/such/program".into()),
        service_configuration: None,
    };
    ValidatedRequest::new(request.params(), &host, &Log::new()).map(|request| (request.url(), request.agent.endpoint.address()))
}

/// The Unix time of a header `Date`.
pub fn http_date(text: &str) -> Option<i64> {
    time::http_date(text)
}

/// The pause in a header `Retry-After`.
pub fn retry_after(value: &str, now: i64) -> Option<Duration> {
    answer::retry_after(value, now)
}

/// The agent's address in systemd's configuration.
pub fn endpoint_in_service_configuration(text: &str) -> Option<String> {
    service_unit::endpoint_in_service_configuration(text)
}

/// A socket in the system's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Socket {
    pub local: SocketAddr,
    pub remote: SocketAddr,
    pub listening: bool,
    pub uid: u32,
    pub inode: u64,
}

impl Socket {
    fn of(socket: socket::Socket) -> Self {
        let socket::Socket { local, remote, state, holder: uid, inode } = socket;
        Self { local, remote, listening: state == socket::State::Listening, uid, inode }
    }

    fn inner(&self) -> socket::Socket {
        let Self { local, remote, listening, uid, inode } = *self;
        let state = if listening { socket::State::Listening } else { socket::State::Open };
        socket::Socket { local, remote, state, holder: uid, inode }
    }
}

/// The socket in a line of `/proc/net/tcp`.
pub fn parse_socket(line: &str) -> Option<Socket> {
    proc_net::parse_socket(line).map(Socket::of)
}

/// A user that is not trusted and could take a connection to `address`.
pub fn stranger(sockets: &[Socket], address: SocketAddr, trusted: &[u32], local_addr: Option<SocketAddr>) -> Option<u32> {
    holders::stranger(&sockets.iter().map(Socket::inner).collect::<Vec<_>>(), address, trusted, local_addr)
}

/// The lengths of a kernel's message, and the state of a listener in it.
#[cfg(target_os = "linux")]
pub const HEADER: usize = sock_diag::HEADER;
#[cfg(target_os = "linux")]
pub const MESSAGE: usize = sock_diag::MESSAGE;
#[cfg(target_os = "linux")]
pub const TCP_LISTEN: u8 = socket::LISTEN;

/// The first message of the kernel, and its kind.
#[cfg(target_os = "linux")]
pub fn first_message(bytes: &[u8]) -> Option<(&[u8], u16)> {
    sock_diag::first_message(bytes)
}

/// The socket in a message of the kernel.
#[cfg(target_os = "linux")]
pub fn socket_in_message(message: &[u8]) -> Option<Socket> {
    sock_diag::parse(message).map(Socket::of)
}

/// The agent's answer to a request for a token.
pub struct Body(token_response::Body);

impl Body {
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        token_response::Body::parse(bytes).map(Self)
    }

    /// What the agent says of an error.
    pub fn agent_words(&self) -> AgentWords {
        self.0.agent_words()
    }

    pub fn expires_on(&self, now: i64) -> Option<i64> {
        self.0.expires_on(now)
    }

    pub fn has_token(&self) -> bool {
        self.0.has_token()
    }

    pub fn take_token(&mut self) -> Result<Secret, ErrorKind> {
        self.0.take_token()
    }

    /// Checks that the answer is for the requested identity: a query parameter and an id, or `None` for the machine's own identity.
    pub fn confirms(&self, identity: Option<(&str, &str)>) -> Result<(), ErrorKind> {
        self.0.confirms(&match identity {
            None => Identity::SystemAssigned,
            Some(("client_id", id)) => Identity::ClientId(id.to_owned()),
            Some(("object_id", id)) => Identity::ObjectId(id.to_owned()),
            Some((_, id)) => Identity::ResourceId(id.to_owned()),
        })
    }
}
