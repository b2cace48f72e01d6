//! The kernel's answers on real sockets, compared with `/proc/net/tcp`, and messages that no kernel sends.

use std::net::{Ipv4Addr, TcpListener, TcpStream};

use socket2::{Domain, Socket as Socket2, Type};

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
        drop((near, far));
        let left = sockets_at(address, near_end).unwrap();
        assert!(left.iter().all(|socket| socket.listening || socket.inode == 0), "{left:?}");
        drop(listener);
        assert_eq!(told_alike(address, None), 0);
    }
}

#[test]
fn one_who_listens_on_all_addresses_is_told() {
    for all in ["0.0.0.0:0", "[::]:0"] {
        let Ok(listener) = TcpListener::bind(all) else { continue }; // No IPv6 here.
        let at = listener.local_addr().unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, at.port()));
        let told = |near_end| sockets_at(address, near_end).unwrap().iter().map(|s| (s.local, s.listening)).collect::<Vec<_>>();
        assert_eq!(told(None), [(at, true)]);
        let near = TcpStream::connect(address).unwrap();
        let _far = listener.accept().unwrap();
        assert_eq!(told(Some(near.local_addr().unwrap())), [(at, true), (address, false)]);
    }
}

/// On an ordinary socket made so, as a listener.
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
    let told = sockets_at(SocketAddr::from((Ipv4Addr::LOCALHOST, at.port())), None).unwrap();
    assert_eq!(told.iter().map(|socket| socket.local).collect::<Vec<_>>(), [at]);
}

/// Any user may do this since Linux 5.7; a lookup that names no interface does not see it.
#[test]
fn one_who_listens_on_the_loopback_interface_alone_is_told() {
    let Ok(listener) = listener("0.0.0.0:0".parse().unwrap(), |socket| socket.bind_device(Some(b"lo"))) else { return };
    let at = listener.local_addr().unwrap();
    let told = sockets_at(SocketAddr::from((Ipv4Addr::LOCALHOST, at.port())), None).unwrap();
    assert_eq!(told.iter().map(|socket| socket.local).collect::<Vec<_>>(), [at]);
}

/// A protocol that nobody has stands for a kernel without `tcp_diag`: both are said in the same way.
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
