//! `Peer`: the agent as the other end of a connection, and the checks that nobody else is there.
//!
//! The owner of the port is looked up before the first byte. The owner of the other end of each new connection is looked up, too,
//! and again before a key goes over the connection (`transport/peer_check.rs`). Without these checks, any unprivileged process on a
//! loopback port can pass the real agent's challenge on to a privileged caller, get the key, and exchange it for a token: the key
//! file keeps every rule, and the key is as good as the token. Linux says which user holds a socket, and no user can make a socket
//! of another user.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use super::holders::{FarEnd, candidates, stranger};
use super::policy::PeerPolicy;
use super::root_listener;
use super::socket::Socket;
use super::socket_table::sockets_at;
use super::trusted_users::AgentUsers;
use super::user_namespace;
use crate::agent::locate::{LocatedAgent, is_absent};
use crate::agent::source::Source;
use crate::error::ErrorKind;
use crate::log::Log;
use crate::sys;

/// The agent as the kernel sees it: an address, and the users that may hold it.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    address: SocketAddr,
    /// User ids, sorted.
    trusted: Vec<u32>,
    /// The id that stands for every user without a number of its own, if there is one.
    nobody: Option<u32>,
    /// The program that root must be, if it holds the port.
    root_program: Option<PathBuf>,
    /// The agent's users, if the files here name nobody but root.
    unknown: Option<AgentUsers>,
    policy: PeerPolicy,
}

/// The advice where users cannot be told apart.
const NO_NUMBERS: &str = "Run it outside of this user namespace: without PrivateUsers= in the systemd unit (or with PrivateUsers=identity), and without \
     sandbox options in a unit of 'systemd --user'; or give the container a map with a number for the agent's user (himds). A rootless container \
     that has to work as it is: -AllowUnidentifiedAgent (arc-token: --allow-unidentified-agent; Connect-ArcAzAccount: without -Identity); then \
     any user of the machine can take the agent's place.";
/// The advice where the system says nothing of sockets, and the caller wants to know.
const NO_SOCKETS: &str = "Let it use netlink (AF_NETLINK in RestrictAddressFamilies=) or see /proc/net/tcp, or do not require it \
     (-RequireIdentifiedAgent, or the variable ARC_TOKEN_REQUIRE_IDENTIFIED_AGENT).";

/// The advice where the files do not say which user is the agent's.
const NO_AGENT_USER: &str = "In a container, mount the agent's folder of keys (--volume=/var/opt/azcmagent/tokens:/var/opt/azcmagent/tokens:ro); if the folder \
     is root's on the host, too, give the container's /etc/passwd the host's line of himds ('getent passwd himds'). Elsewhere, find out which program \
     holds that port; the agent's own port is 40342.";

/// The step that fails where the system says nothing of sockets just now.
pub(crate) const NOT_LOOKED_UP: &str = "who holds the agent's port cannot be looked up";

impl Peer {
    /// The agent of a request, and its users.
    pub(crate) fn new(agent: &LocatedAgent, users: &AgentUsers, policy: PeerPolicy) -> Self {
        let address = agent.endpoint.address();
        if !cfg!(target_os = "linux") {
            return Self { address, trusted: Vec::new(), nobody: None, root_program: None, unknown: None, policy };
        }
        let root_program = root_listener::expected_program(agent, &users.of_agent());
        let (trusted, nobody) = users.may_answer((agent.source == Source::Caller).then(sys::effective_uid));
        let unknown = users.is_unknown().then(|| users.clone());
        Self { address, trusted, nobody, root_program, unknown, policy }
    }

    #[cfg(test)]
    pub(crate) fn for_tests(address: SocketAddr, trusted: Vec<u32>) -> Self {
        Self { address, trusted, nobody: None, root_program: None, unknown: None, policy: PeerPolicy::Usual }
    }

    /// Fails when a stranger holds the port. Passes when nobody does: the attempt to connect shows that.
    pub(crate) fn require(&self, log: &Log) -> Result<(), ErrorKind> {
        let holders = self.holders().map_err(|error| ErrorKind::of_system(NOT_LOOKED_UP, &error))?;
        let Some(holders) = holders else { return self.without_holders(log) };
        if let Some(error) = holders.error {
            return Err(error);
        }
        if let Some(warning) = self.unidentified(&holders.listening) {
            log.warning(warning);
        }
        if let Some(expected) = &self.root_program {
            root_listener::warn(&holders.listening, expected, log);
        }
        log.detail(format!("Port {} is held by nobody but {:?} (user ids).", self.address.port(), self.trusted));
        Ok(())
    }

    /// The warning where a holder of the port passes only because the caller allows users who cannot be told apart.
    pub(crate) fn unidentified(&self, listening: &[Socket]) -> Option<String> {
        let allowed = self.policy == PeerPolicy::AllowUnidentified;
        let nobody = if allowed { user_namespace::nobody() } else { None }?;
        listening.iter().any(|socket| socket.uid == nobody).then(|| {
            let port = self.address.port();
            format!("Port {port} is held by a user without a number in this user namespace (shown as {nobody}): any user of the machine could be it.")
        })
    }

