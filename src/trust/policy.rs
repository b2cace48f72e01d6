//! `PeerPolicy`: the caller's word on an agent that cannot be told from other programs.

use crate::agent::host_environment::{HostEnvironment, process_variable};

/// What to do where the system does not say who answers, or gives the agent's user no number of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PeerPolicy {
    /// No word on sockets: a warning. A user without a number: an error.
    #[default]
    Usual,
    /// Both are errors.
    RequireIdentified,
    /// Both are warnings: every user without a number counts as the agent.
    AllowUnidentified,
}

impl PeerPolicy {
    /// The stricter one of this and the environment's. Whoever sets variables must not be able to switch a check off.
    /// So the variable counts where the caller sees it, and where the process has it.
    pub(crate) fn or_stricter(self, host: &HostEnvironment<'_>) -> Self {
        const REQUIRE: &str = "ARC_TOKEN_REQUIRE_IDENTIFIED_AGENT";
        let requires = |value: Option<String>| value.is_some_and(|value| !value.is_empty() && value != "0");
        let is_required = requires((host.environment)(REQUIRE)) || requires(process_variable(REQUIRE));
        if is_required { PeerPolicy::RequireIdentified } else { self }
    }
}
