//! The rules for strangers, on tables as Linux prints them and on real sockets.

#[cfg(target_os = "linux")]
use std::net::{TcpListener, TcpStream};

use super::*;
#[cfg(target_os = "linux")]
use crate::sys;
#[cfg(target_os = "linux")]
use crate::trust::proc_net::sockets_in_proc;
#[cfg(target_os = "linux")]
use crate::trust::socket_table::sockets_at;

const AGENT: &str = "127.0.0.1:40342";

fn address() -> SocketAddr {
    AGENT.parse().unwrap()
}

fn listening(local: &str, holder: u32) -> Socket {
    Socket { local: local.parse().unwrap(), remote: "0.0.0.0:0".parse().unwrap(), state: State::Listening, holder, inode: 1 }
}

fn connected(local: &str, remote: &str, holder: u32, inode: u64) -> Socket {
    Socket { local: local.parse().unwrap(), remote: remote.parse().unwrap(), state: State::Open, holder, inode }
}

fn find(sockets: &[Socket]) -> Option<u32> {
    stranger(sockets, address(), &[0, 998], Some("127.0.0.1:50000".parse().unwrap()))
}

#[test]
fn a_listening_stranger_is_found() {
    assert_eq!(find(&[listening(AGENT, 998)]), None);
    assert_eq!(find(&[listening(AGENT, 1001)]), Some(1001));
    assert_eq!(find(&[listening("0.0.0.0:40342", 1001)]), Some(1001));
    assert_eq!(find(&[listening("[::]:40342", 1001)]), Some(1001));
    // Several processes may share a port.
    assert_eq!(find(&[listening(AGENT, 0), listening(AGENT, 1001)]), Some(1001));
    // Nobody listens: the attempt to connect will show it.
    assert_eq!(find(&[]), None);
}

#[test]
fn sockets_that_cannot_take_the_connection_do_not_matter() {
    assert_eq!(find(&[listening("127.0.0.1:40343", 1001)]), None);
    assert_eq!(find(&[listening("127.0.0.2:40342", 1001), listening("[::1]:40342", 1001)]), None);
    // If it mattered, any user could lock everybody out by listening on IPv6 alone.
    assert_eq!(find(&[listening(AGENT, 998), listening("[::]:40342", 1001)]), None);
}

#[test]
fn a_stranger_who_took_the_connection_and_left_the_port_is_found() {
    let agent = listening(AGENT, 998);
    assert_eq!(find(&[agent, connected(AGENT, "127.0.0.1:50000", 1001, 55)]), Some(1001));
    assert_eq!(find(&[agent, connected(AGENT, "127.0.0.1:50000", 998, 55)]), None);
    // Another client's connection.
    assert_eq!(find(&[agent, connected(AGENT, "127.0.0.1:50001", 1001, 55)]), None);
    // Not accepted yet: Linux shows it as root's, without an inode.
    assert_eq!(find(&[agent, connected(AGENT, "127.0.0.1:50000", 0, 0)]), None);
}

fn far_end(sockets: &[Socket]) -> FarEnd {
    FarEnd::of(sockets, address(), &[0, 998], "127.0.0.1:50000".parse().unwrap())
}

#[test]
fn a_connection_is_the_agents_when_it_listens_and_has_accepted() {
    let (agent, accepted) = (listening(AGENT, 998), connected(AGENT, "127.0.0.1:50000", 998, 55));
    // Linux shows the user 0 or the listener's, depending on its version.
    for user in [0, 998] {
        let waiting = connected(AGENT, "127.0.0.1:50000", user, 0);
        assert_eq!(far_end(&[agent, waiting]), FarEnd::Waiting);
        assert_eq!(far_end(&[listening("[::]:40342", 998), waiting]), FarEnd::Waiting);
        assert_eq!(far_end(&[waiting]), FarEnd::WithoutListener);
        assert_eq!(far_end(&[agent, Socket { state: State::Closed, ..waiting }]), FarEnd::Closed);
    }
    assert_eq!(far_end(&[agent, accepted]), FarEnd::Accepted);
    assert_eq!(far_end(&[agent, Socket { state: State::Closed, ..accepted }]), FarEnd::Closed);
    assert_eq!(far_end(&[agent]), FarEnd::Unseen, "would be whose, who listens by then");
    assert_eq!(far_end(&[agent, connected(AGENT, "127.0.0.1:50001", 998, 55)]), FarEnd::Unseen, "another client's");
    assert_eq!(far_end(&[]), FarEnd::WithoutListener);
}

