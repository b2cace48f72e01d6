//! Kinds of system errors that the standard library does not tell apart, and the advice that is the same on every system.

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

/// The advice for root.
pub(crate) const ROOT_DENIED: &str = "Root was denied: look for a security policy (SELinux, AppArmor), a container without the needed capabilities, \
     or a network file system.";

/// The advice for the error of [`is_used_up`].
pub(crate) const RAISE_LIMIT: &str = "This is no fault of the agent. End what this process does not need, or raise the limit ('ulimit -n', LimitNOFILE= or \
     TasksMax= in a systemd unit), and try again.";

/// The fault where the system does not name the folder of the agent's keys.
pub(crate) const NO_KEY_DIRECTORY: &str = "the system does not tell its ProgramData folder";
