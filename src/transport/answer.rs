//! `Answer`: the answer to one request, with the headers that matter.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};

use super::retry_after::retry_after;
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
