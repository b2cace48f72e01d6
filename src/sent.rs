//! The keys that an exchange has sent: whoever answers may repeat them, at once or in a later answer.

use std::cell::RefCell;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::error::ErrorKind;
use crate::secret::{Secret, TELLING};

/// All keys of one exchange, held until it ends, and what each of them is the Base64 of.
#[derive(Default)]
pub(crate) struct Sent(RefCell<Vec<Secret>>);

impl Sent {
    pub(crate) fn add(&self, key: &Secret) {
        let mut keys = self.0.borrow_mut();
        keys.push(key.clone());
        // As every server reads what comes with `Basic`.
        let decoded = STANDARD.decode(key.expose()).map(Zeroizing::new);
        keys.extend(decoded.iter().filter(|bytes| bytes.len() >= TELLING).map(|bytes| Secret::new(bytes)));
    }

    /// Whether any of them is in `text`, all of it.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.0.borrow().iter().map(Secret::expose_text).any(|key| key.len() >= TELLING && text.contains(key))
    }

    /// `text` without any of them.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.0.borrow().iter().fold(text.to_owned(), |text, key| key.redact(&text))
    }

    /// The error without any of them.
    pub(crate) fn redact_error(&self, mut error: ErrorKind) -> ErrorKind {
        for text in error.agents_words() {
            *text = self.redact(text);
        }
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_taken_out_as_it_was_sent_and_decoded() {
        let sent = Sent::default();
        assert_eq!(sent.redact("aGltZHM6c3dvcmRmaXNo"), "aGltZHM6c3dvcmRmaXNo");
        sent.add(&Secret::new(b"aGltZHM6c3dvcmRmaXNo"));
        sent.add(&Secret::new(b"not Base64 at all"));
        assert_eq!(sent.redact("aGltZHM6c3dvcmRmaXNo, himds:swordfish, Base64 at al!"), "[redacted], [redacted],[redacted]!");
    }

    #[test]
    fn no_text_of_an_error_is_left_out() {
        let sent = Sent::default();
        sent.add(&Secret::new(b"swordfish-swordfish"));
        let text = || "swordfish-swordfish".to_owned();
        for error in [
            ErrorKind::AgentNotRunning { address: String::new(), what: text() },
            ErrorKind::ForeignAnswer { address: String::new(), what: text(), http_status: None },
            ErrorKind::BadChallenge { address: String::new(), what: text() },
            ErrorKind::KeyFileRefused { path: text(), reason: crate::error::KeyFileReason::Path, what: text() },
            ErrorKind::KeyAccessDenied { path: text(), user: String::new(), root: false },
            ErrorKind::KeyRejected { address: String::new(), code: text(), description: text() },
            ErrorKind::IdentityNotFound { http_status: 404, code: text(), description: text() },
            ErrorKind::SelectorNotHonoured { what: text() },
            ErrorKind::AgentError { http_status: 400, code: text(), description: text() },
            ErrorKind::BadResponse { what: text() },
        ] {
            let error = format!("{:?}", sent.redact_error(error));
            assert!(!error.contains("swordfish") && error.contains("[redacted]"), "{error}");
        }
    }
}
