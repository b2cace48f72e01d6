//! The kernel's answers on real sockets, compared with `/proc/net/tcp`, and messages that no kernel sends.

use std::net::{TcpListener, TcpStream};

use proptest::prelude::*;

use super::*;
use crate::peer::read_sockets;

/// As this process's sockets are shown in both places.
fn told_alike(address: SocketAddr, near_end: Option<SocketAddr>) -> usize {
    let everything = read_sockets().unwrap();
    let sockets = sockets_at(address, near_end).unwrap();
    for socket in &sockets {
        assert!(everything.contains(socket), "{socket:?} is not in /proc/net/tcp");
    }
    sockets.len()
}

#[test]
fn listeners_and_the_far_end_of_a_connection_are_told() {
    for host in ["127.0.0.1", "::1"] {
        let Ok(listener) = TcpListener::bind((host, 0)) else { continue }; // No IPv6 here.
        let address = listener.local_addr().unwrap();
        assert_eq!(told_alike(address, None), 1);
        let near = TcpStream::connect(address).unwrap();
        let near_end = Some(near.local_addr().unwrap());
        let far = listener.accept().unwrap();
        assert_eq!(told_alike(address, near_end), 2);
        drop(listener);
        assert_eq!(told_alike(address, near_end), 1);
        assert_eq!(told_alike(address, None), 0);
        drop((near, far));
        let left = sockets_at(address, near_end).unwrap();
        assert!(left.iter().all(|socket| socket.inode == 0), "{left:?}");
    }
}

#[test]
fn one_who_listens_on_all_addresses_is_told() {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let sockets = sockets_at(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), None).unwrap();
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
