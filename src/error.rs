//! A failed call, as it is given to the caller.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::advice;
use crate::discovery::Agent;
pub use crate::error_kind::{ErrorKind, KeyFileReason};
use crate::log::Log;
use crate::status::Status;

/// A failed call: what went wrong, where the agent was thought to be, and the steps taken until then.
///
/// Cheap to clone. Its text never holds a secret.
#[derive(Clone)]
pub struct Error(Arc<Failure>);

struct Failure {
    kind: ErrorKind,
    agent: Option<Agent>,
    log: Log,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, agent: Option<Agent>, log: Log) -> Self {
        Self(Arc::new(Failure { kind, agent, log }))
    }

    /// A fault of this library, for the layers above it.
    #[cfg(feature = "c-api")]
    pub(crate) fn internal(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal { what: what.into() }, None, Log::new())
    }

    /// A wrong value, for the layers above this library.
    #[cfg(feature = "c-api")]
    pub(crate) fn invalid_argument(problem: impl Into<String>, advice: &'static str) -> Self {
        Self::new(ErrorKind::InvalidArgument { problem: problem.into(), advice }, None, Log::new())
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The stable number and name of what went wrong.
    pub fn status(&self) -> Status {
        self.0.kind.status()
    }

    /// What went wrong, in words, and which agent address that concerns.
    pub fn problem(&self) -> String {
        match &self.0.agent {
            Some(agent) => format!("{} (Endpoint: {}, {}.)", self.0.kind, agent.endpoint, agent.source),
            None => self.0.kind.to_string(),
        }
    }

    /// What to do about it.
    pub fn advice(&self) -> String {
        advice::of(&self.0.kind)
    }

    /// One word that tells apart the cases of one status, where there are such.
    pub fn reason(&self) -> Option<&'static str> {
        match self.kind() {
            ErrorKind::KeyFileRefused { reason, .. } => Some(reason.word()),
            _ => None,
        }
    }

    /// The HTTP status of the answer that is the problem, where there was one.
    pub fn http_status(&self) -> Option<u16> {
        match self.kind() {
            ErrorKind::AgentError { http_status, .. } | ErrorKind::IdentityNotFound { http_status, .. } => Some(*http_status),
            ErrorKind::ForeignAnswer { http_status, .. } => *http_status,
            _ => None,
        }
    }

    /// The agent's own `error`, where it gave one.
    pub fn agent_code(&self) -> Option<&str> {
        match self.kind() {
            ErrorKind::AgentError { code, .. } | ErrorKind::IdentityNotFound { code, .. } | ErrorKind::KeyRejected { code, .. } => {
                Some(code).filter(|c| !c.is_empty()).map(|c| c.as_str())
            }
            _ => None,
        }
    }

    /// The agent's own `error_description`, where it gave one.
    pub fn agent_description(&self) -> Option<&str> {
        match self.kind() {
            ErrorKind::AgentError { description, .. }
            | ErrorKind::IdentityNotFound { description, .. }
            | ErrorKind::KeyRejected { description, .. } => Some(description).filter(|d| !d.is_empty()).map(|d| d.as_str()),
            _ => None,
        }
    }

    /// The agent address used, when it got that far.
    pub fn endpoint(&self) -> Option<&str> {
        self.0.agent.as_ref().map(|agent| agent.endpoint.as_str())
    }

    /// What named that address.
    pub fn endpoint_source(&self) -> Option<String> {
        self.0.agent.as_ref().map(|agent| agent.source.to_string())
    }

    /// The steps taken until it failed.
    pub fn log(&self) -> &Log {
        &self.0.log
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let advice = self.advice();
        write!(formatter, "{}{}{advice}", self.problem(), if advice.is_empty() { "" } else { " " })
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Error").field("kind", self.kind()).field("agent", &self.0.agent).field("log", &self.0.log).finish()
    }
}

impl std::error::Error for Error {}

/// A path as text that can be shown.
pub(crate) fn shown_path(path: &Path) -> String {
    crate::text::shown(&path.to_string_lossy())
}
