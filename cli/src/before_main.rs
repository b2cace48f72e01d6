//! How this process was started, before Rust's start-up changes it: it opens `/dev/null` in the place of a closed standard output
//! (`arc-token >&-`), where a write succeeds and the token would be lost without an error, and it ignores SIGPIPE.

#[cfg(unix)]
mod look {
    use std::sync::atomic::{AtomicBool, Ordering};

    pub(super) static OUTPUT_CLOSED: AtomicBool = AtomicBool::new(false);
    pub(super) static PIPE_IGNORED: AtomicBool = AtomicBool::new(false);

    /// The loader calls the functions of this section before `main`, and so before Rust's start-up.
    #[used]
    // SAFETY: the section is an array of addresses of functions of this type, and the function relies on nothing of Rust's start-up.
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
    #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
    static LOOK: extern "C" fn() = look;

    extern "C" fn look() {
        // SAFETY: the call takes numbers only. It fails for a closed descriptor alone.
        let flags = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) };
        OUTPUT_CLOSED.store(flags == -1, Ordering::Relaxed);
        // SAFETY: all zeros are a value of this type.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        // SAFETY: the call writes to `action` alone, and changes nothing.
        let result = unsafe { libc::sigaction(libc::SIGPIPE, std::ptr::null(), &raw mut action) };
        PIPE_IGNORED.store(result == 0 && action.sa_sigaction == libc::SIG_IGN, Ordering::Relaxed);
    }
}

#[cfg(unix)]
pub(crate) fn output_was_closed() -> bool {
    look::OUTPUT_CLOSED.load(std::sync::atomic::Ordering::Relaxed)
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
