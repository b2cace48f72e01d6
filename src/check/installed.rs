//! Is there an agent, and which version?

use std::path::Path;

use super::rows::Row;
use crate::discovery::{Machine, Source, is_absent};
use crate::error::{ErrorKind, shown_path};
use crate::sys;

/// `source` is what named the address, if there is one.
pub(super) fn check(machine: &Machine<'_>, source: Option<Source>) -> Row {
    let program = machine.agent_program.as_deref().unwrap_or(Path::new("himds"));
    let shown = shown_path(program);
    if !is_absent(program) {
        let version = sys::agent_version().map_or(String::new(), |version| format!(", version {version}"));
        return Row::pass(format!("'{shown}' is there{version}."));
    }
    match source {
        Some(Source::Caller) => Row::skip(format!("There is no '{shown}'. None is needed, since an endpoint was given.")),
        Some(Source::Environment) => Row::warning(
            format!("There is no '{shown}', but IDENTITY_ENDPOINT and IMDS_ENDPOINT name an agent."),
            "In a container that uses its host's agent this is as it should be; elsewhere the variables were left behind: remove them.",
        ),
        _ => Row::error(&ErrorKind::AgentNotInstalled { looked_for: shown }),
    }
}
