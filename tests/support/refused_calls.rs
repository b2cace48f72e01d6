//! Makes the kernel refuse system calls, as a sandbox does.
#![allow(dead_code)] // Each test program uses a part of it.

/// Refuses `call` to this thread and the threads that it starts, with the error `code`: always, or if its first argument is `first`.
pub(crate) fn refuse(call: libc::c_long, first: Option<i32>, code: i32) {
    const LOW_WORD: u32 = if cfg!(target_endian = "little") { 16 } else { 20 };
    let instruction = |code: u32, k: u32, jf: u8| libc::sock_filter { code: code.try_into().expect("16 bits"), jt: 0, jf, k };
    let load = |offset| instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset, 0);
    let unless = |value: u32, skipped| instruction(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, value, skipped);
    let answer = |value: u32| instruction(libc::BPF_RET | libc::BPF_K, value, 0);
    let call = call.try_into().expect("32 bits");
    let refused = answer(libc::SECCOMP_RET_ERRNO | code.unsigned_abs());
    let allowed = answer(libc::SECCOMP_RET_ALLOW);
    let mut filter = match first {
        Some(first) => vec![load(0), unless(call, 3), load(LOW_WORD), unless(first.unsigned_abs(), 1), refused, allowed],
        None => vec![load(0), unless(call, 1), refused, allowed],
    };
    let program = libc::sock_fprog { len: filter.len().try_into().expect("few"), filter: filter.as_mut_ptr() };
    // SAFETY: `program` and its filter outlive the calls, which copy them.
    let set = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) == 0
    };
    assert!(set, "the kernel takes no filter");
}
