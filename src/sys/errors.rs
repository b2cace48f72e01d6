//! Kinds of system errors that the standard library does not tell apart.

use std::io;

/// True when the process, or the whole system, has no more of something: file descriptors, memory, buffers.
pub(crate) fn is_used_up(error: &io::Error) -> bool {
    #[cfg(unix)]
    let codes = [libc::EMFILE, libc::ENFILE, libc::ENOBUFS];
    #[cfg(windows)]
    let codes = {
        use windows_sys::Win32::{Foundation::ERROR_TOO_MANY_OPEN_FILES, Networking::WinSock};
        [ERROR_TOO_MANY_OPEN_FILES.cast_signed(), WinSock::WSAEMFILE, WinSock::WSAENOBUFS]
    };
    error.kind() == io::ErrorKind::OutOfMemory || error.raw_os_error().is_some_and(|code| codes.contains(&code))
}

/// True when the process may not have a socket of this kind, as systemd's `RestrictAddressFamilies=` has it.
pub(crate) fn is_forbidden_family(error: &io::Error) -> bool {
    #[cfg(unix)]
    let code = libc::EAFNOSUPPORT;
    #[cfg(windows)]
    let code = windows_sys::Win32::Networking::WinSock::WSAEAFNOSUPPORT;
    error.raw_os_error() == Some(code)
}
