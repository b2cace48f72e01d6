//! Where the agent is, as C asks it.

use super::door::fallible;
use super::error::ErrorObject;
use super::table::{Column, TableObject};
use super::{input, live};
use crate::status::Status;

/// Finds the agent as a request without an endpoint does, and asks nobody: nothing is sent.
///
/// `*table_out` has one row with `ARC_TOKEN_COLUMN_ENDPOINT` and `ARC_TOKEN_COLUMN_ENDPOINT_SOURCE`. Any thread.
///
/// # Errors
/// `ARC_TOKEN_STATUS_AGENT_NOT_INSTALLED`, `ARC_TOKEN_STATUS_ENDPOINT_REFUSED`.
///
/// # Safety
/// - `table_out` is NULL (an error), or valid for a write. The table it gets is the caller's to free.
/// - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_find_agent(table_out: *mut *mut TableObject, error_out: *mut *mut ErrorObject) -> Status {
    // SAFETY: the caller's promises on each argument, in the order of the list above.
    unsafe {
        fallible(error_out, || {
            let table_out = input::output(table_out, "table_out")?;
            let (endpoint, source) = crate::find_agent()?;
            let row = vec![(Column::Endpoint, endpoint), (Column::EndpointSource, source)];
            table_out.write(live::hand_out(TableObject::new(vec![row])));
            Ok(Status::Ok)
        })
    }
}
