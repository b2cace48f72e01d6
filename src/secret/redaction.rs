//! `SentKeys`: takes the keys of a call out of every text that comes back. Every later answer may repeat them.

use std::cell::RefCell;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::bytes::{MIN_REDACTED_LEN, Secret};

/// All keys that one call has sent, as text and decoded from Base64, kept until the call ends.
#[derive(Default)]
pub(crate) struct SentKeys(RefCell<Vec<Secret>>);

impl SentKeys {
    /// Remembers a key that is about to be sent.
    pub(crate) fn add(&self, key: &Secret) {
        let mut keys = self.0.borrow_mut();
        keys.push(key.clone());
        // A server decodes the text that follows `Basic`, and may repeat the result.
        let decoded = STANDARD.decode(key.expose()).map(Zeroizing::new);
        keys.extend(decoded.iter().filter(|bytes| bytes.len() >= MIN_REDACTED_LEN).map(|bytes| Secret::new(bytes)));
    }

    /// True when a whole key is in `text`.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let keys = self.0.borrow();
        // Most texts are shorter than a key, and a key must be read as text each time.
        let mut keys = keys.iter().filter(|key| key.expose().len() <= text.len()).map(Secret::expose_text);
        keys.any(|key| key.len() >= MIN_REDACTED_LEN && text.contains(key))
    }

    /// `text` without any key.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.0.borrow().iter().fold(text.to_owned(), |text, key| key.redact(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_taken_out_as_it_was_sent_and_decoded() {
        let keys = SentKeys::default();
        assert_eq!(keys.redact("aGltZHM6c3dvcmRmaXNo"), "aGltZHM6c3dvcmRmaXNo");
        keys.add(&Secret::new(b"aGltZHM6c3dvcmRmaXNo"));
        keys.add(&Secret::new(b"not Base64 at all"));
        assert_eq!(keys.redact("aGltZHM6c3dvcmRmaXNo, himds:swordfish, Base64 at al!"), "[redacted], [redacted],[redacted]!");
    }
}
