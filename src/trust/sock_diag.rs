//! Asks the kernel for the sockets that answer at one address (sock_diag(7)).
//!
//! Each question names a connection. The kernel answers with the socket that gets a packet of that connection, by its own rules
//! for exact and general addresses, for IPv6 sockets that serve IPv4, and for devices. A reader of `/proc/net/tcp` must know
//! those rules itself. It also makes the kernel walk its whole table of connections, which takes milliseconds even when the table
//! is empty.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use super::socket::{Socket, State};
use crate::sys;

const SOCK_DIAG_BY_FAMILY: u16 = 20;
/// The loopback interface's number, in every network namespace (Linux' `include/net/flow.h`).
const LOOPBACK: u32 = 1;
/// The length of a message's header, and of a whole answer up to the last field used here. Every kernel has the same layout.
pub(crate) const HEADER: usize = 16;
pub(crate) const MESSAGE: usize = HEADER + 72;

/// The socket that takes a new connection to `address`, and the far end of the connection that begins at `local_addr`.
///
/// The list is empty only when there are none: a kernel that cannot answer gives an error.
pub(crate) fn sockets_at(address: SocketAddr, local_addr: Option<SocketAddr>) -> io::Result<Vec<Socket>> {
    sockets_of(libc::IPPROTO_TCP, address, local_addr)
}

/// The same for any protocol: tests ask for a protocol that the kernel does not have.
fn sockets_of(protocol: i32, address: SocketAddr, local_addr: Option<SocketAddr>) -> io::Result<Vec<Socket>> {
    let mut kernel = sys::open_sock_diag()?;
    // No connection begins at port 0, so the kernel answers with the listener.
    let listener = ask(&mut kernel, protocol, address, SocketAddr::new(address.ip(), 0))?;
    let far_end = local_addr.map(|local_addr| ask(&mut kernel, protocol, address, local_addr)).transpose()?.flatten();
    // The kernel answers with the listener again if the connection has ended.
    let sockets: Vec<_> = listener.into_iter().chain(far_end.filter(|socket| socket.state != State::Listening)).collect();
    if sockets.is_empty() {
        confirm(&mut kernel, protocol, address)?;
    }
    Ok(sockets)
}

/// Asks one question. Returns the socket at `local` that gets the packets from `remote`, if there is one.
fn ask(kernel: &mut File, protocol: i32, local: SocketAddr, remote: SocketAddr) -> io::Result<Option<Socket>> {
    let (message, kind) = put(kernel, &question(0, protocol, u32::MAX, local, remote))?;
    match kind {
        libc::NLMSG_ERROR => match code(&message) {
            Some(libc::ENOENT) => Ok(None),
            code => Err(code.map_or_else(|| io::ErrorKind::InvalidData.into(), io::Error::from_raw_os_error)),
        },
        _ if kind != i32::from(SOCK_DIAG_BY_FAMILY) => Err(io::ErrorKind::InvalidData.into()),
        _ => parse(&message).map(Some).ok_or_else(|| io::ErrorKind::InvalidData.into()),
    }
}

/// Fails when the kernel cannot answer questions on sockets: without `tcp_diag` it says for every socket that there is none.
///
/// The question here is for all sockets in none of the states. A kernel with `tcp_diag` gives an empty list, any other an error.
fn confirm(kernel: &mut File, protocol: i32, address: SocketAddr) -> io::Result<()> {
    let (message, kind) = put(kernel, &question(libc::NLM_F_DUMP, protocol, 0, address, address))?;
    if kind == libc::NLMSG_DONE && code(&message) == Some(0) { Ok(()) } else { Err(io::ErrorKind::Unsupported.into()) }
}

/// Sends a question. Returns the one message that answers it, and its kind.
fn put(kernel: &mut File, question: &[u8]) -> io::Result<(Vec<u8>, i32)> {
    kernel.write_all(question)?;
    let mut buffer = [0; 1024]; // A few hundred bytes at most.
    let received = kernel.read(&mut buffer)?;
    let (message, kind) = first_message(&buffer[..received]).ok_or(io::ErrorKind::InvalidData)?;
    Ok((message.to_vec(), kind.into()))
}

/// The error number in a message that ends an answer; 0 for no error.
fn code(message: &[u8]) -> Option<i32> {
    Some(-i32::from_ne_bytes(message.get(HEADER..HEADER + 4)?.try_into().ok()?))
}

/// The bytes of a question: `struct nlmsghdr`, then `struct inet_diag_req_v2`.
fn question(flags: i32, protocol: i32, states: u32, local: SocketAddr, remote: SocketAddr) -> Vec<u8> {
    let family = if local.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    let mut bytes = Vec::with_capacity(HEADER + 56);
    bytes.extend((HEADER as u32 + 56).to_ne_bytes());
    bytes.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes.extend(((libc::NLM_F_REQUEST | flags) as u16).to_ne_bytes());
    bytes.extend([0; 8]); // No sequence number and no port: this socket of our own has one question at a time.
    bytes.extend([family as u8, protocol as u8, 0, 0]);
    bytes.extend(states.to_ne_bytes());
    bytes.extend(local.port().to_be_bytes());
    bytes.extend(remote.port().to_be_bytes());
    bytes.extend(ip_bytes(local.ip()));
    bytes.extend(ip_bytes(remote.ip()));
    bytes.extend(LOOPBACK.to_ne_bytes()); // Without it, the kernel leaves out sockets that listen on this interface only.
    bytes.extend([0xFF; 8]); // Any cookie.
    bytes
}

fn ip_bytes(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(ip) => {
            let mut bytes = [0; 16];
            bytes[..4].copy_from_slice(&ip.octets());
            bytes
        }
        IpAddr::V6(ip) => ip.octets(),
    }
}

/// The first message in `bytes`, and its kind.
pub(crate) fn first_message(bytes: &[u8]) -> Option<(&[u8], u16)> {
    let len = u32::from_ne_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
    let kind = u16::from_ne_bytes(bytes.get(4..6)?.try_into().ok()?);
    let message = bytes.get(..len).filter(|message| message.len() >= HEADER)?;
    Some((message, kind))
}

/// The socket in an answer (`struct inet_diag_msg`).
pub(crate) fn parse(message: &[u8]) -> Option<Socket> {
    let message = message.get(HEADER..MESSAGE)?;
    let number = |at: usize| Some(u32::from_ne_bytes(message.get(at..at + 4)?.try_into().ok()?));
    let port = |at: usize| Some(u16::from_be_bytes(message.get(at..at + 2)?.try_into().ok()?));
    let ip = |at: usize| {
        let bytes: [u8; 16] = message.get(at..at + 16)?.try_into().ok()?;
        match i32::from(message[0]) {
            libc::AF_INET => Some(IpAddr::from([bytes[0], bytes[1], bytes[2], bytes[3]])),
            libc::AF_INET6 => Some(Ipv6Addr::from(bytes).to_canonical()),
            _ => None,
        }
    };
    Some(Socket {
        local: SocketAddr::new(ip(8)?, port(4)?),
        remote: SocketAddr::new(ip(24)?, port(6)?),
        state: State::from_number(message[1]),
        holder: number(64)?,
        inode: number(68)?.into(),
    })
}

#[cfg(test)]
#[path = "sock_diag_tests.rs"]
mod tests;
