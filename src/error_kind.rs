//! What can go wrong, as one enum; each with a problem (here) and what to do about it (in `advice.rs`).

use std::time::Duration;

use crate::status::Status;

/// What went wrong.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// See [`Status::InvalidArgument`].
    #[error("{problem}")]
    InvalidArgument {
        /// Which value is wrong, and how.
        problem: String,
        /// What is wanted instead.
        advice: &'static str,
    },
    /// See [`Status::EndpointRefused`].
    #[error("The agent endpoint '{endpoint}' is not allowed: {reason}.")]
    EndpointRefused {
        /// The endpoint as it was named, without credentials.
        endpoint: String,
        /// Why.
        reason: &'static str,
    },
    /// See [`Status::AgentNotInstalled`].
    #[error("No Azure Arc agent is installed on this machine: there is no '{looked_for}'.")]
    AgentNotInstalled {
        /// The file that would be there.
        looked_for: String,
    },
    /// See [`Status::AgentNotRunning`].
    #[error("The Azure Arc agent does not answer at {address}: {what}.")]
    AgentNotRunning {
        /// Host and port.
        address: String,
        /// What happened instead.
        what: String,
    },
    /// See [`Status::ForeignAnswer`].
    #[error("Something other than the Azure Arc agent answers at {address}: {what}.")]
    ForeignAnswer {
        /// Host and port.
        address: String,
        /// How it was noticed.
        what: String,
        /// The HTTP status of the answer, where there was one.
        http_status: Option<u16>,
    },
    /// See [`Status::BadChallenge`].
    #[error("The agent at {address} asked for proof in an unknown way: {what}.")]
    BadChallenge {
        /// Host and port.
        address: String,
        /// What is wrong with the challenge.
        what: String,
    },
    /// See [`Status::KeyFileRefused`].
    #[error("The key file '{path}' that the agent named is refused: {what}.")]
    KeyFileRefused {
        /// The path as the agent named it, made fit to be shown.
        path: String,
        /// Which rule it breaks.
        reason: KeyFileReason,
        /// The rule, in words.
        what: String,
    },
    /// See [`Status::KeyAccessDenied`].
    #[error("This user ({user}) may not read the agent's key file '{path}'.")]
    KeyAccessDenied {
        /// The path of the file or directory.
        path: String,
        /// Who asked, as far as the system tells.
        user: String,
        /// True for root, who is never told to join a group.
        root: bool,
    },
    /// See [`Status::KeyRejected`].
    #[error("The agent at {address} refused the key from its own key file, twice{}{}.", parted(": ", code), parted(": ", description))]
    KeyRejected {
        /// Host and port.
        address: String,
        /// The agent's `error`.
        code: String,
        /// The agent's `error_description`.
        description: String,
    },
    /// See [`Status::IdentityNotFound`].
    #[error("The identity asked for is not assigned to this machine (HTTP {http_status}: {description}).")]
    IdentityNotFound {
        /// The HTTP status of the answer.
        http_status: u16,
        /// The agent's code.
        code: String,
        /// The agent's words.
        description: String,
    },
    /// See [`Status::SelectorNotHonoured`].
    #[error("The agent did not confirm that the token is of the identity asked for: {what}.")]
    SelectorNotHonoured {
        /// What was asked and what came back.
        what: String,
    },
    /// See [`Status::AgentError`].
    #[error("The Azure Arc agent answered HTTP {http_status}{}{}.", parted(": ", code), parted(": ", description))]
    AgentError {
        /// The HTTP status of the answer.
        http_status: u16,
        /// The agent's `error`.
        code: String,
        /// The agent's `error_description`.
        description: String,
    },
    /// See [`Status::BadResponse`].
    #[error("The agent's answer cannot be used: {what}.")]
    BadResponse {
        /// What is wrong with it.
        what: String,
    },
    /// See [`Status::Timeout`].
    #[error("The time of {} was up while {waiting_for}.", seconds(*limit))]
    Timeout {
        /// The time that was allowed.
        limit: Duration,
        /// What was being waited for.
        waiting_for: &'static str,
    },
    /// See [`Status::Cancelled`].
    #[error("The call was cancelled.")]
    Cancelled,
    /// See [`Status::Internal`].
    #[error("A fault in ArcToken: {what}.")]
    Internal {
        /// Where, as far as is known.
        what: String,
    },
}

