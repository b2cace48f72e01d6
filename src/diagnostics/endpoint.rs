//! The rows 'Agent installed', 'Endpoint' and 'Environment variables': is there an agent, of which version, where does its address come
//! from, and is it allowed?

use std::path::Path;

use super::check::CheckId;
use super::known_faults::faults_of;
use super::report::Row;
use crate::agent::host_environment::HostEnvironment;
use crate::agent::locate::{is_absent, other_service};
use crate::agent::source::Source;
use crate::error::ErrorKind;
use crate::request::validated::ValidatedRequest;
use crate::sys;
use crate::text::plain::shown_path;

pub(super) fn row(request: &Result<ValidatedRequest, ErrorKind>) -> Row {
    match request {
        Ok(request) => Row::pass(format!("{} ({}).", request.agent.endpoint, request.agent.source)),
        Err(ErrorKind::AgentNotInstalled { .. }) => Row::needs(CheckId::Installed),
        Err(kind) => Row::error(kind),
    }
}

/// The row 'Environment variables'. It shows only their names, as the values may hold anything.
pub(super) fn variables_row(host: &HostEnvironment<'_>, source: Option<Source>) -> Row {
    let is_set = |name| (host.environment)(name).is_some_and(|value| !value.is_empty());
    let given = source == Some(Source::Caller);
    if let (true, false, Some(sign)) = (is_set("IDENTITY_ENDPOINT"), given, other_service(host)) {
        return Row::warning(
            format!(
                "IDENTITY_ENDPOINT is set with {sign}, so it is another service's (Azure Automation, App Service or Service Fabric), and is not used."
            ),
            "ArcToken needs nothing here. Programs that know both services get that one's identity: if this process needs none, remove both.",
        );
    }
    match (is_set("IDENTITY_ENDPOINT"), is_set("IMDS_ENDPOINT")) {
        (true, true) if given => Row::pass("IDENTITY_ENDPOINT and IMDS_ENDPOINT are set, and not used, since an endpoint was given."),
        (true, true) if source.is_none() => Row::warning(
            "IDENTITY_ENDPOINT and IMDS_ENDPOINT are set, and the address in IDENTITY_ENDPOINT is not used: see 'Endpoint'.",
            "If no service of this process needs them, remove them: the installed agent is found without.",
        ),
        (true, true) => Row::pass("IDENTITY_ENDPOINT and IMDS_ENDPOINT are set, and the endpoint is the one that they name."),
        (false, false) if given => {
            Row::pass("IDENTITY_ENDPOINT and IMDS_ENDPOINT are not set, which does not matter: an endpoint was given.")
        }
        (false, false) => Row::pass(
            "IDENTITY_ENDPOINT and IMDS_ENDPOINT are not set, which does not matter: the agent is looked for by its files. \
             (The agent sets them for services and new Windows sessions only.)",
        ),
        (true, false) => Row::warning(
            "IDENTITY_ENDPOINT is set without IMDS_ENDPOINT, so it is another service's, and is not used.",
            "ArcToken needs nothing here. Other programs may take it for the agent's address: if no service of this process needs it, remove it.",
        ),
        (false, true) => Row::pass("IMDS_ENDPOINT is set without IDENTITY_ENDPOINT, which does not matter: neither is used."),
    }
}

/// The row 'Agent installed'. `source` is the source of the agent's address, if there is one.
pub(super) fn installed_row(host: &HostEnvironment<'_>, source: Option<Source>) -> Row {
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