    /// The system does not say who holds the port.
    fn without_holders(&self, log: &Log) -> Result<(), ErrorKind> {
        const UNKNOWN: &str = "Who holds the agent's port cannot be looked up (neither by netlink nor in /proc/net/tcp)";
        static WARNED: AtomicBool = AtomicBool::new(false);
        if self.policy == PeerPolicy::RequireIdentified {
            return Err(self.unknown());
        }
        // Elsewhere it is never looked up, and a warning would help nobody.
        if cfg!(target_os = "linux") && !WARNED.swap(true, Ordering::Relaxed) {
            log.warning(format!("{UNKNOWN}: another program could take the agent's place."));
        } else {
            log.step(format!("{UNKNOWN}; this check is skipped."));
        }
        Ok(())
    }

    /// The present holders of the address. `None` where the system has no such information.
    pub(crate) fn holders(&self) -> io::Result<Option<Holders>> {
        let Some(sockets) = sockets_at(self.address, None)? else { return Ok(None) };
        let error = stranger(&sockets, self.address, &self.trusted, None).map(|user| self.held_by(user));
        Ok(Some(Holders { listening: candidates(&sockets, self.address).copied().collect(), error }))
    }

    /// True when somebody is seen to listen at the address.
    pub(crate) fn is_held(&self) -> bool {
        self.holders().is_ok_and(|holders| holders.is_some_and(|holders| !holders.listening.is_empty()))
    }

    /// Looks who holds the other end of the connection that begins at `local_addr`. Fails unless it is the agent, or can only become
    /// the agent's.
    ///
    /// The earlier look at the port does not prove it: a stranger may have listened just after that, and have stopped again.
    pub(crate) fn look_at(&self, local_addr: SocketAddr) -> Result<Seen, PeerError> {
        // `require` has already logged that the system has no such information.
        let Some(sockets) = sockets_at(self.address, Some(local_addr)).map_err(PeerError::Unknown)? else {
            return if self.policy == PeerPolicy::RequireIdentified {
                Err(PeerError::Stranger(self.unknown()))
            } else {
                Ok(Seen::Accepted)
            };
        };
        match FarEnd::of(&sockets, self.address, &self.trusted, local_addr) {
            FarEnd::Strange(user) => Err(PeerError::Stranger(self.held_by(user))),
            FarEnd::WithoutListener => Err(PeerError::NoListener),
            FarEnd::Closed => Err(PeerError::Closed),
            FarEnd::Waiting => Ok(Seen::Waiting),
            FarEnd::Accepted => Ok(Seen::Accepted),
        }
    }

    /// The error where the system does not say who holds the port, and the caller wants to know.
    pub(crate) fn unknown(&self) -> ErrorKind {
        let what = "the system does not say who holds the port (neither by netlink nor in /proc/net/tcp)".to_owned();
        ErrorKind::UnidentifiedAgent { address: self.address.to_string(), what, advice: NO_SOCKETS }
    }

    fn held_by(&self, user: u32) -> ErrorKind {
        let (address, port) = (self.address.to_string(), self.address.port());
        if self.nobody == Some(user) {
            let what = format!("port {port} is held by a user without a number in this user namespace (shown as {user}, like all of them)");
            return ErrorKind::UnidentifiedAgent { address, what, advice: NO_NUMBERS };
        }
        // Where the agent's program is, its files say who it is.
        let is_installed = || sys::agent_program().is_some_and(|program| !is_absent(&program));
        if let Some(users) = self.unknown.as_ref().filter(|_| !is_installed()) {
            let why = users.why_unknown();
            let what = format!("port {port} is held by user id {user}, and nothing here says which user is the agent's: {why}");
            return ErrorKind::UnidentifiedAgent { address, what, advice: NO_AGENT_USER };
        }
        let what = format!("port {port} is held by user id {user}, which is not the agent's");
        ErrorKind::ForeignAnswer { address, what, http_status: None, key_sent: false }
    }
}

/// A connection to the agent's listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Nobody has accepted it yet.
    Waiting,
    /// The agent has accepted it, or the system has no such information.
    Accepted,
}

/// A connection is not known to be the agent's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PeerError {
    #[error("{0}")]
    Stranger(ErrorKind),
    #[error("nobody listens there any more")]
    NoListener,
    #[error("nobody is seen to hold the other end of the connection")]
    Closed,
    #[error("nobody accepts the connection")]
    NotAccepted,
    #[error("{NOT_LOOKED_UP} ({0})")]
    Unknown(io::Error),
    #[error("nothing says whose connections may be used")]
    NoPeer,
}

/// The holders of an agent's address.
pub(crate) struct Holders {
    /// The sockets that could take a connection to it.
    pub(crate) listening: Vec<Socket>,
    /// The error, if a stranger holds it.
    pub(crate) error: Option<ErrorKind>,
}

#[cfg(test)]
#[path = "peer_tests.rs"]
mod tests;
