//! Who answers: before the first byte, and again before the key is sent, the owner of the port is looked up, and of each new
//! connection (`guard.rs`) the owner of its other end.
//!
//! Without this, any unprivileged process on a loopback port can pass the real agent's challenge on to a privileged
//! caller, get the key from it and redeem it for a token itself: every rule about the key file is kept, and the key is as
//! good as the token. Linux tells which user holds a socket, and no user can make one that is another's: by netlink
//! (`sock_diag.rs`), and where that is closed in `/proc/net/tcp` and `tcp6` (proc_net(5)).

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::discovery::{Agent, Source};
use crate::error::ErrorKind;
use crate::key_file::KeyDirectory;
use crate::log::Log;
use crate::sys;

/// The agent, as far as its port tells: which users may hold it.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    address: SocketAddr,
    /// Sorted.
    trusted: Vec<u32>,
}

impl Peer {
    pub(crate) fn new(agent: &Agent, directory: &KeyDirectory) -> Self {
        let trusted = if cfg!(target_os = "linux") { trusted_users(agent, directory) } else { Vec::new() };
        Self { address: agent.endpoint.address(), trusted }
    }

    #[cfg(test)]
    pub(crate) fn for_tests(address: SocketAddr, trusted: Vec<u32>) -> Self {
        Self { address, trusted }
    }

    /// Fails when a user who is not the agent's could be the one who answers, or is.
    /// `near_end` is this side of the connection that the next request goes over, if there is one already.
    pub(crate) fn check(&self, near_end: Option<SocketAddr>, log: &Log) -> Result<(), ErrorKind> {
        let Some(holders) = self.holders(near_end).map_err(|error| ErrorKind::Internal { what: Unlike::Unknown(error).to_string() })?
        else {
            log.step("Who holds the agent's port cannot be looked up (neither by netlink nor in /proc/net/tcp); this check is skipped.");
            return Ok(());
        };
        match holders.error(self.address) {
            Some(error) => Err(error),
            None => {
                log.detail(format!("Port {} is held by nobody but {:?} (user ids).", self.address.port(), self.trusted));
                Ok(())
            }
        }
    }

    /// Who holds it now. `None` where the system does not tell.
    pub(crate) fn holders(&self, near_end: Option<SocketAddr>) -> io::Result<Option<Holders>> {
        let Some(sockets) = sockets_at(self.address, near_end)? else { return Ok(None) };
        let stranger = stranger(&sockets, self.address, &self.trusted, near_end);
        Ok(Some(Holders { listening: candidates(&sockets, self.address).copied().collect(), stranger }))
    }

    /// Fails unless the connection that begins at `near_end`, over which nothing has been sent yet, is known to be the agent's.
    ///
    /// That nobody strange listened before it was made says nothing: they may have begun just then, and have stopped again.
    pub(crate) fn check_new(&self, near_end: SocketAddr) -> Result<(), Unlike> {
        let Some(sockets) = sockets_at(self.address, Some(near_end)).map_err(Unlike::Unknown)? else { return Ok(()) }; // `check` has said so.
        if let Some(user) = stranger(&sockets, self.address, &self.trusted, Some(near_end)) {
            return Err(Unlike::Stranger(held_by(user, self.address)));
        }
        if is_held(&sockets, self.address, near_end) { Ok(()) } else { Err(Unlike::Nobody) }
    }
}

/// Why a new connection is not the agent's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unlike {
    #[error("{0}")]
    Stranger(ErrorKind),
    #[error("nobody is seen to hold the other end of the connection")]
    Nobody,
    #[error("who holds the agent's port cannot be looked up ({0})")]
    Unknown(io::Error),
}

/// Who holds an agent's address.
pub(crate) struct Holders {
    /// The sockets that could take a connection to it.
    pub(crate) listening: Vec<Socket>,
    /// The first user that holds it and may not.
    stranger: Option<u32>,
}

impl Holders {
    /// The error, if somebody holds it who may not.
    pub(crate) fn error(&self, address: SocketAddr) -> Option<ErrorKind> {
        self.stranger.map(|user| held_by(user, address))
    }
}

fn held_by(user: u32, address: SocketAddr) -> ErrorKind {
    let what = format!("port {} is held by user id {user}, which is not the agent's", address.port());
    ErrorKind::ForeignAnswer { address: address.to_string(), what, http_status: None }
}

/// Root, the owner of the key directory, the agent's account; and whoever calls, if they named the address themselves.
fn trusted_users(agent: &Agent, directory: &KeyDirectory) -> Vec<u32> {
    let mut users = vec![0];
    users.extend(sys::owner_of(directory.path()));
    // Not through the name service, which may ask the network and take its time: the agent's package makes a local account.
    users.extend(fs::read_to_string("/etc/passwd").ok().and_then(|passwd| uid_in_passwd(&passwd, sys::AGENT_USER)));
    if agent.source == Source::Caller {
        users.push(sys::effective_uid());
    }
    users.sort_unstable();
    users.dedup();
    users
}

pub(crate) fn uid_in_passwd(passwd: &str, user: &str) -> Option<u32> {
    let line = passwd.lines().find_map(|line| line.strip_prefix(user)?.strip_prefix(':'))?;
    line.split(':').nth(1)?.parse().ok()
}

pub(crate) fn name_in_passwd(passwd: &str, uid: u32) -> Option<&str> {
    let mut lines = passwd.lines().map(|line| line.split(':'));
    lines.find_map(|mut fields| Some((fields.next()?, fields.nth(1)?)).filter(|(_, id)| id.parse() == Ok(uid))).map(|(name, _)| name)
}

