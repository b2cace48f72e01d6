//! Errors, as C sees them.

use std::ffi::c_char;

use super::door::infallible;
use super::field::{Field, Texts, lend_text};
use super::{FieldCode, input, live};
use crate::error::Error;
use crate::status::Status;

/// What went wrong in one call. Immutable: any number of threads may read it at the same time.
///
/// Comes out of every function with an `error_out`; freed with `arc_token_error_free`.
///
/// Methods:
/// - `arc_token_error_status`: the stable number
/// - `arc_token_error_http_status`: the HTTP status of the agent's answer
/// - `arc_token_error_text`: messages, the agent's words, the steps taken
/// - `arc_token_error_free`: the end
pub struct ErrorObject {
    status: Status,
    http_status: i32,
    texts: Texts,
}

impl ErrorObject {
    pub(super) fn new(error: &Error) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            status: error.status(),
            http_status: error.http_status().map_or(0, i32::from),
            texts: Texts::new([
                (Field::Message, Some(error.to_string())),
                (Field::Problem, Some(error.problem())),
                (Field::Advice, Some(error.advice()).filter(|advice| !advice.is_empty())),
                (Field::Reason, owned(error.reason())),
                (Field::AgentCode, owned(error.agent_code())),
                (Field::AgentDescription, owned(error.agent_description())),
                (Field::Endpoint, owned(error.endpoint())),
                (Field::EndpointSource, error.endpoint_source()),
                (Field::Log, Some(error.log().steps())),
                (Field::LogDetail, Some(error.log().details())),
            ]),
        }
    }

    #[cfg(test)]
    pub(super) fn texts(&self) -> &Texts {
        &self.texts
    }
}

/// The status, the same that the failed function returned. `ARC_TOKEN_STATUS_INTERNAL` for NULL.
///
/// # Safety
/// - `error` is NULL, or an error not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_error_status(error: *const ErrorObject) -> Status {
    infallible(Status::Internal, || {
        // SAFETY: the caller's promise on `error`.
        unsafe { input::optional(error) }.map_or(Status::Internal, |error| error.status)
    })
}

/// The HTTP status of the agent's answer, where that was the problem; 0 where it was not, and for NULL.
///
/// # Safety
/// - `error` is NULL, or an error not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_error_http_status(error: *const ErrorObject) -> i32 {
    infallible(0, || {
        // SAFETY: the caller's promise on `error`.
        unsafe { input::optional(error) }.map_or(0, |error| error.http_status)
    })
}

/// A text of the error: its address, and its length in bytes in `*length_out`. UTF-8, not NUL-terminated.
///
/// NULL and 0 where there is no such text: for a field that this error does not have, an unknown field, or NULL.
/// The text belongs to the error and is good until that is freed.
///
/// # Safety
/// - `error` is NULL, or an error not freed yet.
/// - `length_out` is NULL, or valid for a write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_error_text(error: *const ErrorObject, field: FieldCode, length_out: *mut usize) -> *const c_char {
    infallible(std::ptr::null(), || {
        // SAFETY: the caller's promises on `error` and on `length_out`.
        unsafe { lend_text(input::optional(error).and_then(|error| error.texts.get(field)), length_out) }
    })
}

/// Frees an error, and with it the texts read from it. NULL is fine.
///
/// # Safety
/// - `error` is NULL, or an error not freed yet, which no other thread is using.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_error_free(error: *mut ErrorObject) {
    infallible((), || {
        // SAFETY: the caller's promise on `error`.
        drop(unsafe { live::take_back(error) });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{ErrorKind, KeyFileReason};
    use crate::log::Log;
    use std::time::Duration;

    /// One error of each kind, with every text in it.
    fn samples() -> Vec<ErrorKind> {
        let text = || "text".to_owned();
        vec![
            ErrorKind::InvalidArgument { problem: text(), advice: "advice" },
            ErrorKind::EndpointRefused { endpoint: text(), reason: "reason" },
            ErrorKind::AgentNotInstalled { looked_for: text() },
            ErrorKind::AgentNotRunning { address: text(), what: text() },
            ErrorKind::ForeignAnswer { address: text(), what: text(), http_status: Some(500) },
            ErrorKind::BadChallenge { address: text(), what: text() },
            ErrorKind::KeyFileRefused { path: text(), reason: KeyFileReason::Owner, what: text() },
            ErrorKind::KeyAccessDenied { path: text(), user: text(), root: false },
            ErrorKind::KeyRejected { address: text(), code: text(), description: text() },
            ErrorKind::IdentityNotFound { http_status: 404, code: text(), description: text() },
            ErrorKind::SelectorNotHonoured { what: text() },
            ErrorKind::AgentError { http_status: 500, code: text(), description: text() },
            ErrorKind::BadResponse { what: text() },
            ErrorKind::Timeout { limit: Duration::from_secs(1), waiting_for: "waiting" },
            ErrorKind::Cancelled,
            ErrorKind::Internal { what: text() },
        ]
    }

    #[test]
    fn every_status_that_is_an_error_has_a_message() {
        let errors = samples().into_iter().map(|kind| ErrorObject::new(&Error::new(kind, None, Log::new()))).collect::<Vec<_>>();
        let failures = Status::ALL.into_iter().filter(|status| !matches!(status, Status::Ok | Status::Pending));
        assert_eq!(errors.iter().map(|error| error.status).collect::<Vec<_>>(), failures.collect::<Vec<_>>());
        for error in errors {
            let text = |field| error.texts.get(field as FieldCode);
            let problem = text(Field::Problem).expect("a problem");
            let advice = text(Field::Advice).map_or(String::new(), |advice| format!(" {advice}"));
            assert!(!problem.is_empty());
            assert_eq!(advice.is_empty(), error.status == Status::Cancelled, "{:?}", error.status);
            assert_eq!(text(Field::Message).expect("a message"), format!("{problem}{advice}"));
        }
    }

    #[test]
    fn the_agents_own_words_come_through() {
        let kind = ErrorKind::AgentError { http_status: 500, code: "a_code".to_owned(), description: "what it said".to_owned() };
        let error = ErrorObject::new(&Error::new(kind, None, Log::new()));
        assert_eq!(error.http_status, 500);
        assert_eq!(error.texts.get(Field::AgentCode as FieldCode), Some("a_code"));
        assert_eq!(error.texts.get(Field::AgentDescription as FieldCode), Some("what it said"));
        assert_eq!(error.texts.get(Field::Reason as FieldCode), None);
        let kind = ErrorKind::KeyFileRefused { path: String::new(), reason: KeyFileReason::Owner, what: String::new() };
        let error = ErrorObject::new(&Error::new(kind, None, Log::new()));
        assert_eq!(error.texts.get(Field::Reason as FieldCode), Some("owner"));
    }
}
