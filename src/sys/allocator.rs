//! A global allocator that wipes memory before it gives it back.
//!
//! The HTTP library, the JSON parser and the standard library all copy keys and tokens, and free the copies without wiping them.
//! This allocator wipes every freed block, no matter which library made the copy.

use std::alloc::{GlobalAlloc, Layout, System};
use std::{ptr, slice};

#[global_allocator]
static GLOBAL: Wiping<System> = Wiping(System);

#[cfg(test)]
thread_local! {
    /// The number of blocks that this thread has allocated.
    pub(crate) static ALLOCATIONS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Passes every call on to `A`. Wipes each block before `A` takes it back.
struct Wiping<A>(A);

// SAFETY: every block comes from `A` and goes back to it with the same layout; `A` keeps `GlobalAlloc`'s promises, and only
// blocks that their owner has given up are wiped.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Wiping<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        #[cfg(test)]
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are the ones `A` asks for.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are the ones `A` asks for.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `block` is a live block of `layout.size()` bytes that nobody else uses any more.
        unsafe {
            wipe(block, layout.size());
            self.0.dealloc(block, layout);
        }
    }

    /// Always moves the block: the system's own `realloc` leaves the old bytes behind when it moves a block, and the bytes that are
    /// cut off when it shrinks one.
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller promises that `new_size`, rounded up to this alignment, does not overflow.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        // SAFETY: the caller promises that `new_size` is not zero.
        let new_block = unsafe { self.0.alloc(new_layout) };
        if !new_block.is_null() {
            // SAFETY: both blocks are live, distinct, and at least as long as the copied part; the old one is given up here.
            unsafe {
                ptr::copy_nonoverlapping(block, new_block, layout.size().min(new_size));
                self.dealloc(block, layout);
            }
        }
        new_block
    }
}

/// Overwrites `len` bytes with zeros. Nobody reads them afterwards, so a barrier keeps the compiler from dropping the write.
///
/// # Safety
/// - `block` is valid for writes of `len` bytes.
unsafe fn wipe(block: *mut u8, len: usize) {
    // SAFETY: the caller's promise; the bytes are initialised by the first call, as the slice needs.
    unsafe {
        ptr::write_bytes(block, 0, len);
        zeroize::optimization_barrier(slice::from_raw_parts(block, len));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Counts freed blocks, and their bytes that are not zero. `dealloc` may still read a block, so it sees the bytes that the next
    /// owner of the memory would see.
    #[derive(Default)]
    struct Inspector {
        freed: AtomicUsize,
        dirty: AtomicUsize,
    }

    // SAFETY: all blocks come from and go to the system's allocator.
    unsafe impl GlobalAlloc for Inspector {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: the caller's promises are the ones `System` asks for.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: the block is live, and `Wiping` has initialised it.
            let nonzero = unsafe { slice::from_raw_parts(block, layout.size()) }.iter().filter(|byte| **byte != 0).count();
            self.freed.fetch_add(1, Ordering::Relaxed);
            self.dirty.fetch_add(nonzero, Ordering::Relaxed);
            // SAFETY: the caller's promises are the ones `System` asks for.
            unsafe { System.dealloc(block, layout) }
        }
    }

    fn filled(allocator: &Wiping<Inspector>, layout: Layout) -> *mut u8 {
        // SAFETY: the layouts below are not empty; the block has the layout's size.
        unsafe {
            let block = allocator.alloc(layout);
            assert!(!block.is_null());
            ptr::write_bytes(block, 0xA5, layout.size());
            block
        }
    }

    #[test]
    fn freed_blocks_are_wiped() {
        let allocator = Wiping(Inspector::default());
        for size in [1, 7, 64, 4097, 1 << 20] {
            let layout = Layout::from_size_align(size, 8).expect("a layout");
            let block = filled(&allocator, layout);
            // SAFETY: allocated above with this layout.
            unsafe { allocator.dealloc(block, layout) };
        }
        assert_eq!(allocator.0.freed.into_inner(), 5);
        assert_eq!(allocator.0.dirty.into_inner(), 0);
    }

    #[test]
    fn growing_and_shrinking_leave_no_old_bytes_and_lose_none() {
        for (old_size, new_size) in [(16, 4096), (4096, 16), (32, 32), (1 << 20, 1 << 21)] {
            let allocator = Wiping(Inspector::default());
            let old = Layout::from_size_align(old_size, 16).expect("a layout");
            let new = Layout::from_size_align(new_size, 16).expect("a layout");
            let block = filled(&allocator, old);
            // SAFETY: the block is allocated above with `old` and freed with `new`; only the copied bytes are compared.
            unsafe {
                let block = allocator.realloc(block, old, new_size);
                let kept = slice::from_raw_parts(block, old_size.min(new_size));
                assert!(kept.iter().all(|byte| *byte == 0xA5));
                allocator.dealloc(block, new);
            }
            assert_eq!(allocator.0.freed.into_inner(), 2);
            assert_eq!(allocator.0.dirty.into_inner(), 0, "{old_size} to {new_size}");
        }
    }
}
