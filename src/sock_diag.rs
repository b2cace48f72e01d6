//! Asks the kernel for the few sockets that matter to one address (sock_diag(7)).
//!
//! `/proc/net/tcp` tells the same, but has no way to ask for less than all: the kernel walks its whole table of connections
//! for each read, which takes milliseconds even where there are none.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::peer::Socket;
use crate::sys;

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const TCP_LISTEN: u8 = 10;
const ANY_STATE: u32 = u32::MAX;
/// The kernel's messages, and the parts of them that all have the same place in every version.
const HEADER: usize = 16;
const MESSAGE: usize = HEADER + 72;

/// Who listens at the port of `address`, and the far end of the connection to it that begins at `near_end`.
pub(crate) fn sockets_at(address: SocketAddr, near_end: Option<SocketAddr>) -> io::Result<Vec<Socket>> {
    let mut kernel = sys::open_sock_diag()?;
    let mut sockets = Vec::new();
    for anywhere in [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)] {
        let none = SocketAddr::new(anywhere, 0);
        let at_port = SocketAddr::new(anywhere, address.port());
        sockets.extend(ask(&mut kernel, libc::NLM_F_DUMP, 1 << TCP_LISTEN, at_port, none)?);
    }
    if let Some(near_end) = near_end {
        sockets.extend(ask(&mut kernel, 0, ANY_STATE, address, near_end)?);
    }
    Ok(sockets)
}

/// One question: all sockets in certain states at a port, or (without the flag for all) the one between two addresses.
fn ask(kernel: &mut File, flags: i32, states: u32, local: SocketAddr, remote: SocketAddr) -> io::Result<Vec<Socket>> {
    kernel.write_all(&question(flags, states, local, remote))?;
    // The kernel's messages to one who reads so much at a time are no longer than 8 KiB, or a page.
    let (mut sockets, mut buffer) = (Vec::new(), [0; 16 * 1024]);
    loop {
        let received = kernel.read(&mut buffer)?;
        let mut rest = &buffer[..received];
        if rest.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        while let Some((message, kind)) = next_message(&mut rest) {
            match i32::from(kind) {
                libc::NLMSG_DONE => return Ok(sockets),
                libc::NLMSG_ERROR => {
                    let code = message.get(HEADER..HEADER + 4).and_then(|code| Some(-i32::from_ne_bytes(code.try_into().ok()?)));
                    // The one socket asked for is not there.
                    return if flags == 0 && code == Some(libc::ENOENT) { Ok(sockets) } else { Err(failure(code)) };
                }
                _ => sockets.extend(parse(message)),
            }
        }
        if flags == 0 {
            return Ok(sockets);
        }
    }
}

fn failure(code: Option<i32>) -> io::Error {
    code.map_or_else(|| io::ErrorKind::InvalidData.into(), io::Error::from_raw_os_error)
}

/// `struct nlmsghdr`, then `struct inet_diag_req_v2`.
fn question(flags: i32, states: u32, local: SocketAddr, remote: SocketAddr) -> Vec<u8> {
    let family = if local.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    let mut bytes = Vec::with_capacity(HEADER + 56);
    bytes.extend((HEADER as u32 + 56).to_ne_bytes());
    bytes.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes.extend(((libc::NLM_F_REQUEST | flags) as u16).to_ne_bytes());
    bytes.extend([0; 8]); // Sequence number and port: one question at a time, on a socket of our own.
    bytes.extend([family as u8, libc::IPPROTO_TCP as u8, 0, 0]);
    bytes.extend(states.to_ne_bytes());
    bytes.extend(local.port().to_be_bytes());
    bytes.extend(remote.port().to_be_bytes());
    bytes.extend(ip_bytes(local.ip()));
    bytes.extend(ip_bytes(remote.ip()));
    bytes.extend([0; 4]); // Any interface.
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

/// Takes one message and its kind off the front of `rest`.
fn next_message<'a>(rest: &mut &'a [u8]) -> Option<(&'a [u8], u16)> {
    let len = u32::from_ne_bytes(rest.get(..4)?.try_into().ok()?) as usize;
    let kind = u16::from_ne_bytes(rest.get(4..6)?.try_into().ok()?);
    let message = rest.get(..len).filter(|message| message.len() >= HEADER)?;
    *rest = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
    Some((message, kind))
}

/// `struct inet_diag_msg`.
fn parse(message: &[u8]) -> Option<Socket> {
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
        listening: message[1] == TCP_LISTEN,
        uid: number(64)?,
        inode: number(68)?.into(),
    })
}

#[cfg(test)]
#[path = "sock_diag_tests.rs"]
mod tests;
