//! The versions of this library and of its interface, the names of its statuses, and the number of live objects.

use std::ffi::{CString, c_char};
use std::sync::LazyLock;

use super::boundary::infallible;
use super::handles;
use super::input::StatusCode;
use crate::error::status::Status;

/// The number of this interface: one more with each change that breaks programs built against it. Additions keep it.
pub const ARC_TOKEN_ABI_VERSION: u32 = 1;

/// The `ARC_TOKEN_ABI_VERSION` that the library was built with, to be compared with the header's by those who load it at run
/// time. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn arc_token_abi_version() -> u32 {
    infallible(ARC_TOKEN_ABI_VERSION, || ARC_TOKEN_ABI_VERSION)
}

/// The library's version, like the header's `ARC_TOKEN_VERSION`. A NUL-terminated string that is always there; never freed.
/// Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn arc_token_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    infallible(VERSION.as_ptr(), || VERSION.as_ptr()).cast()
}

/// The name of a status, like "AgentNotRunning" for `ARC_TOKEN_STATUS_AGENT_NOT_RUNNING`; "Unknown" for any other number.
/// A NUL-terminated string that is always there; never freed. Any thread.
#[unsafe(no_mangle)]
pub extern "C" fn arc_token_status_name(status: StatusCode) -> *const c_char {
    static NAMES: LazyLock<Vec<(StatusCode, CString)>> = LazyLock::new(|| {
        let named = |status: Status| Some((status as StatusCode, CString::new(status.name()).ok()?));
        Status::ALL.into_iter().filter_map(named).collect()
    });
    infallible(c"Unknown".as_ptr(), || {
        NAMES.iter().find(|(code, _)| *code == status).map_or(c"Unknown".as_ptr(), |(_, name)| name.as_ptr())
    })
}

/// Objects and strings handed out by this library and not freed yet, in this process: for tests that look for leaks. Any
/// thread.
#[unsafe(no_mangle)]
pub extern "C" fn arc_token_live_objects() -> u64 {
    infallible(0, || handles::count() as u64)
}
