//! `ErrorKind`: all errors as one enum, with their texts. `advice.rs` has the advice for each.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use super::agent_words::AgentWords;
use super::no_answer::NoAnswerReason;
use super::status::Status;
use crate::secret::redaction::SentKeys;
use crate::sys;
use crate::text::plain::shown;

/// The problem of a failed call.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// See [`Status::InvalidArgument`].
    #[error("{problem}")]
    InvalidArgument {
        /// The wrong value, and the rule that it breaks.
        problem: String,
        /// The kind of value that is wanted.
        advice: Cow<'static, str>,
    },
    /// See [`Status::EndpointRefused`].
    #[error("The agent endpoint '{endpoint}' ({named_by}) is not allowed: {reason}.")]
    EndpointRefused {
        /// The endpoint as given, without credentials.
        endpoint: String,
        /// The source of the address in words, such as "given by the caller".
        named_by: &'static str,
        /// The rule that it breaks.
        reason: &'static str,
        /// The way out for an address of this source.
        advice: &'static str,
    },
    /// See [`Status::AgentNotInstalled`].
    #[error("No Azure Arc agent is installed on this machine: there is no '{looked_for}'.")]
    AgentNotInstalled {
        /// The file that an installed agent has.
        looked_for: String,
    },
    /// See [`Status::AgentNotRunning`].
    #[error("The Azure Arc agent does not answer at {address}: {what}.")]
    AgentNotRunning {
        /// Host and port.
        address: String,
        /// The case.
        reason: NoAnswerReason,
        /// The failure of the connection.
        what: String,
    },
    /// See [`Status::ForeignAnswer`].
    #[error("Something other than the Azure Arc agent answers at {address}: {what}.")]
    ForeignAnswer {
        /// Host and port.
        address: String,
        /// The sign that it is not the agent.
        what: String,
        /// The HTTP status of the answer, if there is one.
        http_status: Option<u16>,
        /// True when it was sent a key, which is good for one token.
        key_sent: bool,
    },
    /// See [`Status::ForeignAnswer`]: nobody can say whether it is the agent that answers.
    #[error("Nobody can say whether the Azure Arc agent answers at {address}: {what}.")]
    UnidentifiedAgent {
        /// Host and port.
        address: String,
        /// The reason.
        what: String,
        /// The ways out.
        advice: &'static str,
    },
    /// See [`Status::BadChallenge`].
    #[error("The agent at {address} asked for proof in an unknown way: {what}.")]
    BadChallenge {
        /// Host and port.
        address: String,
        /// The problem of the challenge.
        what: String,
    },
    /// See [`Status::BadChallenge`]: the agent is that of the Windows below this Linux.
    #[error("The agent at {address} is one of Windows, and this process is not: {what}.")]
    WindowsAgent {
        /// Host and port.
        address: String,
        /// The sign of it.
        what: String,
    },
    /// See [`Status::KeyFileRefused`].
    #[error("The key file '{path}' that the agent named is refused: {what}.")]
    KeyFileRefused {
        /// The path that the agent named, made safe to show.
        path: String,
        /// The rule that the file breaks.
        reason: KeyFileReason,
        /// The rule, in words.
        what: String,
    },
    /// See [`Status::KeyAccessDenied`].
    #[error("This user ({user}) may not read the agent's key file '{path}'.")]
    KeyAccessDenied {
        /// The path of the file or directory.
        path: String,
        /// The user of this process.
        user: String,
        /// True for root, who needs other advice than to join a group.
        root: bool,
    },
    /// See [`Status::KeyRejected`].
    #[error("The agent at {address} refused the key from its own key file, twice{}.", said(words))]
    KeyRejected {
        /// Host and port.
        address: String,
        /// What the agent says.
        words: Box<AgentWords>,
    },
    /// See [`Status::IdentityNotFound`].
    #[error("The identity asked for is not assigned to this machine (HTTP {http_status}: {}).", words.description)]
    IdentityNotFound {
        /// The HTTP status of the answer.
        http_status: u16,
        /// What the agent says.
        words: Box<AgentWords>,
    },
    /// See [`Status::SelectorNotHonoured`].
    #[error("The agent did not confirm that the token is of the identity asked for: {what}.")]
    SelectorNotHonoured {
        /// The identity in the request and the identity in the answer.
        what: String,
    },
    /// See [`Status::AgentError`].
    #[error("The Azure Arc agent answered HTTP {http_status}{}.", said(words))]
    AgentError {
        /// The HTTP status of the answer.
        http_status: u16,
        /// What the agent says, and Microsoft Entra through it.
        words: Box<AgentWords>,
        /// The pause that the agent asked for.
        retry_after: Option<Duration>,
        /// The resource that a token was asked for, made safe to show. Absent from what is no request for a token.
        resource: Option<String>,
    },
    /// See [`Status::BadResponse`].
    #[error("The agent's answer cannot be used: {what}.")]
    BadResponse {
        /// The problem of the answer.
        what: String,
    },
    /// See [`Status::BadResponse`]: by this machine's clock, the token has ended.
    #[error("The agent's answer cannot be used: {what}.")]
    EndedToken {
        /// The times that are known.
        what: String,
    },
    /// See [`Status::Timeout`].
    #[error("The time of {} was up while {waiting_for}.", seconds(*limit))]
    Timeout {
        /// The time limit of the call.
        limit: Duration,
        /// The step that took too long.
        waiting_for: &'static str,
    },
    /// See [`Status::Cancelled`].
    #[error("The call was cancelled.")]
    Cancelled,
    /// See [`Status::Internal`].
    #[error("A fault in ArcToken: {what}.")]
    Internal {
        /// The fault, as far as it is known.
        what: String,
    },
    /// See [`Status::Internal`]: the system gives this process no more file descriptors, memory, threads or ports.
    #[error("This process has used up what the system allows it: {what}.")]
    UsedUp {
        /// What could not be done, with the system's reason.
        what: String,
    },
}

