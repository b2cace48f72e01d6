//! How the address was found, whether it is allowed, and what the environment has to do with it.

use super::INSTALLED;
use super::rows::Row;
use crate::discovery::{Machine, Source};
use crate::error::ErrorKind;
use crate::plan::Plan;

pub(super) fn check(plan: &Result<Plan, ErrorKind>) -> Row {
    match plan {
        Ok(plan) => Row::pass(format!("{} ({}).", plan.agent.endpoint, plan.agent.source)),
        Err(ErrorKind::AgentNotInstalled { .. }) => Row::needs(INSTALLED),
        Err(kind) => Row::error(kind),
    }
}

/// The values are left out: only which are set matters, and they may be anything.
pub(super) fn variables(machine: &Machine<'_>, source: Option<Source>) -> Row {
    let is_set = |name| (machine.environment)(name).is_some_and(|value| !value.is_empty());
    let given = source == Some(Source::Caller);
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
