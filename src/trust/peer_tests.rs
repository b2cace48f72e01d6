//! Connections, on real sockets.
#![cfg(target_os = "linux")]

use std::net::{TcpListener, TcpStream};

use super::*;
use crate::sys;

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
