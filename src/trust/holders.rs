//! Judges sockets: finds strangers that could take a connection to the agent's address, or that hold one.

use std::net::SocketAddr;

use super::socket::{Socket, State};

/// The holders of sockets, as they were judged.
pub(super) struct Judged {
    /// Those that pass: the agent's, and those that cannot be told.
    pub(super) passing: Vec<u32>,
    /// Those that cannot be told.
    pub(super) unknown: Vec<u32>,
    /// Why others do not pass, where there is more to say than their number.
    #[cfg_attr(not(windows), allow(dead_code))]
    pub(super) strange: Vec<(u32, String)>,
}

/// The first untrusted user who could take a connection to `address`, or who holds the other end of the connection that begins
/// at `local_addr`.
pub(crate) fn stranger(sockets: &[Socket], address: SocketAddr, trusted: &[u32], local_addr: Option<SocketAddr>) -> Option<u32> {
    let is_strange = |socket: &&Socket| !trusted.contains(&socket.holder);

    if let Some(socket) = candidates(sockets, address).find(is_strange) {
        return Some(socket.holder);
    }

    // A stranger may have taken the connection and then left the port to the agent. It still holds its end.
    let far_ends = local_addr.into_iter().flat_map(|local_addr| far_ends(sockets, address, local_addr));
    far_ends.filter(|socket| socket.inode != 0).find(is_strange).map(|socket| socket.holder)
}

/// The other end of a connection, as one look at the sockets shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FarEnd {
    /// A user who is not trusted could take the connection, or holds it.
    Strange(u32),
    /// Nobody listens at the address. The user of an accepted connection is not enough: some parts of the kernel accept as root
    /// for every user's listener.
    WithoutListener,
    /// The other side has closed the connection.
    Closed,
    /// The kernel keeps no record of the other end: it is gone, or was never whole (a SYN cookie). Then any program that listens at
    /// the time of sending would get it.
    Unseen,
    /// A trusted user listens, and nobody has accepted the connection yet. Any program that shares the listener can accept it.
    Waiting,
    /// A trusted user listens, and a trusted user has accepted the connection.
    Accepted,
}

impl FarEnd {
    /// The other end of the connection from `local_addr` to `address`.
    pub(super) fn of(sockets: &[Socket], address: SocketAddr, trusted: &[u32], local_addr: SocketAddr) -> Self {
        if let Some(user) = stranger(sockets, address, trusted, Some(local_addr)) {
            return FarEnd::Strange(user);
        }
        if candidates(sockets, address).next().is_none() {
            return FarEnd::WithoutListener;
        }
        let mut ends = far_ends(sockets, address, local_addr).peekable();
        if ends.peek().is_none() {
            return FarEnd::Unseen;
        }
        match ends.find(|socket| socket.state == State::Open) {
            None => FarEnd::Closed,
            // Linux shows another user here until the connection is accepted.
            Some(socket) if socket.inode == 0 => FarEnd::Waiting,
            Some(_) => FarEnd::Accepted,
        }
    }
}

/// The other ends of the connection that begins at `local_addr`.
fn far_ends(sockets: &[Socket], address: SocketAddr, local_addr: SocketAddr) -> impl Iterator<Item = &Socket> {
    sockets.iter().filter(move |s| s.state != State::Listening && s.local == address && s.remote == local_addr)
}

/// The sockets that could take a connection to `address`. The system prefers a socket bound to exactly this address.
pub(super) fn candidates(sockets: &[Socket], address: SocketAddr) -> impl Iterator<Item = &Socket> {
    let listening = move |s: &&Socket| s.state == State::Listening && s.local.port() == address.port();
    let exact = sockets.iter().filter(listening).any(|s| s.local.ip() == address.ip());
    let takes = move |s: &&Socket| if exact { s.local.ip() == address.ip() } else { s.local.ip().is_unspecified() };
    sockets.iter().filter(listening).filter(takes)
}

#[cfg(test)]
#[path = "holders_tests.rs"]
mod tests;
