//! Makes an `AttemptError` of each error of the HTTP library.

use std::error::Error as _;
use std::io;
use std::net::SocketAddr;

use super::attempt_error::{AttemptError, Transient};
use super::no_connection::no_connection;
use crate::error::{ErrorKind, NoAnswerReason};
use crate::sys;
use crate::text::plain::shown;
use crate::trust::peer::{NOT_LOOKED_UP, PeerError};

/// The reason why there is no answer from `address` to a request, which brought a key if `to_key`. `held` says whether somebody listens there.
pub(super) fn attempt_error(error: &reqwest::Error, address: SocketAddr, to_key: bool, held: impl Fn() -> bool) -> AttemptError {
    if error.is_connect() && error.is_timeout() {
        return not_connected(address, &io::ErrorKind::TimedOut.into(), held);
    }
    let mut what = String::from("no connection");
    let mut cause = error.source();
    while let Some(current) = cause {
        if let Some(http) = current.downcast_ref::<hyper::Error>()
            && http.is_parse()
        {
            // hyper's client has no other way to recognize "too large".
            return if http.to_string().contains("too large") { too_large() } else { not_http(address, to_key) };
        }
        if let Some(error) = current.downcast_ref::<PeerError>() {
            return not_the_peer(error, address);
        }
        if let Some(system) = current.downcast_ref::<io::Error>()
            && error.is_connect()
        {
            return not_connected(address, system, held);
        }
        what = shown(&current.to_string());
        cause = current.source();
    }
    broken(address, &what)
}

/// The connection is not known to be the agent's.
pub(super) fn not_the_peer(error: &PeerError, address: SocketAddr) -> AttemptError {
    match error {
        PeerError::Stranger(kind) => kind.clone().into(),
        // From WSL, a connection to a port where nothing listens leads to Windows.
        PeerError::NoListener if sys::is_wsl() => {
            let what = "this is WSL, and nothing in it listens at that port".to_owned();
            ErrorKind::WindowsAgent { address: address.to_string(), what }.into()
        }
        PeerError::NoListener => refused(no_answer(address, NoAnswerReason::Refused, error.to_string())),
        PeerError::Unknown(system) if sys::is_used_up(system) => ErrorKind::of_system(NOT_LOOKED_UP, system).into(),
        PeerError::Closed | PeerError::NotAccepted | PeerError::Unknown(_) => broken(address, &error.to_string()),
        PeerError::NoPeer => ErrorKind::Internal { what: error.to_string() }.into(),
    }
}

/// The answer is larger than any answer of the agent.
pub(super) fn too_large() -> AttemptError {
    ErrorKind::BadResponse { what: "it is larger than any answer of the agent's".to_owned() }.into()
}

/// The answer ends too early.
pub(super) fn truncated() -> AttemptError {
    AttemptError::busy(ErrorKind::BadResponse { what: "it broke off before its end".to_owned() })
}

/// The HTTP library does not start.
pub(super) fn no_client(error: &io::Error) -> AttemptError {
    ErrorKind::of_system("the HTTP library does not start", error).into()
}

/// The connection breaks before the answer begins.
fn broken(address: SocketAddr, what: &str) -> AttemptError {
    let what = format!("it takes the connection, but does not answer ({what})");
    AttemptError::busy(no_answer(address, NoAnswerReason::Silent, what))
}

/// No connection was made.
fn not_connected(address: SocketAddr, error: &io::Error, held: impl Fn() -> bool) -> AttemptError {
    let is_refused = error.kind() == io::ErrorKind::ConnectionRefused;
    let kind = no_connection(address, error, is_refused && held());
    if is_refused { refused(kind) } else { AttemptError::busy(kind) }
}

/// Nobody listens.
fn refused(kind: ErrorKind) -> AttemptError {
    AttemptError { kind, transient: Some(Transient::Refused) }
}

fn no_answer(address: SocketAddr, reason: NoAnswerReason, what: String) -> ErrorKind {
    ErrorKind::AgentNotRunning { address: address.to_string(), reason, what }
}

fn not_http(address: SocketAddr, key_sent: bool) -> AttemptError {
    let what = "it does not speak HTTP".to_owned();
    ErrorKind::ForeignAnswer { address: address.to_string(), what, http_status: None, key_sent }.into()
}
