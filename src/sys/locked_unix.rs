//! Memory that stays out of swap and core dumps, where the system allows it.

use std::ptr::{self, NonNull};

/// A block of memory of its own pages, zeroed when made and when dropped.
pub(crate) struct LockedMemory {
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: it owns its pages, and nothing in it depends on the thread.
unsafe impl Send for LockedMemory {}

impl LockedMemory {
    /// At least `len` bytes; `None` when the system has none left.
    pub(crate) fn new(len: usize) -> Option<Self> {
        const PAGE: usize = 4096;
        let len = len.max(1).checked_next_multiple_of(PAGE)?;
        let (read_write, private) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        // SAFETY: a new private mapping at an address of the system's choice touches no other memory.
        let start = unsafe { libc::mmap(ptr::null_mut(), len, read_write, private, -1, 0) };
        if start == libc::MAP_FAILED {
            return None;
        }
        // Best effort: a limit (RLIMIT_MEMLOCK) or a policy may forbid it, and a token still has to be had.
        // SAFETY: the range is the mapping just made.
        unsafe {
            libc::mlock(start, len);
            #[cfg(target_os = "linux")]
            libc::madvise(start, len, libc::MADV_DONTDUMP);
        }
        Some(Self { start: NonNull::new(start.cast())?, len })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: the mapping is readable, initialised (zeroed by the system) and owned; it lives as long as `self`.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above; and `self` is borrowed exclusively.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl Drop for LockedMemory {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(self.bytes_mut());
        // SAFETY: the mapping is ours, and no slice of it outlives `self`. Unmapping unlocks.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.len) };
    }
}
