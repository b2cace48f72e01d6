//! `Peer`: the agent as the other end of a connection, and the checks that nobody else is there.
//!
//! The owner of the port is looked up before the first byte. The owner of the other end of each new connection is looked up, too,
//! and again before a key goes over the connection (`transport/peer_check.rs`). Without these checks, any unprivileged process on a
//! loopback port can pass the real agent's challenge on to a privileged caller, get the key, and exchange it for a token: the key
//! file keeps every rule, and the key is as good as the token. Linux says which user holds a socket, and Windows which process. No
//! user can make a socket of another user's.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};

use super::holders::{FarEnd, candidates, stranger};
use super::policy::PeerPolicy;
#[cfg(not(windows))]
use super::port_users::PortUsers as Trusted;
use super::socket::Socket;
use super::socket_table::sockets_at;
#[cfg(windows)]
use super::trusted_users::AgentProcesses as Trusted;
use super::trusted_users::AgentUsers;
use super::user_namespace;
use crate::agent::locate::LocatedAgent;
use crate::error::ErrorKind;
use crate::log::Log;

/// The agent as the kernel sees it: an address, and who may hold it.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    address: SocketAddr,
    trusted: Trusted,
    policy: PeerPolicy,
}

/// The step that fails where the system says nothing of sockets just now.
pub(crate) const NOT_LOOKED_UP: &str = "who holds the agent's port cannot be looked up";

impl Peer {
    /// The agent of a request, and its users.
    pub(crate) fn new(agent: &LocatedAgent, users: &AgentUsers, policy: PeerPolicy) -> Self {
        Self { address: agent.endpoint.address(), trusted: Trusted::of(agent, users), policy }
    }

    #[cfg(test)]
    pub(crate) fn for_tests(address: SocketAddr, trusted: Vec<u32>) -> Self {
        Self { address, trusted: Trusted::for_tests(trusted), policy: PeerPolicy::Usual }
    }

    /// Fails when a stranger holds the port. Passes when nobody does: the attempt to connect shows that.
    pub(crate) fn require(&self, log: &Log) -> Result<(), ErrorKind> {
        let holders = self.holders().map_err(|error| ErrorKind::of_system(NOT_LOOKED_UP, &error))?;
        let Some(holders) = holders else { return self.without_holders(log) };
        if let Some(error) = holders.error {
            return Err(error);
        }
        if holders.unknown {
            return self.without_holders(log);
        }
        if let Some(warning) = self.unidentified(&holders.listening) {
            log.warning(warning);
        }
        self.trusted.warn_of(&holders.listening, log);
        log.detail(format!("Port {} is held by nobody but {}.", self.address.port(), self.trusted.described()));
        Ok(())
    }

    /// The warning where a holder of the port passes only because the caller allows users who cannot be told apart.
    pub(crate) fn unidentified(&self, listening: &[Socket]) -> Option<String> {
        let allowed = self.policy == PeerPolicy::AllowUnidentified;
        let nobody = if allowed { user_namespace::nobody() } else { None }?;
        listening.iter().any(|socket| socket.holder == nobody).then(|| {
            let port = self.address.port();
            format!("Port {port} is held by a user without a number in this user namespace (shown as {nobody}): any user of the machine could be it.")
        })
    }

    /// The system does not say who holds the port.
    fn without_holders(&self, log: &Log) -> Result<(), ErrorKind> {
        static WARNED: AtomicBool = AtomicBool::new(false);
        if self.policy == PeerPolicy::RequireIdentified {
            return Err(self.unknown());
        }
        let unknown = format!("Who holds the agent's port cannot be looked up ({})", Trusted::NOT_TOLD);
        // Elsewhere it is never looked up, and a warning would help nobody.
        if cfg!(any(target_os = "linux", windows)) && !WARNED.swap(true, Ordering::Relaxed) {
            log.warning(format!("{unknown}: another program could take the agent's place."));
        } else {
            log.step(format!("{unknown}; this check is skipped."));
        }
        Ok(())
    }

    /// The present holders of the address. `None` where the system has no such information.
    pub(crate) fn holders(&self) -> io::Result<Option<Holders>> {
        let Some(sockets) = sockets_at(self.address, None)? else { return Ok(None) };
        let judged = self.trusted.judge(&sockets);
        let error =
            stranger(&sockets, self.address, &judged.passing, None).map(|holder| self.trusted.held_by(holder, &judged, self.address));
        let listening: Vec<_> = candidates(&sockets, self.address).copied().collect();
        let unknown = listening.iter().any(|socket| judged.unknown.contains(&socket.holder));
        Ok(Some(Holders { listening, error, unknown }))
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
        let judged = self.trusted.judge(&sockets);
        match FarEnd::of(&sockets, self.address, &judged.passing, local_addr) {
            FarEnd::Strange(holder) => Err(PeerError::Stranger(self.trusted.held_by(holder, &judged, self.address))),
            _ if !judged.unknown.is_empty() && self.policy == PeerPolicy::RequireIdentified => Err(PeerError::Stranger(self.unknown())),
            FarEnd::WithoutListener => Err(PeerError::NoListener),
            // Windows promises no record of a connection before somebody has accepted it, and Wine has none.
            FarEnd::Unseen if cfg!(windows) => Ok(Seen::Unseen),
            FarEnd::Closed | FarEnd::Unseen => Err(PeerError::Closed),
            FarEnd::Waiting => Ok(Seen::Waiting),
            FarEnd::Accepted => Ok(Seen::Accepted),
        }
    }

    /// The error where the system does not say who holds the port, and the caller wants to know.
    pub(crate) fn unknown(&self) -> ErrorKind {
        let what = format!("the system does not say who holds the port ({})", Trusted::NOT_TOLD);
        ErrorKind::UnidentifiedAgent { address: self.address.to_string(), what, advice: Trusted::ADVICE }
    }
}

/// A connection to the agent's listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// It is new and nobody has accepted it yet, or it is closed.
    Unseen,
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
    /// True when the system does not say who one of them is.
    pub(crate) unknown: bool,
}

#[cfg(test)]
#[path = "peer_tests.rs"]
mod tests;
