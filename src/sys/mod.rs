//! What differs between systems, and what needs `unsafe` besides the C ABI.

#[cfg(feature = "c-api")]
mod allocator;

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use unix::*;

#[cfg(target_os = "linux")]
mod sockets_linux;
#[cfg(target_os = "linux")]
pub(crate) use sockets_linux::*;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::*;

#[cfg_attr(unix, path = "locked_unix.rs")]
#[cfg_attr(windows, path = "locked_windows.rs")]
mod locked;
pub(crate) use locked::LockedMemory;
