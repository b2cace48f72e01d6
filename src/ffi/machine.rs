//! The machine's metadata, for C.

use std::sync::Arc;

use super::boundary::fallible;
use super::error_object::ErrorObject;
use super::input;
use super::request::RequestObject;
use super::started::Started;
use crate::error::status::Status;
use crate::machine::metadata;

/// Begins to ask the agent about the machine, on a thread of the library, and returns at once: instead of
/// `arc_token_request_start`, and like it once for each request. Of the request's options the endpoint, the API version,
/// the time-out and the wait for the agent count. No key is needed for this: the agent tells it to every process on the machine.
///
/// What comes of it is for `arc_token_request_wait_table`: a table whose first row is the machine, with the columns from
/// `ARC_TOKEN_COLUMN_RESOURCE_ID` to `ARC_TOKEN_COLUMN_AGENT_VERSION`, its name, the agent's address and what named it, and
/// the log. What the agent does not tell is absent. Each further row is a tag, in the agent's order, with
/// `ARC_TOKEN_COLUMN_NAME` and `ARC_TOKEN_COLUMN_VALUE`.
///
/// # Errors
/// As for `arc_token_request_start`.
///
/// # Safety
/// - `request` is NULL (an error), or a request not freed yet.
/// - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_request_start_machine(request: *mut RequestObject, error_out: *mut *mut ErrorObject) -> Status {
    // SAFETY: the caller's promises on `request` and on `error_out`.
    unsafe {
        fallible(error_out, || {
            input::object(request, "request")?.start(|request| Ok(Started::Machine(Arc::new(metadata::start(request.params())?))))
        })
    }
}
