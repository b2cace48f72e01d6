//! The system's table of TCP sockets, and the search for a stranger in it.

#![cfg_attr(not(test), no_main)]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use arc_token::fuzzing::{Socket, parse_socket, stranger};

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let sockets: Vec<Socket> = text.lines().filter_map(parse_socket).collect();
    for socket in &sockets {
        assert_eq!(parse_socket(&line(socket)), Some(*socket), "not the same when written and read again");
    }

    let agent = SocketAddr::from((Ipv4Addr::LOCALHOST, 40342));
    let trusted = [0, 998];
    let local_addr = sockets.first().map(|socket| socket.remote);
    let found = stranger(&sockets, agent, &trusted, local_addr);
    if let Some(uid) = found {
        assert!(!trusted.contains(&uid));
        assert!(sockets.iter().any(|socket| socket.uid == uid && socket.local.port() == agent.port()));
    }
    let listens = |socket: &Socket| socket.listening && socket.local == agent && !trusted.contains(&socket.uid);
    assert!(found.is_some() || !sockets.iter().any(listens), "a stranger listens there");

    // In every table, a stranger at exactly the agent's address is found, and the agent is not taken for a stranger.
    let mut with_stranger = sockets.clone();
    with_stranger.push(Socket { local: agent, remote: nobody(), listening: true, uid: 4321, inode: 1 });
    assert!(stranger(&with_stranger, agent, &trusted, local_addr).is_some());
    let honest: Vec<Socket> = sockets.iter().map(|socket| Socket { uid: 998, ..*socket }).collect();
    assert_eq!(stranger(&honest, agent, &trusted, local_addr), None);
}

fn nobody() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))
}

/// The line for `socket` as the kernel writes it.
fn line(socket: &Socket) -> String {
    let address = |address: SocketAddr| {
        let words = |bytes: &[u8]| {
            let word = |word: &[u8]| format!("{:08X}", u32::from_ne_bytes(word.try_into().expect("four bytes")));
            bytes.chunks(4).map(word).collect::<String>()
        };
        let host = match address.ip() {
            IpAddr::V4(ip) => words(&ip.octets()),
            IpAddr::V6(ip) => words(&ip.octets()),
        };
        format!("{host}:{:04X}", address.port())
    };
    let state = if socket.listening { "0A" } else { "01" };
    let (local, remote, uid, inode) = (address(socket.local), address(socket.remote), socket.uid, socket.inode);
    format!("   0: {local} {remote} {state} 00000000:00000000 00:00000000 00000000 {uid:5} 0 {inode} 1 0000000000000000 100 0 0 10 0")
}
