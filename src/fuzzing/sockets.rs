//! The system's table of TCP sockets, and who could take a connection.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::peer::{Socket, parse_socket, stranger};

pub(super) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let sockets: Vec<Socket> = text.lines().filter_map(parse_socket).collect();
    for socket in &sockets {
        assert_eq!(parse_socket(&line(socket)), Some(*socket), "not the same when written and read again");
    }

    let agent = SocketAddr::from((Ipv4Addr::LOCALHOST, 40342));
    let trusted = [0, 998];
    let near_end = sockets.first().map(|socket| socket.remote);
    let found = stranger(&sockets, agent, &trusted, near_end);
    if let Some(uid) = found {
        assert!(!trusted.contains(&uid));
        assert!(sockets.iter().any(|socket| socket.uid == uid && socket.local.port() == agent.port()));
    }
    let listens = |socket: &Socket| socket.listening && socket.local == agent && !trusted.contains(&socket.uid);
    assert!(found.is_some() || !sockets.iter().any(listens), "a stranger listens there");

    // Whatever else is in the table, a stranger on the very address is found, and the agent alone is not one.
    let mut with_stranger = sockets.clone();
    with_stranger.push(Socket { local: agent, remote: nobody(), listening: true, uid: 4321, inode: 1 });
    assert!(stranger(&with_stranger, agent, &trusted, near_end).is_some());
    let honest: Vec<Socket> = sockets.iter().map(|socket| Socket { uid: 998, ..*socket }).collect();
    assert_eq!(stranger(&honest, agent, &trusted, near_end), None);
}

fn nobody() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))
}

/// As the kernel writes it.
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
