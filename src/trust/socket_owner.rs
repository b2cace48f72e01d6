//! `SocketOwner`: who holds the other end of a connection to a server of this process. The lookup of the agent's end, turned round.

use std::io;
use std::net::SocketAddr;

use super::socket::State;
use super::socket_table::sockets_at;
use super::user_namespace;
use crate::sys;

/// The holder of one end of a TCP connection on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketOwner {
    user: u32,
    inode: u64,
}

impl SocketOwner {
    /// The holder of the end at `local` of the connection to `remote`. For a server: `local` is the client's address.
    ///
    /// `None` when no process holds that end: it was closed, or the connection is not one of this machine (of this network namespace).
    /// The kernel is asked each time (netlink, or `/proc/net/tcp`), which takes well under a millisecond. May be called from any thread.
    ///
    /// # Errors
    /// [`io::ErrorKind::Unsupported`] where the system does not tell: on other systems than Linux, and in a sandbox that hides both
    /// sources. Others for a lack of file descriptors or memory.
    pub fn of(local: SocketAddr, remote: SocketAddr) -> io::Result<Option<Self>> {
        if cfg!(windows) {
            return Err(io::ErrorKind::Unsupported.into()); // A process there, not a user.
        }
        let sockets = sockets_at(local, Some(remote))?.ok_or(io::ErrorKind::Unsupported)?;
        let held = sockets.iter().find(|s| s.state != State::Listening && s.local == local && s.remote == remote && s.inode != 0);
        Ok(held.map(|socket| Self { user: socket.holder, inode: socket.inode }))
    }

    /// True when the effective user of this process holds it. In a user namespace, nobody is known by the number that stands for every
    /// user without one.
    pub fn is_this_user(&self) -> bool {
        self.user == sys::effective_uid() && user_namespace::nobody() != Some(self.user)
    }

    /// The number of the socket: the links `socket:[NUMBER]` in `/proc/PID/fd` show which processes hold it.
    pub fn inode(&self) -> u64 {
        self.inode
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use std::fs;
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::AsRawFd as _;

    #[test]
    fn the_clients_end_is_found_and_not_the_servers() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = listener.local_addr().unwrap();
        let client = TcpStream::connect(server).unwrap();
        let (accepted, address) = listener.accept().unwrap();
        let owner = SocketOwner::of(address, server).unwrap().expect("this process holds it");
        let link = fs::read_link(format!("/proc/self/fd/{}", client.as_raw_fd())).unwrap();
        assert_eq!(link.to_string_lossy(), format!("socket:[{}]", owner.inode()));
        assert_eq!(owner.is_this_user(), user_namespace::nobody() != Some(sys::effective_uid()));
        assert!(!SocketOwner { user: owner.user + 1, ..owner }.is_this_user());
        drop(client);
        assert_eq!(SocketOwner::of(address, server).unwrap(), None);
        drop(accepted);
    }
}
