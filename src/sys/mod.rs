//! What differs between systems, and what needs `unsafe` besides the C ABI.

#[cfg(feature = "wiping-allocator")]
mod allocator;
#[cfg(all(test, feature = "wiping-allocator"))]
pub(crate) use allocator::ALLOCATIONS;

/// What to tell root.
pub(crate) const ROOT_DENIED: &str = "Root was denied: look for a security policy (SELinux, AppArmor), a container without the needed capabilities, \
     or a network file system.";

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

#[cfg_attr(unix, path = "access_unix.rs")]
#[cfg_attr(windows, path = "access_windows.rs")]
mod access;
pub(crate) use access::*;

mod locked;
#[cfg_attr(unix, path = "pages_unix.rs")]
#[cfg_attr(windows, path = "pages_windows.rs")]
mod pages;
pub(crate) use locked::LockedMemory;
use pages::{new_pages, release_pages};
