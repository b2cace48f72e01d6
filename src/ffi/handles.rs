//! Hands objects out to C and takes them back. They are counted, so that a test can prove that nothing leaks.

use std::ffi::{CString, c_char};
use std::sync::atomic::{AtomicUsize, Ordering};

static LIVE: AtomicUsize = AtomicUsize::new(0);

/// The number of objects that are handed out and not taken back yet.
pub(super) fn count() -> usize {
    LIVE.load(Ordering::Relaxed)
}

/// Gives `object` to the caller, until [`take_back`].
pub(super) fn hand_out<T>(object: T) -> *mut T {
    LIVE.fetch_add(1, Ordering::Relaxed);
    Box::into_raw(Box::new(object))
}

/// Takes back an object from [`hand_out`]. `None` for NULL.
///
/// # Safety
/// - `pointer` is NULL, or came from [`hand_out`] and was not taken back yet.
/// - No other thread uses it any more.
pub(super) unsafe fn take_back<T>(pointer: *mut T) -> Option<Box<T>> {
    if pointer.is_null() {
        return None;
    }
    LIVE.fetch_sub(1, Ordering::Relaxed);
    // SAFETY: the pointer is not NULL, so it is a box of ours by the caller's promise, and this is its only owner.
    Some(unsafe { Box::from_raw(pointer) })
}

/// Gives `text` to the caller, until [`take_back_string`].
pub(super) fn hand_out_string(text: CString) -> *mut c_char {
    LIVE.fetch_add(1, Ordering::Relaxed);
    text.into_raw()
}

/// Takes back a string from [`hand_out_string`]. `None` for NULL.
///
/// # Safety
/// - `pointer` is NULL, or came from [`hand_out_string`], was not taken back yet, and its text was not changed.
/// - No other thread uses it any more.
pub(super) unsafe fn take_back_string(pointer: *mut c_char) -> Option<CString> {
    if pointer.is_null() {
        return None;
    }
    LIVE.fetch_sub(1, Ordering::Relaxed);
    // SAFETY: the pointer is not NULL, so by the caller's promise it is a string of ours, as long as when it was handed out.
    Some(unsafe { CString::from_raw(pointer) })
}
