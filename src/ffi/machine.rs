//! The machine's metadata, as C sees it.

use std::sync::Arc;

use super::door::fallible;
use super::error::ErrorObject;
use super::input;
use super::pending::Pending;
use super::request::RequestObject;
use super::table::{Column, Row};
use crate::machine::{self, ArcMachine};
use crate::status::Status;

pub(super) fn rows(machine: ArcMachine) -> Vec<Row> {
    let texts = [
        (Column::Endpoint, Some(machine.endpoint)),
        (Column::EndpointSource, Some(machine.endpoint_source)),
        (Column::Name, machine.name),
        (Column::ResourceId, machine.resource_id),
        (Column::SubscriptionId, machine.subscription_id),
        (Column::ResourceGroup, machine.resource_group),
        (Column::Location, machine.location),
        (Column::Environment, machine.environment),
        (Column::OsType, machine.os_type),
        (Column::VmId, machine.vm_id),
        (Column::AgentStatus, machine.agent_status),
        (Column::AgentVersion, machine.agent_version),
        (Column::Log, Some(machine.log.steps())),
        (Column::LogDetail, Some(machine.log.details())),
    ];
    let first = texts.into_iter().filter_map(|(column, text)| Some((column, text?))).collect();
    let tag = |(name, value)| vec![(Column::Name, name), (Column::Value, value)];
    std::iter::once(first).chain(machine.tags.into_iter().map(tag)).collect()
}

/// Begins to ask the agent about the machine, on a thread of the library, and returns at once: instead of
/// `arc_token_request_start`, and like it once for each request. Of the request's options the endpoint, the API version and
/// the time-out count. No key is needed for this: the agent tells it to every process on the machine.
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
            input::object(request, "request")?.start(|request| Ok(Pending::Machine(Arc::new(machine::start(request.wishes())?))))
        })
    }
}
