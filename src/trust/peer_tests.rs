//! Connections, on real sockets.

use std::net::{TcpListener, TcpStream};

use super::*;
use crate::sys;

#[cfg(target_os = "linux")]
#[test]
fn connections_are_the_agents_or_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (mine, others) = (Peer::for_tests(address, vec![sys::effective_uid()]), Peer::for_tests(address, Vec::new()));
    let near = TcpStream::connect(address).unwrap();
    let local_addr = near.local_addr().unwrap();
    assert!(matches!(mine.look_at(local_addr), Ok(Seen::Waiting)));
    assert!(matches!(others.look_at(local_addr), Err(PeerError::Stranger(_))), "not accepted yet");
    let far = listener.accept().unwrap();
    assert!(matches!(mine.look_at(local_addr), Ok(Seen::Accepted)));
    drop(listener);
    assert!(matches!(mine.look_at(local_addr), Err(PeerError::NoListener)));
    assert!(matches!(others.look_at(local_addr), Err(PeerError::Stranger(_))), "left the port");
    drop(far);
    let listener = TcpListener::bind(address).unwrap();
    assert!(matches!(mine.look_at(local_addr), Err(PeerError::Closed)));
    drop(listener);
}

#[cfg(windows)]
#[test]
fn connections_are_of_a_process_that_listens_and_has_accepted() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mine = Peer::for_tests(address, vec![sys::effective_uid()]);
    let near = TcpStream::connect(address).unwrap();
    let local_addr = near.local_addr().unwrap();
    assert!(mine.look_at(local_addr).is_ok(), "not accepted yet");
    let far = listener.accept().unwrap();
    assert!(matches!(mine.look_at(local_addr), Ok(Seen::Accepted)));
    drop(listener);
    assert!(matches!(mine.look_at(local_addr), Err(PeerError::NoListener)));
    drop(far);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let other = Peer::for_tests(listener.local_addr().unwrap(), vec![sys::effective_uid()]);
    assert!(matches!(other.look_at(local_addr), Ok(Seen::Unseen)), "another listener's");
}
