//! `AttemptError`: a failed try with the agent, and whether another try may succeed.

use std::time::Duration;

use crate::error::ErrorKind;

/// A failed try.
#[derive(Debug)]
pub(crate) struct AttemptError {
    pub(crate) kind: ErrorKind,
    /// `None` when another try cannot succeed.
    pub(crate) transient: Option<Transient>,
}

/// The reason why another try may succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transient {
    /// Nobody listens: the agent may be restarting.
    Refused,
    /// The agent is busy or failed, or the connection broke. With the pause that the agent asked for.
    Busy(Option<Duration>),
    /// The agent refused the key: another program may have used it, or the agent may have replaced it.
    KeyRejected,
    /// The key file was deleted before it was read.
    KeyVanished,
}

impl AttemptError {
    pub(crate) fn busy(kind: ErrorKind) -> Self {
        Self { kind, transient: Some(Transient::Busy(None)) }
    }

    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.transient, Some(Transient::Busy(_)))
    }
}

/// An error that ends the call.
impl From<ErrorKind> for AttemptError {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, transient: None }
    }
}
