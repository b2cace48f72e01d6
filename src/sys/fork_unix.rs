//! The generation of this process: a number that a fork changes. The process id alone would not do: a child in a new namespace may
//! have its parent's.

use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

use super::unix::new_pages;

/// The place of this process's generation. It holds 0 in each new child, for two reasons, of which one is enough:
/// - The kernel wipes the page (`MADV_WIPEONFORK`), also in a child of a raw `clone`, for which no handler runs.
/// - A handler of `pthread_atfork` sets it to 0. This serves other systems, old kernels, and emulators that ignore the advice.
static MARK: AtomicPtr<AtomicU64> = AtomicPtr::new(ptr::null_mut());

/// The place if the system has no page left.
static WITHOUT_PAGE: AtomicU64 = AtomicU64::new(0);

/// The next generation. A child gets the parent's number, and so a generation that no ancestor has.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// This process's generation. Takes no lock: another thread's lock stays locked in a child for ever.
pub(super) fn generation() -> u64 {
    let mark = mark();
    match mark.load(Ordering::Acquire) {
        0 => {
            let new = NEXT.fetch_add(1, Ordering::AcqRel);
            // Another thread may be first.
            mark.compare_exchange(0, new, Ordering::AcqRel, Ordering::Acquire).map_or_else(|first| first, |_| new)
        }
        present => present,
    }
}

fn mark() -> &'static AtomicU64 {
    // SAFETY: the pointer is NULL, or came from below: a page that is never released, or a static.
    if let Some(mark) = unsafe { MARK.load(Ordering::Acquire).as_ref() } {
        return mark;
    }
    // An error (no memory) does not count: the page is enough on its own.
    // SAFETY: the handler stores to an atomic, which is allowed in a child. The library is never unloaded.
    unsafe { libc::pthread_atfork(None, None, Some(forget)) };
    let page = new_pages(size_of::<AtomicU64>()).map_or(ptr::from_ref(&WITHOUT_PAGE).cast_mut(), |page| page.as_ptr().cast());
    // If another thread is first, this page is left unused.
    let first = MARK.compare_exchange(ptr::null_mut(), page, Ordering::AcqRel, Ordering::Acquire);
    // SAFETY: the page is zeroed, aligned, large enough, and never released; or it is the static.
    unsafe { &*first.map_or_else(|first| first, |_| page) }
}

/// Runs in each child of `fork`.
unsafe extern "C" fn forget() {
    // SAFETY: as in `mark`.
    if let Some(mark) = unsafe { MARK.load(Ordering::Acquire).as_ref() } {
        mark.store(0, Ordering::Release);
    }
}

#[cfg(test)]
#[path = "fork_unix_tests.rs"]
pub(super) mod tests;
