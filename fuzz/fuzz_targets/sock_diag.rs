//! The kernel's answer to a question for a socket.

#![cfg_attr(not(test), no_main)]

use std::net::IpAddr;

use arc_token::fuzzing::{HEADER, MESSAGE, Socket, TCP_LISTEN, first_message, socket_in_message};

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

pub(crate) fn run(data: &[u8]) {
    let Some((message, kind)) = first_message(data) else { return };
    assert!(data.starts_with(message) && message.len() >= HEADER);
    assert_eq!(kind.to_ne_bytes(), message[4..6]);
    let Some(socket) = socket_in_message(message) else { return };
    assert!(message.len() >= MESSAGE, "read past its end");
    assert_eq!(socket_in_message(&written(&socket)), Some(socket), "not the same when written and read again");
}

/// The message for `socket` as the kernel writes it: `struct nlmsghdr`, then `struct inet_diag_msg`.
fn written(socket: &Socket) -> Vec<u8> {
    let family = if socket.local.is_ipv4() && socket.remote.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    let state = if socket.listening { TCP_LISTEN } else { 1 };
    let address = |ip: IpAddr| match ip {
        IpAddr::V4(ip) if family == libc::AF_INET => [&ip.octets()[..], &[0; 12]].concat(),
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let mut bytes = vec![0; HEADER];
    bytes.extend([family as u8, state, 0, 0]);
    bytes.extend(socket.local.port().to_be_bytes());
    bytes.extend(socket.remote.port().to_be_bytes());
    bytes.extend(address(socket.local.ip()));
    bytes.extend(address(socket.remote.ip()));
    bytes.resize(HEADER + 64, 0);
    bytes.extend(socket.uid.to_ne_bytes());
    bytes.extend((socket.inode as u32).to_ne_bytes());
    bytes
}