/// The kernel accepts as root for a stranger's listener (AF_SMC), and the stranger then stops to listen.
#[test]
fn a_far_end_of_root_without_a_listener_is_nobodys() {
    let accepted = connected(AGENT, "127.0.0.1:50000", 0, 55);
    assert_eq!(far_end(&[accepted]), FarEnd::WithoutListener);
    assert_eq!(far_end(&[accepted, listening("127.0.0.1:40343", 998)]), FarEnd::WithoutListener);
    assert_eq!(far_end(&[accepted, listening(AGENT, 1001)]), FarEnd::Strange(1001));
}

#[test]
fn who_is_seen_and_not_trusted_is_a_stranger_whatever_the_state() {
    let agent = listening(AGENT, 998);
    for state in [State::Open, State::Closed] {
        let far = Socket { state, ..connected(AGENT, "127.0.0.1:50000", 1001, 55) };
        assert_eq!(far_end(&[agent, far]), FarEnd::Strange(1001));
        assert_eq!(far_end(&[far]), FarEnd::Strange(1001));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn real_sockets_are_seen() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let me = sys::effective_uid();
    let find = |trusted: &[u32], local_addr| {
        let found = stranger(&sockets_at(address, local_addr).unwrap().unwrap(), address, trusted, local_addr);
        assert_eq!(found, stranger(&sockets_in_proc().unwrap(), address, trusted, local_addr), "/proc/net/tcp tells it otherwise");
        found
    };
    assert_eq!(find(&[me], None), None);
    assert_eq!(find(&[], None), Some(me));

    // Both ends are ours here. The far end of the connection must be found even when nobody listens any more.
    let near = TcpStream::connect(address).unwrap();
    let local_addr = near.local_addr().unwrap();
    let far_end = || {
        let seen = FarEnd::of(&sockets_at(address, Some(local_addr)).unwrap().unwrap(), address, &[me], local_addr);
        assert_eq!(seen, FarEnd::of(&sockets_in_proc().unwrap(), address, &[me], local_addr), "/proc/net/tcp tells it otherwise");
        seen
    };
    assert_eq!(far_end(), FarEnd::Waiting);
    let far = listener.accept().unwrap();
    assert_eq!(far_end(), FarEnd::Accepted);
    let second = listener.try_clone().unwrap();
    drop(listener);
    assert_eq!(far_end(), FarEnd::Accepted, "another process may share the listener");
    drop(second);
    assert_eq!(far_end(), FarEnd::WithoutListener);
    let local_addr = Some(local_addr);
    assert_eq!(find(&[], local_addr), Some(me));
    assert_eq!(find(&[me], local_addr), None);
    assert_eq!(find(&[], None), None);
    drop((near, far));
    assert_eq!(find(&[], local_addr), None);
}

/// The other side has closed its end, or only says that it sends no more.
#[cfg(target_os = "linux")]
#[test]
fn a_connection_that_the_other_side_has_closed_is_seen() {
    for close in [|far: TcpStream| drop(far), |far: TcpStream| std::mem::forget(far.shutdown(std::net::Shutdown::Write).map(|()| far))] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let near = TcpStream::connect(address).unwrap();
        let local_addr = near.local_addr().unwrap();
        close(listener.accept().unwrap().0);
        let trusted = [sys::effective_uid()];
        assert_eq!(FarEnd::of(&sockets_at(address, Some(local_addr)).unwrap().unwrap(), address, &trusted, local_addr), FarEnd::Closed);
        assert_eq!(FarEnd::of(&sockets_in_proc().unwrap(), address, &trusted, local_addr), FarEnd::Closed);
    }
}

/// The kernel has not finished such a connection: its listener's queue is full. This side already takes it for made.
#[cfg(target_os = "linux")]
#[test]
fn a_connection_that_waits_for_a_place_in_the_queue_is_not_accepted() {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    socket.listen(1).unwrap();
    let listener = TcpListener::from(socket);
    let address = listener.local_addr().unwrap();
    let connect = || TcpStream::connect_timeout(&address, std::time::Duration::from_millis(200)).ok();
    let connections: Vec<_> = std::iter::from_fn(connect).take(5).collect();
    let trusted = [sys::effective_uid()];
    for near in &connections {
        let local_addr = near.local_addr().unwrap();
        let seen = FarEnd::of(&sockets_at(address, Some(local_addr)).unwrap().unwrap(), address, &trusted, local_addr);
        assert_eq!(seen, FarEnd::Waiting);
        assert_eq!(FarEnd::of(&sockets_in_proc().unwrap(), address, &trusted, local_addr), FarEnd::Waiting);
    }
    assert!(connections.len() >= 2);
}
