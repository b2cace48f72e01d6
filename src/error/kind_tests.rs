//! One error of each kind, and the promises that hold for all of them.

use super::*;
use crate::secret::bytes::Secret;

/// Makes `one_of_each` and a match over the same kinds: a kind that is missing in the list does not compile in the tests.
macro_rules! samples {
    ($text:ident; $($kind:ident { $($field:ident: $value:expr),* },)+) => {
        /// One error of each kind, with the text in every place where there can be any. Tests go through them.
        pub(crate) fn one_of_each($text: &str) -> Vec<ErrorKind> {
            let $text = || $text.to_owned();
            let all = vec![$(ErrorKind::$kind { $($field: $value),* }),+];
            for kind in &all {
                match kind {
                    $(ErrorKind::$kind { .. } => (),)+ // Add a new kind to samples! below, in the order of the statuses.
                }
            }
            all
        }
    };
}

fn words(text: impl Fn() -> String) -> Box<AgentWords> {
    Box::new(AgentWords { code: text(), description: text(), trace_id: text(), correlation_id: text(), timestamp: text() })
}

samples! { text;
    InvalidArgument { problem: text(), advice: "advice".into() },
    EndpointRefused { endpoint: text(), named_by: "source", reason: "reason", advice: "advice" },
    AgentNotInstalled { looked_for: text() },
    AgentNotRunning { address: text(), reason: NoAnswerReason::Refused, what: text() },
    ForeignAnswer { address: text(), what: text(), http_status: Some(500), key_sent: false },
    UnidentifiedAgent { address: text(), what: text(), advice: "advice" },
    BadChallenge { address: text(), what: text() },
    WindowsAgent { address: text(), what: text() },
    KeyFileRefused { path: text(), reason: KeyFileReason::Owner, what: text() },
    KeyAccessDenied { path: text(), user: text(), root: false },
    KeyRejected { address: text(), words: words(text) },
    IdentityNotFound { http_status: 404, words: words(text) },
    SelectorNotHonoured { what: text() },
    AgentError { http_status: 500, words: words(text), retry_after: None, resource: Some(text()) },
    BadResponse { what: text() },
    EndedToken { what: text() },
    Timeout { limit: Duration::from_secs(1), waiting_for: "waiting" },
    Cancelled {},
    Internal { what: text() },
    UsedUp { what: text() },
}

#[test]
fn no_text_of_an_error_is_left_out() {
    let keys = SentKeys::default();
    keys.add(&Secret::new(b"swordfish-swordfish"));
    for error in one_of_each("swordfish-swordfish") {
        let before = format!("{error:?}");
        let after = format!("{:?}", error.redacted(&keys));
        assert_eq!(after, before.replace("swordfish-swordfish", "[redacted]"), "name every text in ErrorKind::untrusted_text_mut()");
    }
}

#[test]
fn every_status_of_an_error_has_a_kind() {
    let mut statuses = one_of_each("").iter().map(ErrorKind::status).collect::<Vec<_>>();
    statuses.dedup(); // Two kinds can have one status.
    let errors = Status::ALL.into_iter().filter(|status| !matches!(status, Status::Ok | Status::Pending)).collect::<Vec<_>>();
    assert_eq!(statuses, errors, "give the new status a kind in src/error/kind.rs, and samples! in kind_tests.rs the new kind");
}
