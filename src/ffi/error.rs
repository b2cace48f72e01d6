//! Errors, for C.

use std::ffi::c_char;

use super::boundary::infallible;
use super::error_object::ErrorObject;
use super::field::lend_text;
use super::input::FieldCode;
use super::{handles, input};
use crate::error::status::Status;

/// The status, the same that the failed function returned. `ARC_TOKEN_STATUS_INTERNAL` for NULL.
///
/// # Safety
/// - `error` is NULL, or an error not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_error_status(error: *const ErrorObject) -> Status {
    infallible(Status::Internal, || {
        // SAFETY: the caller's promise on `error`.
        unsafe { input::optional(error) }.map_or(Status::Internal, |error| error.status)
    })
}

/// The HTTP status of the agent's answer, where that was the problem; 0 where it was not, and for NULL.
///
/// # Safety
/// - `error` is NULL, or an error not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_error_http_status(error: *const ErrorObject) -> i32 {
    infallible(0, || {
        // SAFETY: the caller's promise on `error`.
        unsafe { input::optional(error) }.map_or(0, |error| error.http_status)
    })
}

/// A text of the error: its address, and its length in bytes in `*length_out`. UTF-8, not NUL-terminated.
///
/// NULL and 0 where there is no such text: for a field that this error does not have, an unknown field, or NULL.
/// The text belongs to the error and is good until that is freed.
///
/// # Safety
/// - `error` is NULL, or an error not freed yet.
/// - `length_out` is NULL, or valid for a write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_error_text(error: *const ErrorObject, field: FieldCode, length_out: *mut usize) -> *const c_char {
    infallible(std::ptr::null(), || {
        // SAFETY: the caller's promises on `error` and on `length_out`.
        unsafe { lend_text(input::optional(error).and_then(|error| error.texts.get(field)), length_out) }
    })
}

/// Frees an error, and with it the texts read from it. NULL is fine.
///
/// # Safety
/// - `error` is NULL, or an error not freed yet, which no other thread is using.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_error_free(error: *mut ErrorObject) {
    infallible((), || {
        // SAFETY: the caller's promise on `error`.
        drop(unsafe { handles::take_back(error) });
    });
}
