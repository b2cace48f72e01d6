//! Core dumps: keys and tokens of this process get into none. `unsafe` is here, in `before_main.rs`, and below `exec/` in
//! `signals.rs` and `az/local_time.rs`.

/// Forbids core dumps of this process, and other processes of the same user to read its memory.
pub(crate) fn forbid() {
    // An error does not count: a policy may forbid the call, and the caller still needs a token.
    #[cfg(target_os = "linux")]
    // SAFETY: the call takes numbers only.
    unsafe {
        libc::prctl(libc::PR_SET_DUMPABLE, 0);
    }
}

/// Forbids core dumps alone. For a process whose sockets `exec` must see: those of one with closed memory only root can.
pub(crate) fn forbid_files() {
    #[cfg(unix)]
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, rustix::process::Rlimit { current: Some(0), maximum: Some(0) });
}
