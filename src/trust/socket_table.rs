//! Finds the sockets at the agent's address: asks the kernel (`sock_diag.rs`), or reads its table (`proc_net.rs`).

use std::io;
use std::net::SocketAddr;

use super::proc_net::sockets_in_proc;
#[cfg(target_os = "linux")]
use super::sock_diag;
use super::socket::Socket;

/// The sockets at `address`, and those of the connection to it that begins at `local_addr`.
///
/// All sockets of the machine where the kernel cannot answer for one address. `None` where the system has no such information.
pub(super) fn sockets_at(address: SocketAddr, local_addr: Option<SocketAddr>) -> io::Result<Option<Vec<Socket>>> {
    #[cfg(target_os = "linux")]
    let from_kernel = sock_diag::sockets_at(address, local_addr);
    #[cfg(not(target_os = "linux"))]
    let from_kernel = Err((address, local_addr)); // Only Linux has sock_diag.
    or_else_table(from_kernel, sockets_in_proc)
}

/// The kernel's answer, or the content of its table. `None` only where this system never has the information.
///
/// A lack of file descriptors or memory is an error: a stranger that uses them up must not get the check skipped.
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

    fn listening(uid: u32) -> Socket {
        let (local, remote) = ("127.0.0.1:40342".parse().unwrap(), "0.0.0.0:0".parse().unwrap());
        Socket { local, remote, state: State::Listening, uid, inode: 1 }
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
