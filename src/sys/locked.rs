//! `LockedMemory`: memory that stays out of swap, core dumps and forked children, where the system allows it.

use std::ptr::NonNull;

#[cfg(unix)]
use super::unix::{new_pages, release_pages};
#[cfg(windows)]
use super::windows::{new_pages, release_pages};

/// A block of memory with pages of its own, zeroed when made and when dropped.
pub(crate) struct LockedMemory {
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: the value owns its pages, and nothing in it depends on the thread.
unsafe impl Send for LockedMemory {}

impl LockedMemory {
    /// At least `len` bytes; `None` when the system has none left.
    pub(crate) fn new(len: usize) -> Option<Self> {
        const PAGE: usize = 4096;
        let len = len.max(1).checked_next_multiple_of(PAGE)?;
        Some(Self { start: new_pages(len)?, len })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: the pages are readable, zeroed by the system, and owned; they live as long as `self`.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.len) }
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `bytes`; and `self` is borrowed exclusively.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.len) }
    }
}

impl Drop for LockedMemory {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(self.bytes_mut());
        // SAFETY: the pages came from `new_pages` with this length, and no slice of them outlives `self`.
        unsafe { release_pages(self.start, self.len) };
    }
}
