//! Pages of memory, locked, and kept out of core dumps and forked children where the system allows it.

use std::ptr::{self, NonNull};

/// New pages, all zeros. `None` when the system has none left.
pub(super) fn new_pages(len: usize) -> Option<NonNull<u8>> {
    let (read_write, private) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: a new private mapping at an address of the system's choice touches no other memory.
    let start = unsafe { libc::mmap(ptr::null_mut(), len, read_write, private, -1, 0) };
    if start == libc::MAP_FAILED {
        return None;
    }
    // Errors do not count: a limit (RLIMIT_MEMLOCK) or a policy may forbid this, and the caller still needs a token.
    // SAFETY: the range is the mapping just made.
    unsafe {
        libc::mlock(start, len);
        #[cfg(target_os = "linux")]
        {
            libc::madvise(start, len, libc::MADV_DONTDUMP);
            // A child gets pages of zeros.
            libc::madvise(start, len, libc::MADV_WIPEONFORK);
        }
    }
    NonNull::new(start.cast())
}

/// Gives pages back, which unlocks them.
///
/// # Safety
/// - `start` is the result of [`new_pages`] for `len`, and nobody uses the pages any more.
pub(super) unsafe fn release_pages(start: NonNull<u8>, len: usize) {
    // SAFETY: the caller's promise.
    unsafe { libc::munmap(start.as_ptr().cast(), len) };
}
