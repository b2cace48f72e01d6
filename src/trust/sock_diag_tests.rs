//! The kernel's answers on real sockets, compared with `/proc/net/tcp`.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;

use socket2::{Domain, Socket as Socket2, Type};

use super::*;
use crate::trust::proc_net::sockets_in_proc;

/// The number of sockets in the kernel's answer, each of which must be in `/proc/net/tcp`, too.
fn count_in_both(address: SocketAddr, local_addr: Option<SocketAddr>) -> usize {
    let everything = sockets_in_proc().unwrap();
    let sockets = sockets_at(address, local_addr).unwrap();
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
        assert_eq!(count_in_both(address, None), 1);
        let near = TcpStream::connect(address).unwrap();
        let local_addr = Some(near.local_addr().unwrap());
        let far = listener.accept().unwrap();
        assert_eq!(count_in_both(address, local_addr), 2);
        drop((near, far));
        let left = sockets_at(address, local_addr).unwrap();
        assert!(left.iter().all(|socket| socket.state == State::Listening || socket.inode == 0), "{left:?}");
        drop(listener);
        assert_eq!(count_in_both(address, None), 0);
    }
}

#[test]
fn one_who_listens_on_all_addresses_is_told() {
    for all in ["0.0.0.0:0", "[::]:0"] {
        let Ok(listener) = TcpListener::bind(all) else { continue }; // No IPv6 here.
        let at = listener.local_addr().unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, at.port()));
        let found = |local_addr| sockets_at(address, local_addr).unwrap().iter().map(|s| (s.local, s.state)).collect::<Vec<_>>();
        assert_eq!(found(None), [(at, State::Listening)]);
        let near = TcpStream::connect(address).unwrap();
        let _far = listener.accept().unwrap();
        assert_eq!(found(Some(near.local_addr().unwrap())), [(at, State::Listening), (address, State::Open)]);
    }
}

/// A listener on an ordinary socket, after `make` has set its options.
fn listener(address: SocketAddr, make: impl FnOnce(&Socket2) -> io::Result<()>) -> io::Result<TcpListener> {
    let socket = Socket2::new(Domain::for_address(address), Type::STREAM, None)?;
    make(&socket)?;
    socket.bind(&address.into())?;
    socket.listen(1)?;
    Ok(socket.into())
}

#[test]
fn one_who_listens_on_ipv6_alone_does_not_matter() {
    let ipv4 = TcpListener::bind("0.0.0.0:0").unwrap();
    let at = ipv4.local_addr().unwrap();
    let same_port = SocketAddr::from((Ipv6Addr::UNSPECIFIED, at.port()));
    let Ok(_ipv6) = listener(same_port, |socket| socket.set_only_v6(true)) else { return }; // No IPv6 here.
    let found = sockets_at(SocketAddr::from((Ipv4Addr::LOCALHOST, at.port())), None).unwrap();
    assert_eq!(found.iter().map(|socket| socket.local).collect::<Vec<_>>(), [at]);
}

/// Any user may do this since Linux 5.7, and a question that names no interface does not find it.
#[test]
fn one_who_listens_on_the_loopback_interface_alone_is_told() {
    let Ok(listener) = listener("0.0.0.0:0".parse().unwrap(), |socket| socket.bind_device(Some(b"lo"))) else { return };
    let at = listener.local_addr().unwrap();
    let found = sockets_at(SocketAddr::from((Ipv4Addr::LOCALHOST, at.port())), None).unwrap();
    assert_eq!(found.iter().map(|socket| socket.local).collect::<Vec<_>>(), [at]);
}

/// A protocol that no kernel has stands for a kernel without `tcp_diag`: the answer is the same.
#[test]
fn a_kernel_that_cannot_tell_is_not_believed() {
    const EXPERIMENTAL: i32 = 253;
    let mut kernel = sys::open_sock_diag().unwrap();
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    let (message, kind) = put(&mut kernel, &question(0, EXPERIMENTAL, u32::MAX, nobody, nobody)).unwrap();
    assert_eq!((kind, code(&message)), (libc::NLMSG_ERROR, Some(libc::ENOENT)));
    assert_eq!(sockets_of(EXPERIMENTAL, nobody, None).unwrap_err().kind(), io::ErrorKind::Unsupported);
    for nobody in [nobody, SocketAddr::from((Ipv6Addr::LOCALHOST, 1))] {
        assert_eq!(sockets_at(nobody, None).unwrap(), []);
    }
}

/// A message of another type can have a socket's length, too. One end of a pair of sockets stands for the kernel.
#[test]
fn a_message_of_another_type_is_no_answer() {
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
    let answer = |kind: u16| {
        let (near, far) = UnixDatagram::pair().unwrap();
        let length = (MESSAGE as u32).to_ne_bytes();
        let header = [&length[..], &kind.to_ne_bytes(), &[0; 10]].concat();
        far.send(&[&header[..], &[libc::AF_INET as u8, crate::trust::socket::LISTEN], &[0; 70]].concat()).unwrap();
        ask(&mut File::from(OwnedFd::from(near)), libc::IPPROTO_TCP, at, at).map_err(|error| error.kind())
    };
    assert!(answer(SOCK_DIAG_BY_FAMILY).unwrap().is_some_and(|socket| socket.state == crate::trust::socket::State::Listening));
    for other in [libc::NLMSG_NOOP as u16, libc::NLMSG_DONE as u16, SOCK_DIAG_BY_FAMILY - 1, SOCK_DIAG_BY_FAMILY + 1] {
        assert_eq!(answer(other), Err(io::ErrorKind::InvalidData), "type {other}");
    }
}
