//! `Error`: a failed call, as the caller gets it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::advice::advice;
use super::agent::Agent;
use super::agent_words::AgentWords;
use super::kind::ErrorKind;
use super::status::Status;
use crate::log::Log;

/// A failed call: the problem, the address of the agent, and the steps taken until then.
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

    /// A fault of this library, for the C interface.
    #[cfg(feature = "c-api")]
    pub(crate) fn internal(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal { what: what.into() }, None, Log::new())
    }

    /// A wrong value, for the C interface.
    #[cfg(feature = "c-api")]
    pub(crate) fn invalid_argument(problem: impl Into<String>, advice: &'static str) -> Self {
        Self::new(ErrorKind::InvalidArgument { problem: problem.into(), advice: advice.into() }, None, Log::new())
    }

    /// The problem, with its details.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The stable number and name of the problem.
    pub fn status(&self) -> Status {
        self.0.kind.status()
    }

    /// The problem in words, and the address of the agent.
    pub fn problem(&self) -> String {
        match &self.0.agent {
            Some(agent) => format!("{} (Endpoint: {}, {}.)", self.0.kind, agent.url, agent.source),
            None => self.0.kind.to_string(),
        }
    }

    /// The next step in words. Empty if there is nothing to do.
    pub fn advice(&self) -> String {
        advice(&self.0.kind, self.0.agent.as_ref())
    }

    /// The case, in one word, for a status that has several cases.
    pub fn reason(&self) -> Option<&'static str> {
        match self.kind() {
            ErrorKind::KeyFileRefused { reason, .. } => Some(reason.word()),
            ErrorKind::AgentNotRunning { reason, .. } => Some(reason.word()),
            _ => None,
        }
    }

    /// The HTTP status of the answer, if an answer is the problem.
    pub fn http_status(&self) -> Option<u16> {
        match self.kind() {
            ErrorKind::AgentError { http_status, .. } | ErrorKind::IdentityNotFound { http_status, .. } => Some(*http_status),
            ErrorKind::ForeignAnswer { http_status, .. } => *http_status,
            _ => None,
        }
    }

    /// The pause that the agent asked for (`Retry-After`), if its answer is the problem.
    pub fn retry_after(&self) -> Option<Duration> {
        match self.kind() {
            ErrorKind::AgentError { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The agent's own `error`, if it gave one.
    pub fn agent_code(&self) -> Option<&str> {
        self.words(|words| &words.code)
    }

    /// The agent's own `error_description`, if it gave one. It can be long: Entra's texts are kept whole.
    pub fn agent_description(&self) -> Option<&str> {
        self.words(|words| &words.description)
    }

    /// Microsoft Entra's trace id in the agent's answer. Microsoft's support asks for it.
    pub fn trace_id(&self) -> Option<&str> {
        self.words(|words| &words.trace_id)
    }

    /// Microsoft Entra's correlation id in the agent's answer. Microsoft's support asks for it.
    pub fn correlation_id(&self) -> Option<&str> {
        self.words(|words| &words.correlation_id)
    }

    /// The time of Microsoft Entra's answer, as it wrote it.
    pub fn timestamp(&self) -> Option<&str> {
        self.words(|words| &words.timestamp)
    }

    fn words(&self, text: impl Fn(&AgentWords) -> &String) -> Option<&str> {
        match self.kind() {
            ErrorKind::AgentError { words, .. } | ErrorKind::IdentityNotFound { words, .. } | ErrorKind::KeyRejected { words, .. } => {
                Some(text(words).as_str()).filter(|text| !text.is_empty())
            }
            _ => None,
        }
    }

    /// The agent. `None` if the call failed before its address was known.
    pub fn agent(&self) -> Option<&Agent> {
        self.0.agent.as_ref()
    }

    /// The steps taken until the call failed.
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
