//! `Answer`: the answer to one request, with the headers that matter, and `BodyReader`, which makes one stream of its pieces.

use std::io::{self, Read};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};

use crate::secret::bytes::Secret;
use crate::text::plain::shown;
use crate::text::time::{http_date, unix_now};

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: AnswerHeaders,
    /// May hold a token.
    pub(crate) body: Secret,
    /// True when the request brought a key.
    pub(crate) to_key: bool,
}

/// The headers of an answer that matter.
pub(crate) struct AnswerHeaders {
    pub(crate) challenges: Vec<String>,
    pub(crate) content_type: String,
    /// The agent's clock, in Unix seconds.
    pub(crate) date: Option<i64>,
    pub(crate) retry_after: Option<Duration>,
}

impl AnswerHeaders {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let date = text(DATE).and_then(http_date);
        let challenge = |value: &reqwest::header::HeaderValue| std::str::from_utf8(value.as_bytes()).ok().map(str::to_owned);
        Self {
            challenges: headers.get_all(WWW_AUTHENTICATE).iter().filter_map(challenge).collect(),
            // The parameters are of no use, and may hold text that must not be shown.
            content_type: shown(text(CONTENT_TYPE).and_then(|value| value.split(';').next()).unwrap_or_default()),
            date,
            retry_after: text(RETRY_AFTER).and_then(|value| retry_after(value, date.unwrap_or_else(unix_now))),
        }
    }
}

/// The time to wait from `now` on. The value is a number of seconds or a date (RFC 9110, 10.2.3).
pub(crate) fn retry_after(value: &str, now: i64) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let seconds = http_date(value)?.saturating_sub(now);
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// A body as one stream. `taken` bytes of the present piece are already read.
pub(super) struct BodyReader<C, F> {
    next: F,
    chunk: Option<C>,
    taken: usize,
}

impl<C, F> BodyReader<C, F> {
    /// Takes the pieces from `next`, which gives `None` at the end.
    pub(super) fn new(next: F) -> Self {
        Self { next, chunk: None, taken: 0 }
    }
}

impl<C: AsRef<[u8]>, F: FnMut() -> io::Result<Option<C>>> Read for BodyReader<C, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let rest = self.chunk.as_ref().map_or(&[][..], |chunk| &chunk.as_ref()[self.taken..]);
            if !rest.is_empty() {
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                self.taken += count;
                return Ok(count);
            }
            (self.chunk, self.taken) = ((self.next)()?, 0);
            if self.chunk.is_none() {
                return Ok(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let now = http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(now, 784_111_777);
        assert_eq!(retry_after("7", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(" 0 ", now), Some(Duration::ZERO));
        assert_eq!(retry_after("99999999999999999999999", now), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:40 GMT", now), Some(Duration::from_secs(3)));
        assert_eq!(retry_after("Sat, 06 Nov 1993 08:49:40 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("Sun, 6 Nov 94 08:49:37 +0000 (comment)", now), Some(Duration::ZERO));
        assert_eq!(retry_after("Mon, 01 Jan 0001 00:00:00 +0000", i64::MAX), Some(Duration::ZERO));
        for text in ["", "-1", "soon", "1.5"] {
            assert_eq!(retry_after(text, now), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_retry_after_is_too_strange(text in "\\PC*") {
            let _ = retry_after(&text, 0);
        }
    }
}
