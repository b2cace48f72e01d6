//! The row 'Port': does any program take connections?

use std::io;
use std::net::TcpStream;
use std::time::Duration;

use super::report::Row;
use crate::error::ErrorKind;
use crate::exchange::agent_session::AgentSession;
use crate::request::validated::ValidatedRequest;
use crate::transport::no_connection::{CONNECT_TIMEOUT, no_connection};
use crate::trust::key_folder::KeyFolder;
use crate::trust::peer::Peer;
use crate::trust::trusted_users::AgentUsers;

/// Makes a connection and sends nothing.
pub(super) fn row(request: &ValidatedRequest, session: &AgentSession<'_>) -> Row {
    let address = session.agent.endpoint.address();
    // The standard library refuses a time of zero.
    let time = CONNECT_TIMEOUT.min(session.cx.remaining()).max(Duration::from_millis(1));
    match TcpStream::connect_timeout(&address, time) {
        Ok(_) => Row::pass(format!("{address} takes connections.")),
        Err(error) => Row::error(&failure(request, &error)),
    }
}

fn failure(request: &ValidatedRequest, error: &io::Error) -> ErrorKind {
    let held = || {
        let users = AgentUsers::of(&KeyFolder::open(&request.key_directory), request.policy);
        users.is_ok_and(|users| Peer::new(&request.agent, &users, request.policy).is_held())
    };
    no_connection(request.agent.endpoint.address(), error, error.kind() == io::ErrorKind::ConnectionRefused && held())
}
