//! The kernel's answers on real sockets, compared with `/proc/net/tcp`, and messages that no kernel sends.

use std::net::{TcpListener, TcpStream};

use proptest::prelude::*;

use super::*;
use crate::peer::read_sockets;

/// As this process's sockets are shown in both places.
fn told_alike(address: SocketAddr) -> usize {
    let everything = read_sockets().unwrap();
    let sockets = sockets_at(address).unwrap();
    for socket in &sockets {
        assert!(everything.contains(socket), "{socket:?} is not in /proc/net/tcp");
    }
    let of_ours = |socket: &&Socket| socket.local == address && socket.inode != 0;
    assert_eq!(everything.iter().filter(of_ours).count(), sockets.iter().filter(of_ours).count());
    sockets.len()
}

#[test]
fn listeners_and_both_ends_of_our_connections_are_told() {
    for host in ["127.0.0.1", "::1"] {
        let Ok(listener) = TcpListener::bind((host, 0)) else { continue }; // No IPv6 here.
        let address = listener.local_addr().unwrap();
        assert_eq!(told_alike(address), 1);
        let near = TcpStream::connect(address).unwrap();
        let far = listener.accept().unwrap();
        assert_eq!(told_alike(address), 3);
        drop(listener);
        assert_eq!(told_alike(address), 2);
        drop((near, far));
        assert!(sockets_at(address).unwrap().is_empty());
    }
}

#[test]
fn one_who_listens_on_all_addresses_is_told() {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let sockets = sockets_at(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).unwrap();
    assert_eq!(sockets.iter().map(|s| (s.local, s.listening)).collect::<Vec<_>>(), [(listener.local_addr().unwrap(), true)]);
}

proptest! {
    #[test]
    fn no_message_is_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut rest = bytes.as_slice();
        while let Some((message, _)) = next_message(&mut rest) {
            let _ = parse(message);
        }
    }
}
