//! Finds the sockets at the agent's address: asks the kernel (`sock_diag.rs`), or reads its table (`proc_net.rs`).

use std::io;
use std::net::SocketAddr;

#[cfg(not(windows))]
use super::proc_net::sockets_in_proc;
#[cfg(target_os = "linux")]
use super::sock_diag;
use super::socket::Socket;
#[cfg(windows)]
use super::socket::State;

/// The sockets at `address`, and those of the connection to it that begins at `local_addr`.
///
/// All sockets of the machine where the kernel cannot answer for one address. `None` where the system has no such information.
pub(super) fn sockets_at(address: SocketAddr, local_addr: Option<SocketAddr>) -> io::Result<Option<Vec<Socket>>> {
    #[cfg(target_os = "linux")]
    let from_kernel = sock_diag::sockets_at(address, local_addr);
    #[cfg(not(any(target_os = "linux", windows)))]
    let from_kernel = Err((address, local_addr)); // Only Linux has sock_diag.
    #[cfg(not(windows))]
    return or_else_table(from_kernel, sockets_in_proc);
    #[cfg(windows)]
    sockets_of_windows(address, local_addr).map(Some)
}

/// Those sockets of the machine that could have to do with the address or with the connection: each process is looked up.
#[cfg(windows)]
fn sockets_of_windows(address: SocketAddr, local_addr: Option<SocketAddr>) -> io::Result<Vec<Socket>> {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    let mut rows = crate::sys::tcp_sockets(IpAddr::V4(Ipv4Addr::UNSPECIFIED))?;
    // Its sockets may serve IPv4, too.
    rows.extend(crate::sys::tcp_sockets(IpAddr::V6(Ipv6Addr::UNSPECIFIED))?);
    let plain = |address: SocketAddr| SocketAddr::new(address.ip().to_canonical(), address.port());
    let sockets = rows.into_iter().map(|row| Socket {
        local: plain(row.local),
        remote: plain(row.remote),
        state: State::from_windows(row.state),
        holder: row.process,
        inode: row.process.into(),
    });
    let matters = |socket: &Socket| match socket.state {
        State::Listening => socket.local.port() == address.port(),
        _ => socket.local == address && Some(socket.remote) == local_addr,
    };
    Ok(sockets.filter(matters).collect())
}

/// The kernel's answer, or the content of its table. `None` only where this system never has the information.
///
/// A lack of file descriptors or memory is an error: a stranger that uses them up must not get the check skipped.
#[cfg(any(not(windows), test))]
fn or_else_table<E>(
    from_kernel: Result<Vec<Socket>, E>,
    table: impl FnOnce() -> io::Result<Vec<Socket>>,
) -> io::Result<Option<Vec<Socket>>> {
    use io::ErrorKind::{NotFound, PermissionDenied, Unsupported};
    if let Ok(sockets) = from_kernel {
        return Ok(Some(sockets));
    }
    match table() {
        Ok(sockets) => Ok(Some(sockets)),
        Err(error) if matches!(error.kind(), NotFound | PermissionDenied | Unsupported) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::socket::State;

    fn listening(holder: u32) -> Socket {
        let (local, remote) = ("127.0.0.1:40342".parse().unwrap(), "0.0.0.0:0".parse().unwrap());
        Socket { local, remote, state: State::Listening, holder, inode: 1 }
    }

    #[test]
    fn the_table_is_read_where_the_kernel_does_not_say() {
        let (agent, stranger) = (listening(998), listening(1001));
        let sockets = |from_kernel: Result<&[Socket], ()>, table: &[Socket]| {
            or_else_table(from_kernel.map(<[_]>::to_vec), || Ok(table.to_vec())).unwrap()
        };
        assert_eq!(sockets(Ok(&[agent]), &[stranger]), Some(vec![agent]));
        assert_eq!(sockets(Err(()), &[stranger]), Some(vec![stranger]));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_check_is_skipped_only_where_the_system_does_not_tell() {
        let sockets = |code| or_else_table(Err(()), || Err(io::Error::from_raw_os_error(code)));
        for code in [libc::ENOENT, libc::EACCES, libc::EPERM] {
            assert_eq!(sockets(code).unwrap(), None);
        }
        for code in [libc::EMFILE, libc::ENFILE, libc::ENOMEM, libc::EIO] {
            assert!(sockets(code).is_err(), "{code}");
        }
    }
}
