//! Sockets: the kernel's own account of them (sock_diag(7)), and this process's connections.

use std::fs::{self, File};
use std::io;
use std::mem;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{FromRawFd, RawFd};

use libc::{c_int, sockaddr, sockaddr_in, sockaddr_in6, sockaddr_storage, socklen_t};

/// A netlink socket on which the kernel answers questions about sockets. Any user may ask.
pub(crate) fn open_sock_diag() -> io::Result<File> {
    // SAFETY: socket has no preconditions.
    let descriptor = unsafe { libc::socket(libc::AF_NETLINK, libc::SOCK_RAW | libc::SOCK_CLOEXEC, libc::NETLINK_SOCK_DIAG) };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor was just opened, and nobody else knows it.
    Ok(unsafe { File::from_raw_fd(descriptor) })
}

/// This process's connections to `address`: the near end's address and inode of each.
pub(crate) fn connections_to(address: SocketAddr) -> io::Result<Vec<(SocketAddr, u64)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc/self/fd")? {
        let Some(descriptor) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if address_of(descriptor, libc::getpeername) == Some(address) {
            found.extend(address_of(descriptor, libc::getsockname).zip(inode(descriptor)));
        }
    }
    Ok(found)
}

/// One of the two addresses of a socket. `None` for whatever else a descriptor may be.
fn address_of(descriptor: RawFd, which: unsafe extern "C" fn(c_int, *mut sockaddr, *mut socklen_t) -> c_int) -> Option<SocketAddr> {
    // SAFETY: all zeros are a sockaddr_storage.
    let mut storage: sockaddr_storage = unsafe { mem::zeroed() };
    let mut len = size_of::<sockaddr_storage>() as socklen_t;
    // SAFETY: the storage is as long as `len` says. A descriptor that somebody has closed meanwhile is an error like others.
    if unsafe { which(descriptor, (&raw mut storage).cast(), &raw mut len) } != 0 {
        return None;
    }
    match c_int::from(storage.ss_family) {
        libc::AF_INET => {
            // SAFETY: the family says which structure it is, and the storage is large enough and aligned for all of them.
            let address = unsafe { &*(&raw const storage).cast::<sockaddr_in>() };
            Some(SocketAddr::from((Ipv4Addr::from_bits(u32::from_be(address.sin_addr.s_addr)), u16::from_be(address.sin_port))))
        }
        libc::AF_INET6 => {
            // SAFETY: as above.
            let address = unsafe { &*(&raw const storage).cast::<sockaddr_in6>() };
            Some(SocketAddr::new(Ipv6Addr::from(address.sin6_addr.s6_addr).to_canonical(), u16::from_be(address.sin6_port)))
        }
        _ => None,
    }
}

fn inode(descriptor: RawFd) -> Option<u64> {
    // SAFETY: all zeros are a stat.
    let mut facts: libc::stat = unsafe { mem::zeroed() };
    // SAFETY: `facts` is valid for a write; a descriptor that somebody has closed meanwhile is an error like others.
    (unsafe { libc::fstat(descriptor, &raw mut facts) } == 0).then_some(facts.st_ino)
}
