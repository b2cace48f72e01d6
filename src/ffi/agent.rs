//! The agent's address, for C.

use std::ffi::c_char;

use super::boundary::fallible;
use super::error_object::ErrorObject;
use super::request::RequestObject;
use super::table::{Column, TableObject};
use super::{handles, input};
use crate::agent::host_environment::HostEnvironment;
use crate::agent::locate::{find_agent, find_agent_in};
use crate::error::agent::Agent;
use crate::error::status::Status;
use crate::trust::named_address::check_named_address;

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
            table_out.write(handles::hand_out(agent_table(&find_agent()?)));
            Ok(Status::Ok)
        })
    }
}

/// Finds the agent as this request would, if it had no endpoint: with the variables of the option `ARC_TOKEN_OPTION_VARIABLE`. Nothing
/// is sent, and the request can be started before or after.
///
/// `*table_out` is as from `arc_token_find_agent`. Any thread.
///
/// # Errors
/// `ARC_TOKEN_STATUS_AGENT_NOT_INSTALLED`, `ARC_TOKEN_STATUS_ENDPOINT_REFUSED`, `ARC_TOKEN_STATUS_INVALID_ARGUMENT`.
///
/// # Safety
/// - `request` is NULL (an error), or a request not freed yet.
/// - `table_out` is NULL (an error), or valid for a write. The table it gets is the caller's to free.
/// - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_request_find_agent(
    request: *mut RequestObject,
    table_out: *mut *mut TableObject,
    error_out: *mut *mut ErrorObject,
) -> Status {
    // SAFETY: the caller's promises on each argument, in the order of the list above.
    unsafe {
        fallible(error_out, || {
            let request = input::object(request, "request")?.request();
            let table_out = input::output(table_out, "table_out")?;
            let variable = |name: &str| request.params().variable(name);
            table_out.write(handles::hand_out(agent_table(&find_agent_in(&HostEnvironment::with_variables(&variable))?)));
            Ok(Status::Ok)
        })
    }
}

fn agent_table(agent: &Agent) -> TableObject {
    TableObject::new(vec![vec![(Column::Endpoint, agent.endpoint().to_owned()), (Column::EndpointSource, agent.source().to_owned())]])
}

/// Checks an address that an environment variable names, before another program of this process asks it: the rules for addresses
/// from the environment, and one look at who listens there. Nothing is sent.
///
/// An address where nobody listens passes. `localhost` is checked as 127.0.0.1 and as ::1, since other programs may try both. On
/// systems that do not tell who listens, only the rules are checked, and the log says so; where the variable
/// `ARC_TOKEN_REQUIRE_IDENTIFIED_AGENT` requires an identified agent, that is an error. `*table_out` has one row with
/// `ARC_TOKEN_COLUMN_ENDPOINT`, `ARC_TOKEN_COLUMN_LOG`, `ARC_TOKEN_COLUMN_LOG_DETAIL` and, where there are warnings,
/// `ARC_TOKEN_COLUMN_WARNINGS`.
///
/// Of the request only its variables count (`ARC_TOKEN_OPTION_VARIABLE`), and it can be started before or after. Any thread.
///
/// # Errors
/// `ARC_TOKEN_STATUS_ENDPOINT_REFUSED`; `ARC_TOKEN_STATUS_FOREIGN_ANSWER` when a user listens there who is not the agent's, or cannot be told;
/// `ARC_TOKEN_STATUS_INVALID_ARGUMENT` for what is no text; `ARC_TOKEN_STATUS_INTERNAL`.
///
/// # Safety
/// - `request` is NULL (an error), or a request not freed yet.
/// - `endpoint` is NULL with `length` 0 (which is refused), or valid for reads of `length` bytes, unless `length` is more than 65536.
/// - `table_out` is NULL (an error), or valid for a write. The table it gets is the caller's to free.
/// - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_request_check_endpoint(
    request: *mut RequestObject,
    endpoint: *const c_char,
    length: usize,
    table_out: *mut *mut TableObject,
    error_out: *mut *mut ErrorObject,
) -> Status {
    // SAFETY: the caller's promises on each argument, in the order of the list above.
    unsafe {
        fallible(error_out, || {
            let request = input::object(request, "request")?.request();
            let table_out = input::output(table_out, "table_out")?;
            let text = input::text(endpoint, length, "endpoint")?.unwrap_or_default();
            let variable = |name: &str| request.params().variable(name);
            let (endpoint, log) = check_named_address(text, &HostEnvironment::with_variables(&variable))?;
            let mut row = vec![(Column::Endpoint, endpoint), (Column::Log, log.steps()), (Column::LogDetail, log.details())];
            row.extend(Some(log.warnings()).filter(|warnings| !warnings.is_empty()).map(|warnings| (Column::Warnings, warnings)));
            table_out.write(handles::hand_out(TableObject::new(vec![row])));
            Ok(Status::Ok)
        })
    }
}
