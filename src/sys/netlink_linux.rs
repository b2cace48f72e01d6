//! Opens the netlink socket for questions about sockets (sock_diag(7)).

use std::fs::File;
use std::io;
use std::os::fd::FromRawFd;

/// A netlink socket on which the kernel answers questions about sockets. It answers any user.
pub(crate) fn open_sock_diag() -> io::Result<File> {
    // SAFETY: socket has no preconditions.
    let descriptor = unsafe { libc::socket(libc::AF_NETLINK, libc::SOCK_RAW | libc::SOCK_CLOEXEC, libc::NETLINK_SOCK_DIAG) };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor was just opened, and nobody else knows it.
    Ok(unsafe { File::from_raw_fd(descriptor) })
}
