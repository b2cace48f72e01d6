//! `Source`: what named an agent's address.

use std::fmt;

use crate::error::agent::GIVEN_BY_CALLER;
use crate::sys;

/// The source of an agent's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Caller,
    Environment,
    ServiceConfiguration,
    Installation,
}

impl Source {
    /// The source in words.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Source::Caller => GIVEN_BY_CALLER,
            Source::Environment => "from IDENTITY_ENDPOINT",
            Source::ServiceConfiguration => "from the agent's service configuration",
            Source::Installation => "the installed agent's usual address",
        }
    }

    /// What to do about an address of this source that is not allowed.
    pub(crate) fn advice(self) -> &'static str {
        match self {
            Source::Caller => {
                "Use http with 127.0.0.1, [::1] or localhost, as in http://127.0.0.1:40342, or name no endpoint and let the installed agent be found."
            }
            Source::Environment => {
                "If it is set for another service, remove it or IMDS_ENDPOINT from this process's environment: the installed agent is found without them."
            }
            Source::ServiceConfiguration | Source::Installation => sys::REFUSED_CONFIGURATION,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.text())
    }
}
