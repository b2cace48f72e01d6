//! Memory that stays out of the page file, where the system allows it.

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
        // SAFETY: new pages at an address of the system's choice touch no other memory.
        let start = unsafe { VirtualAlloc(ptr::null_mut(), len, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE) };
        let start = NonNull::new(start.cast::<u8>())?;
        // Best effort: the working set's limit may forbid it, and a token still has to be had.
        // SAFETY: the range is the pages just made.
        unsafe { VirtualLock(start.as_ptr().cast(), len) };
        Some(Self { start, len })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: the pages are readable, initialised (zeroed by the system) and owned; they live as long as `self`.
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
        // SAFETY: the pages are ours, and no slice of them outlives `self`. Freeing unlocks.
        unsafe { VirtualFree(self.start.as_ptr().cast(), 0, MEM_RELEASE) };
    }
}

const MEM_COMMIT: u32 = 0x1000;
const MEM_RESERVE: u32 = 0x2000;
const MEM_RELEASE: u32 = 0x8000;
const PAGE_READWRITE: u32 = 4;

#[link(name = "kernel32")]
unsafe extern "system" {
    fn VirtualAlloc(at: *mut std::ffi::c_void, size: usize, kind: u32, protection: u32) -> *mut std::ffi::c_void;
    fn VirtualLock(start: *mut std::ffi::c_void, size: usize) -> i32;
    fn VirtualFree(start: *mut std::ffi::c_void, size: usize, kind: u32) -> i32;
}
