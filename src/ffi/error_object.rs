//! `ErrorObject`: an error with all its texts, for C.

use super::field::{Field, Texts};
use crate::error::Error;
use crate::error::agent::Agent;
use crate::error::status::Status;

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
    pub(super) status: Status,
    pub(super) http_status: i32,
    pub(super) texts: Texts,
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
                (Field::TraceId, owned(error.trace_id())),
                (Field::CorrelationId, owned(error.correlation_id())),
                (Field::Timestamp, owned(error.timestamp())),
                (Field::Endpoint, owned(error.agent().map(Agent::endpoint))),
                (Field::EndpointSource, owned(error.agent().map(Agent::source))),
                (Field::Log, Some(error.log().steps())),
                (Field::LogDetail, Some(error.log().details())),
                (Field::Warnings, Some(error.log().warnings()).filter(|warnings| !warnings.is_empty())),
            ]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::kind::tests::one_of_each;
    use crate::error::{AgentWords, ErrorKind, KeyFileReason};
    use crate::ffi::input::FieldCode;
    use crate::log::Log;

    #[test]
    fn every_status_that_is_an_error_has_a_message() {
        let errors = one_of_each("text").into_iter().map(|kind| ErrorObject::new(&Error::new(kind, None, Log::new()))).collect::<Vec<_>>();
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
        let kind = ErrorKind::AgentError {
            http_status: 500,
            words: Box::new(AgentWords { code: "a_code".to_owned(), description: "what it said".to_owned(), ..AgentWords::default() }),
            retry_after: None,
            resource: None,
        };
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