/// The rule that a key file breaks.
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
    /// Deleted before it was read.
    Vanished,
    /// The system cannot read it.
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
    /// All texts in the error. Each of them may repeat text from the agent, or from a stranger in its place.
    ///
    /// Each arm names every field: so a new field does not compile until it is decided here whether it may have such text.
    fn untrusted_text_mut(&mut self) -> Vec<&mut String> {
        match self {
            ErrorKind::InvalidArgument { problem, advice: _ } => vec![problem],
            ErrorKind::EndpointRefused { endpoint, named_by: _, reason: _, advice: _ } => vec![endpoint],
            ErrorKind::AgentNotInstalled { looked_for } => vec![looked_for],
            ErrorKind::AgentNotRunning { address, reason: _, what }
            | ErrorKind::BadChallenge { address, what }
            | ErrorKind::WindowsAgent { address, what } => vec![address, what],
            ErrorKind::ForeignAnswer { address, what, http_status: _, key_sent: _ }
            | ErrorKind::UnidentifiedAgent { address, what, advice: _ } => {
                vec![address, what]
            }
            ErrorKind::KeyFileRefused { path, reason: _, what } => vec![path, what],
            ErrorKind::KeyAccessDenied { path, user, root: _ } => vec![path, user],
            ErrorKind::KeyRejected { address, words } => words.texts_mut().into_iter().chain([address]).collect(),
            ErrorKind::IdentityNotFound { http_status: _, words } => words.texts_mut().into(),
            ErrorKind::AgentError { http_status: _, words, retry_after: _, resource } => {
                words.texts_mut().into_iter().chain(resource).collect()
            }
            ErrorKind::SelectorNotHonoured { what }
            | ErrorKind::BadResponse { what }
            | ErrorKind::EndedToken { what }
            | ErrorKind::Internal { what }
            | ErrorKind::UsedUp { what } => vec![what],
            ErrorKind::Timeout { limit: _, waiting_for: _ } | ErrorKind::Cancelled => Vec::new(),
        }
    }

    /// The error of a step that the system refused: `what` could not be done.
    pub(crate) fn of_system(what: &str, error: &io::Error) -> Self {
        let what = format!("{what} ({})", shown(&error.to_string()));
        if sys::is_used_up(error) { ErrorKind::UsedUp { what } } else { ErrorKind::Internal { what } }
    }

    /// The error with the resource that a token was asked for, where its advice names it.
    pub(crate) fn asked_for(mut self, asked: &str) -> Self {
        if let ErrorKind::AgentError { resource, .. } = &mut self {
            *resource = Some(shown(asked));
        }
        self
    }

    /// True when Microsoft Entra does not know the resource in the machine's tenant.
    pub(crate) fn is_unknown_resource(&self) -> bool {
        match self {
            ErrorKind::AgentError { words, .. } => {
                words.entra_error() == Some(500_011) || words.code.eq_ignore_ascii_case("invalid_resource")
            }
            _ => false,
        }
    }

    /// The error without any of the keys that were sent.
    pub(crate) fn redacted(mut self, keys: &SentKeys) -> Self {
        for text in self.untrusted_text_mut() {
            *text = keys.redact(text);
        }
        self
    }

    /// The stable number and name.
    pub const fn status(&self) -> Status {
        match self {
            ErrorKind::InvalidArgument { .. } => Status::InvalidArgument,
            ErrorKind::EndpointRefused { .. } => Status::EndpointRefused,
            ErrorKind::AgentNotInstalled { .. } => Status::AgentNotInstalled,
            ErrorKind::AgentNotRunning { .. } => Status::AgentNotRunning,
            ErrorKind::ForeignAnswer { .. } | ErrorKind::UnidentifiedAgent { .. } => Status::ForeignAnswer,
            ErrorKind::BadChallenge { .. } | ErrorKind::WindowsAgent { .. } => Status::BadChallenge,
            ErrorKind::KeyFileRefused { .. } => Status::KeyFileRefused,
            ErrorKind::KeyAccessDenied { .. } => Status::KeyAccessDenied,
            ErrorKind::KeyRejected { .. } => Status::KeyRejected,
            ErrorKind::IdentityNotFound { .. } => Status::IdentityNotFound,
            ErrorKind::SelectorNotHonoured { .. } => Status::SelectorNotHonoured,
            ErrorKind::AgentError { .. } => Status::AgentError,
            ErrorKind::BadResponse { .. } | ErrorKind::EndedToken { .. } => Status::BadResponse,
            ErrorKind::Timeout { .. } => Status::Timeout,
            ErrorKind::Cancelled => Status::Cancelled,
            ErrorKind::Internal { .. } | ErrorKind::UsedUp { .. } => Status::Internal,
        }
    }
}

fn said(words: &AgentWords) -> String {
    let texts = [&words.code, &words.description].into_iter().filter(|text| !text.is_empty());
    texts.map(|text| format!(": {}", text.trim_end_matches('.'))).collect()
}

fn seconds(time: Duration) -> String {
    format!("{} s", (time.as_secs_f64() * 10.0).round() / 10.0)
}

#[cfg(test)]
#[path = "kind_tests.rs"]
pub(crate) mod tests;
