//! The checks of the agent, for C.

use std::sync::Arc;

use super::boundary::fallible;
use super::error_object::ErrorObject;
use super::input;
use super::request::RequestObject;
use super::started::Started;
use crate::diagnostics::sequence;
use crate::error::status::Status;

/// Begins to check, on a thread of the library, all that a token for this request needs, and returns at once: instead of
/// `arc_token_request_start`, and like it once for each request.
///
/// What comes of it is for `arc_token_request_wait_table`: a table with a row for each check, always all of them in the same
/// order, whatever happens, and within the request's time-out. Rows have `ARC_TOKEN_COLUMN_NAME` (which is stable),
/// `ARC_TOKEN_COLUMN_STATUS`, `ARC_TOKEN_COLUMN_DETAIL`, and `ARC_TOKEN_COLUMN_ADVICE` where there is something to do. What
/// fails is a row, and what depends on it is skipped. A token is really asked for, past the cache, and thrown away.
///
/// # Errors
/// `ARC_TOKEN_STATUS_INVALID_ARGUMENT` for a value of the request that cannot be right, and for a second start;
/// `ARC_TOKEN_STATUS_CANCELLED` after `arc_token_request_cancel`; `ARC_TOKEN_STATUS_INTERNAL` when no thread can be had.
///
/// # Safety
/// - `request` is NULL (an error), or a request not freed yet.
/// - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_request_start_check(request: *mut RequestObject, error_out: *mut *mut ErrorObject) -> Status {
    // SAFETY: the caller's promises on `request` and on `error_out`.
    unsafe {
        fallible(error_out, || {
            input::object(request, "request")?.start(|request| Ok(Started::Check(Arc::new(sequence::start(request.params())?))))
        })
    }
}
