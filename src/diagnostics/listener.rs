//! The rows 'Port' and 'Listener': does any program take connections, which program listens on the agent's port, and is it the agent?

use std::io;
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::Duration;

use super::check::CheckStatus;
use super::report::Row;
use crate::agent::source::Source;
use crate::error::{ErrorKind, advice};
use crate::exchange::agent_session::AgentSession;
use crate::request::validated::ValidatedRequest;
use crate::sys;
use crate::text::plain::{shown, shown_path};
use crate::transport::no_connection::{CONNECT_TIMEOUT, no_connection};
use crate::trust::key_folder::KeyFolder;
use crate::trust::peer::Peer;
use crate::trust::policy::PeerPolicy;
use crate::trust::program;
use crate::trust::socket::Socket;
use crate::trust::trusted_users::AgentUsers;

pub(super) fn row(request: &ValidatedRequest) -> Row {
    let folder = KeyFolder::open(&request.key_directory);
    let users = match AgentUsers::of(&folder, request.policy) {
        Ok(users) => users,
        Err(kind) => return Row::error(&kind),
    };
    let peer = Peer::new(&request.agent, &users, request.policy);
    let holders = match peer.holders() {
        Ok(holders) => holders,
        Err(error) => return Row::skip(format!("Who listens cannot be looked up just now ({}).", shown(&error.to_string()))),
    };
    let Some(holders) = holders else {
        if request.policy == PeerPolicy::RequireIdentified {
            return Row::error(&peer.unknown());
        }
        return if cfg!(target_os = "linux") {
            let detail = "The system does not tell who listens (neither by netlink nor in /proc/net/tcp): another program could be there.";
            Row::warning(detail, "Let this process use netlink (AF_NETLINK in RestrictAddressFamilies=), or see /proc/net/tcp.")
        } else {
            Row::skip("Who listens is looked up on Linux and Windows only.")
        };
    };
    if holders.unknown && holders.error.is_none() {
        let unknown = peer.unknown();
        return if request.policy == PeerPolicy::RequireIdentified { Row::error(&unknown) } else { Row::skip(format!("{unknown}")) };
    }
    let address = request.agent.endpoint.address();
    let programs: Vec<_> = holders.listening.iter().map(program::holder_of).collect();
    let who: Vec<_> = holders.listening.iter().zip(&programs).map(|(socket, program)| described(socket, program.as_ref())).collect();
    let who = if who.is_empty() { "nobody that can be seen".to_owned() } else { who.join("; ") };
    if let Some(kind) = holders.error.map(|kind| folder.cause_of(kind)) {
        return Row::fail(format!("{}: {kind} The port is held by {who}.", kind.status().name()), advice(&kind, None));
    }
    if holders.listening.is_empty() && sys::is_wsl() {
        let what = "this is WSL, and nothing in it listens at that port".to_owned();
        return Row::error(&ErrorKind::WindowsAgent { address: address.to_string(), what });
    }
    if holders.listening.is_empty() {
        return Row::warning(
            format!("Nobody is seen to listen on port {}, though it takes connections.", address.port()),
            "A packet filter or a container's network may lead the connection elsewhere: check that it leads to the agent.",
        );
    }
    if let Some(warning) = peer.unidentified(&holders.listening) {
        return Row::warning(
            warning,
            "Run it outside of this user namespace, or give the namespace a number for the agent's user (himds).",
        );
    }
    let held = format!("Port {} is held by {who}", address.port());
    // At an address from the caller or the environment, the agent may be another program: an emulator, or the agent of a container's
    // host.
    let found = matches!(request.agent.source, Source::Installation | Source::ServiceConfiguration);
    let installed = sys::agent_program().filter(|_| found);
    let stranger = |(_, program): &(u32, PathBuf)| installed.as_deref().is_some_and(|installed| !program::is_same(program, installed));
    match installed.as_deref().filter(|_| programs.iter().flatten().any(stranger)) {
        Some(installed) => Row::warning(
            format!("{held}, which is not the agent's program '{}'.", shown_path(installed)),
            "ArcToken asks it, since its user may be the agent's. If no token can be had, find out what that program is.",
        ),
        None => Row::pass(format!("{held}.")),
    }
}

/// The row when the program did not answer as the agent does. Its user alone said nothing against it.
pub(super) fn not_the_agent(row: &Row) -> Option<Row> {
    let detail = format!("{} It does not answer as the agent does: see 'Agent connected'.", row.detail);
    let stop = "Find out what that program is, and stop it if it has the agent's port; the agent's own port is 40342.";
    (row.status != CheckStatus::Fail).then(|| Row::warning(detail, stop))
}

/// The user of a socket, and its program if this process may see it.
fn described(socket: &Socket, program: Option<&(u32, PathBuf)>) -> String {
    let user = program::user_of(socket);
    match program {
        Some((process, program)) => format!("{user}, program '{}' (process {process})", shown_path(program)),
        None => user,
    }
}

/// The row 'Port'. Makes a connection and sends nothing.
pub(super) fn port_row(request: &ValidatedRequest, session: &AgentSession<'_>) -> Row {
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
