//! Whether this program was started without a standard output (`arc-token >&-`).
//!
//! Rust's start-up opens `/dev/null` in the place of a closed one, and a write to it succeeds: the token would be lost without an
//! error. So this looks before that start-up.

#[cfg(unix)]
mod before_main {
    use std::sync::atomic::{AtomicBool, Ordering};

    pub(super) static CLOSED: AtomicBool = AtomicBool::new(false);

    /// The loader calls the functions of this section before `main`, and so before Rust's start-up.
    #[used]
    // SAFETY: the section is an array of addresses of functions of this type, and the function relies on nothing of Rust's start-up.
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
    #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
    static LOOK: extern "C" fn() = look;

    extern "C" fn look() {
        // SAFETY: the call takes numbers only. It fails for a closed descriptor alone.
        let flags = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) };
        CLOSED.store(flags == -1, Ordering::Relaxed);
    }
}

#[cfg(unix)]
pub(crate) fn was_closed() -> bool {
    before_main::CLOSED.load(std::sync::atomic::Ordering::Relaxed)
}

#[cfg(not(unix))]
pub(crate) fn was_closed() -> bool {
    false
}
