//! How this process was started, before Rust's start-up changes it: it opens `/dev/null` in the place of closed standard
//! streams (`arc-token >&-`), where a write succeeds and the token would be lost without an error, and it ignores SIGPIPE.

#[cfg(unix)]
mod look {
    use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

    /// A bit for each standard stream.
    pub(super) static CLOSED: AtomicU8 = AtomicU8::new(0);
    pub(super) static PIPE_IGNORED: AtomicBool = AtomicBool::new(false);

    /// The loader calls the functions of this section before `main`, and so before Rust's start-up.
    #[used]
    // SAFETY: the section is an array of addresses of functions of this type, and the function relies on nothing of Rust's start-up.
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
    #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
    static LOOK: extern "C" fn() = look;

    extern "C" fn look() {
        for stream in 0..3 {
            // SAFETY: the call takes numbers only. It fails for a closed descriptor alone.
            if unsafe { libc::fcntl(stream, libc::F_GETFD) } == -1 {
                CLOSED.fetch_or(1 << stream, Ordering::Relaxed);
            }
        }
        // SAFETY: all zeros are a value of this type.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        // SAFETY: the call writes to `action` alone, and changes nothing.
        let result = unsafe { libc::sigaction(libc::SIGPIPE, std::ptr::null(), &raw mut action) };
        PIPE_IGNORED.store(result == 0 && action.sa_sigaction == libc::SIG_IGN, Ordering::Relaxed);
    }
}

#[cfg(unix)]
pub(crate) fn output_was_closed() -> bool {
    was_closed(libc::STDOUT_FILENO)
}

/// True when this process was started without this standard stream.
#[cfg(unix)]
pub(crate) fn was_closed(stream: libc::c_int) -> bool {
    look::CLOSED.load(std::sync::atomic::Ordering::Relaxed) & (1 << stream) != 0
}

#[cfg(not(unix))]
pub(crate) fn output_was_closed() -> bool {
    false
}

/// True when this process was started to ignore SIGPIPE, as systemd starts services.
#[cfg(unix)]
pub(crate) fn pipe_was_ignored() -> bool {
    look::PIPE_IGNORED.load(std::sync::atomic::Ordering::Relaxed)
}