/// Which rule a key file breaks.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyFileReason {
    /// Not directly in the agent's key directory, or not named like a key file.
    Path,
    /// Not a regular file, or one with another name elsewhere: a link, a directory, a device.
    Kind,
    /// Neither root's nor the key directory's owner's.
    Owner,
    /// Larger than 4096 bytes.
    Size,
    /// Empty, or not one line of printable ASCII.
    Content,
    /// Gone before it could be read.
    Vanished,
    /// The system could not read it.
    Unreadable,
}

impl KeyFileReason {
    /// The reason as one lower-case word.
    pub const fn word(self) -> &'static str {
        match self {
            KeyFileReason::Path => "path",
            KeyFileReason::Kind => "kind",
            KeyFileReason::Owner => "owner",
            KeyFileReason::Size => "size",
            KeyFileReason::Content => "content",
            KeyFileReason::Vanished => "vanished",
            KeyFileReason::Unreadable => "unreadable",
        }
    }
}

impl ErrorKind {
    /// Everything in it that may be what the agent said, or who answers in its place.
    pub(crate) fn agents_words(&mut self) -> Vec<&mut String> {
        match self {
            ErrorKind::KeyFileRefused { path, what, .. } => vec![path, what],
            ErrorKind::KeyAccessDenied { path, .. } => vec![path],
            ErrorKind::KeyRejected { code, description, .. }
            | ErrorKind::IdentityNotFound { code, description, .. }
            | ErrorKind::AgentError { code, description, .. } => vec![code, description],
            ErrorKind::AgentNotRunning { what, .. }
            | ErrorKind::ForeignAnswer { what, .. }
            | ErrorKind::BadChallenge { what, .. }
            | ErrorKind::SelectorNotHonoured { what }
            | ErrorKind::BadResponse { what } => vec![what],
            ErrorKind::InvalidArgument { .. }
            | ErrorKind::EndpointRefused { .. }
            | ErrorKind::AgentNotInstalled { .. }
            | ErrorKind::Timeout { .. }
            | ErrorKind::Cancelled
            | ErrorKind::Internal { .. } => Vec::new(),
        }
    }

    /// The stable number and name.
    pub const fn status(&self) -> Status {
        match self {
            ErrorKind::InvalidArgument { .. } => Status::InvalidArgument,
            ErrorKind::EndpointRefused { .. } => Status::EndpointRefused,
            ErrorKind::AgentNotInstalled { .. } => Status::AgentNotInstalled,
            ErrorKind::AgentNotRunning { .. } => Status::AgentNotRunning,
            ErrorKind::ForeignAnswer { .. } => Status::ForeignAnswer,
            ErrorKind::BadChallenge { .. } => Status::BadChallenge,
            ErrorKind::KeyFileRefused { .. } => Status::KeyFileRefused,
            ErrorKind::KeyAccessDenied { .. } => Status::KeyAccessDenied,
            ErrorKind::KeyRejected { .. } => Status::KeyRejected,
            ErrorKind::IdentityNotFound { .. } => Status::IdentityNotFound,
            ErrorKind::SelectorNotHonoured { .. } => Status::SelectorNotHonoured,
            ErrorKind::AgentError { .. } => Status::AgentError,
            ErrorKind::BadResponse { .. } => Status::BadResponse,
            ErrorKind::Timeout { .. } => Status::Timeout,
            ErrorKind::Cancelled => Status::Cancelled,
            ErrorKind::Internal { .. } => Status::Internal,
        }
    }
}

fn parted(mark: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{mark}{}", text.trim_end_matches('.')) }
}

fn seconds(time: Duration) -> String {
    format!("{} s", (time.as_secs_f64() * 10.0).round() / 10.0)
}
