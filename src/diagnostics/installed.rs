//! The row 'Agent installed': is there an agent, and of which version?

use std::path::Path;

use super::known_faults::faults_of;
use super::report::Row;
use crate::agent::host_environment::HostEnvironment;
use crate::agent::locate::is_absent;
use crate::agent::source::Source;
use crate::error::ErrorKind;
use crate::sys;
use crate::text::plain::shown_path;

/// `source` is the source of the agent's address, if there is one.
pub(super) fn row(host: &HostEnvironment<'_>, source: Option<Source>) -> Row {
    let program = host.agent_program.as_deref().unwrap_or(Path::new("himds"));
    let shown = shown_path(program);
    if !is_absent(program) {
        return match sys::agent_version() {
            Some(version) => match faults_of(&version) {
                Some((faults, advice)) => Row::warning(format!("'{shown}' is there, version {version}. {faults}"), advice),
                None => Row::pass(format!("'{shown}' is there, version {version}.")),
            },
            None => Row::pass(format!("'{shown}' is there.")),
        };
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
