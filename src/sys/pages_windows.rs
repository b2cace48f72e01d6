//! Pages of memory, locked where the system allows it.

use std::ptr::{self, NonNull};

/// New pages, all zeros. `None` when the system has none left.
pub(super) fn new_pages(len: usize) -> Option<NonNull<u8>> {
    // SAFETY: new pages at an address of the system's choice touch no other memory.
    let start = unsafe { VirtualAlloc(ptr::null_mut(), len, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE) };
    let start = NonNull::new(start.cast::<u8>())?;
    // Best effort: the working set's limit may forbid it, and a token still has to be had.
    // SAFETY: the range is the pages just made.
    unsafe { VirtualLock(start.as_ptr().cast(), len) };
    Some(start)
}

/// Gives pages back, which unlocks them.
///
/// # Safety
/// - `start` is what [`new_pages`] gave, and nobody uses the pages any more.
pub(super) unsafe fn release_pages(start: NonNull<u8>, _: usize) {
    // SAFETY: the caller's promise; MEM_RELEASE wants a length of 0.
    unsafe { VirtualFree(start.as_ptr().cast(), 0, MEM_RELEASE) };
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
