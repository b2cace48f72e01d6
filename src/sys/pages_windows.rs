//! Pages of memory, locked where the system allows it.

use std::ptr::{self, NonNull};

use windows_sys::Win32::System::Memory::{MEM_COMMIT, MEM_RELEASE, MEM_RESERVE, PAGE_READWRITE, VirtualAlloc, VirtualFree, VirtualLock};

/// New pages, all zeros. `None` when the system has none left.
pub(super) fn new_pages(len: usize) -> Option<NonNull<u8>> {
    // SAFETY: new pages at an address of the system's choice touch no other memory.
    let start = unsafe { VirtualAlloc(ptr::null_mut(), len, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE) };
    let start = NonNull::new(start.cast::<u8>())?;
    // Errors do not count: the working set's limit may forbid this, and the caller still needs a token.
    // SAFETY: the range is the pages just made.
    unsafe { VirtualLock(start.as_ptr().cast(), len) };
    Some(start)
}

/// Gives pages back, which unlocks them.
///
/// # Safety
/// - `start` is a result of [`new_pages`], and nobody uses the pages any more.
pub(super) unsafe fn release_pages(start: NonNull<u8>, _: usize) {
    // SAFETY: the caller's promise; MEM_RELEASE wants a length of 0.
    unsafe { VirtualFree(start.as_ptr().cast(), 0, MEM_RELEASE) };
}