/// A line of the system's table of TCP sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Socket {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) listening: bool,
    pub(crate) uid: u32,
    /// 0 for a connection that no process has accepted or that all have closed.
    pub(crate) inode: u64,
}

/// The sockets that matter to `address`; all there are where the kernel cannot be asked for those alone. `None` where the system
/// does not tell.
fn sockets_at(address: SocketAddr, near_end: Option<SocketAddr>) -> io::Result<Option<Vec<Socket>>> {
    #[cfg(target_os = "linux")]
    let asked = crate::sock_diag::sockets_at(address, near_end);
    #[cfg(not(target_os = "linux"))]
    let asked = Err((address, near_end)); // Nobody to ask.
    told(asked, read_sockets)
}

/// What the kernel said, or else what its table says. A system that tells nobody is one thing, and that there is no file
/// descriptor or memory left just now is another: whoever uses them up must not have the check skipped.
fn told<E>(asked: Result<Vec<Socket>, E>, table: impl FnOnce() -> io::Result<Vec<Socket>>) -> io::Result<Option<Vec<Socket>>> {
    use io::ErrorKind::{NotFound, PermissionDenied, Unsupported};
    if let Ok(sockets) = asked {
        return Ok(Some(sockets));
    }
    match table() {
        Ok(sockets) => Ok(Some(sockets)),
        Err(error) if matches!(error.kind(), NotFound | PermissionDenied | Unsupported) => Ok(None),
        Err(error) => Err(error),
    }
}

pub(crate) fn read_sockets() -> io::Result<Vec<Socket>> {
    if !cfg!(target_os = "linux") {
        return Err(io::ErrorKind::Unsupported.into()); // Elsewhere a folder of this name is anybody's.
    }
    let ipv4 = fs::read_to_string("/proc/net/tcp")?;
    // Absent where the system has no IPv6.
    let ipv6 = match fs::read_to_string("/proc/net/tcp6") {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => read?,
    };
    Ok(ipv4.lines().chain(ipv6.lines()).filter_map(parse_socket).collect())
}

pub(crate) fn parse_socket(line: &str) -> Option<Socket> {
    const LISTEN: &str = "0A";
    let mut fields = line.split_ascii_whitespace().skip(1);
    let (local, remote, state) = (parse_address(fields.next()?)?, parse_address(fields.next()?)?, fields.next()?);
    let mut fields = fields.skip(3);
    let (uid, _, inode) = (fields.next()?.parse().ok()?, fields.next()?, fields.next()?.parse().ok()?);
    Some(Socket { local, remote, listening: state == LISTEN, uid, inode })
}

/// `0100007F:9D96`: words of four bytes, each as this machine's memory holds it.
fn parse_address(text: &str) -> Option<SocketAddr> {
    let (host, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |index: usize| Some(u32::from_str_radix(host.get(8 * index..8 * index + 8)?, 16).ok()?.to_ne_bytes());
    let ip = match host.len() {
        8 => IpAddr::V4(Ipv4Addr::from(word(0)?)),
        32 => {
            let mut bytes = [0; 16];
            for index in 0..4 {
                bytes[4 * index..4 * index + 4].copy_from_slice(&word(index)?);
            }
            // An IPv6 socket that serves IPv4 shows mapped addresses.
            Ipv6Addr::from(bytes).to_canonical()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// The first user that is not trusted among those who could have taken a connection to `address`, or who hold the other
/// end of the one that begins at `near_end`.
pub(crate) fn stranger(sockets: &[Socket], address: SocketAddr, trusted: &[u32], near_end: Option<SocketAddr>) -> Option<u32> {
    let is_strange = |socket: &&Socket| !trusted.contains(&socket.uid);

    if let Some(socket) = candidates(sockets, address).find(is_strange) {
        return Some(socket.uid);
    }

    // A stranger may have listened, taken the connection, and left the port to the agent: then it still holds its end.
    let far_ends = near_end.into_iter().flat_map(|near_end| far_ends(sockets, address, near_end));
    far_ends.filter(|socket| socket.inode != 0).find(is_strange).map(|socket| socket.uid)
}

/// True when somebody has accepted the connection that begins at `near_end`, or still can: what waits to be accepted is its
/// listener's, and goes when that goes. Else it has ended, or the kernel has kept nothing of it (a SYN cookie), so that it would
/// become the connection of whoever listens by the time that something is sent.
fn is_held(sockets: &[Socket], address: SocketAddr, near_end: SocketAddr) -> bool {
    let can_be_accepted = candidates(sockets, address).next().is_some();
    far_ends(sockets, address, near_end).any(|socket| socket.inode != 0 || can_be_accepted)
}

fn far_ends(sockets: &[Socket], address: SocketAddr, near_end: SocketAddr) -> impl Iterator<Item = &Socket> {
    sockets.iter().filter(move |s| !s.listening && s.local == address && s.remote == near_end)
}

/// The sockets that could take a connection to `address`. The system gives it to one bound to just this address, if there is
/// one; only else to a general one.
fn candidates(sockets: &[Socket], address: SocketAddr) -> impl Iterator<Item = &Socket> {
    let listening = move |s: &&Socket| s.listening && s.local.port() == address.port();
    let exact = sockets.iter().filter(listening).any(|s| s.local.ip() == address.ip());
    let takes = move |s: &&Socket| if exact { s.local.ip() == address.ip() } else { s.local.ip().is_unspecified() };
    sockets.iter().filter(listening).filter(takes)
}

#[cfg(test)]
#[path = "peer_tests.rs"]
mod tests;
