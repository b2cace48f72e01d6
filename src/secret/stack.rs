//! Wipes the end of a thread's stack.

/// Wipes the part of this thread's stack that earlier calls have used. Their variables are there. So are processor registers, with
/// the bytes that were copied last: the dynamic linker and signal handlers save them on the stack.
///
/// Call it last on a thread. glibc gives the stack of an ended thread back to the system, but keeps its last
/// `PTHREAD_STACK_MIN` bytes (16 KiB; 128 on 64-bit ARM) for the next thread, and up to a page more (pthread_create.c,
/// `advise_stack_range`).
#[inline(never)]
pub(crate) fn wipe_stack() {
    const KEPT: usize = if cfg!(target_arch = "aarch64") { 160 } else { 20 } * 1024;
    std::hint::black_box(&mut [0_u8; KEPT]);
}
