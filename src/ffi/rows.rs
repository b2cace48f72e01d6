//! Makes rows of texts for C out of checks and of a machine.

use super::table::{Column, Row};
use crate::diagnostics::check::Check;
use crate::machine::metadata::ArcMachine;

/// A row for each check.
pub(super) fn check_rows(checks: Vec<Check>) -> Vec<Row> {
    let row = |check: Check| {
        let mut row =
            vec![(Column::Name, check.name.to_owned()), (Column::Status, check.status.name().to_owned()), (Column::Detail, check.detail)];
        row.extend((!check.advice.is_empty()).then_some((Column::Advice, check.advice)));
        row
    };
    checks.into_iter().map(row).collect()
}

/// A row for the machine, then one for each tag.
pub(super) fn machine_rows(machine: ArcMachine) -> Vec<Row> {
    let texts = [
        (Column::Endpoint, Some(machine.agent.endpoint().to_owned())),
        (Column::EndpointSource, Some(machine.agent.source().to_owned())),
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
        (Column::Warnings, Some(machine.log.warnings()).filter(|warnings| !warnings.is_empty())),
    ];
    let first = texts.into_iter().filter_map(|(column, text)| Some((column, text?))).collect();
    let tag = |(name, value)| vec![(Column::Name, name), (Column::Value, value)];
    std::iter::once(first).chain(machine.tags.into_iter().map(tag)).collect()
}
