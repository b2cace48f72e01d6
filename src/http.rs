//! One bounded request to the agent, and what came of it.

use std::error::Error as _;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use reqwest::blocking::{Client, Response};
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use reqwest::{Url, redirect, retry};
use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::text::shown;

/// More than this is no answer of the agent's.
const LARGEST_BODY: usize = 1 << 20;
const MOST_HEADERS: usize = 100;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Long enough for the second request of an exchange to use the first one's connection, and no longer: an idle connection
/// holds the buffers that its last answer went through.
const IDLE_TIMEOUT: Duration = Duration::from_secs(2);

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) challenges: Vec<String>,
    pub(crate) content_type: String,
    /// The agent's clock, in Unix seconds.
    pub(crate) date: Option<i64>,
    pub(crate) retry_after: Option<Duration>,
    /// May hold a token.
    pub(crate) body: Secret,
}

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// Nobody listens.
    Refused,
    /// The connection could not be made or broke before the answer had begun.
    Broken(String),
    /// The answer broke off.
    Truncated,
    /// The time is used up.
    TimedOut,
    /// The answer is larger than any of the agent's.
    TooLarge,
    /// The answer is not HTTP.
    NotHttp,
    /// The HTTP library could not be started.
    NoClient(String),
}

/// Asks for `url`, with the key if there is one, and reads the whole answer before `deadline`.
pub(crate) fn get(url: &Url, key: Option<&Secret>, deadline: Instant) -> Result<Answer, NoAnswer> {
    let remaining = deadline.saturating_duration_since(Instant::now());
    if remaining.is_zero() {
        return Err(NoAnswer::TimedOut);
    }
    let client = client().map_err(NoAnswer::NoClient)?;
    // The request's time-out covers headers and body together; the client's would start anew with the body.
    let mut request = client.get(url.clone()).timeout(remaining);
    if let Some(key) = key {
        // This connection has served: when it closes, so do the buffers that key and token went through.
        request = request.header(AUTHORIZATION, authorization(key)).header(CONNECTION, "close");
    }
    let response = request.send().map_err(|error| classify(&error, deadline))?;
    let mut answer = read(response, deadline)?;
    if let Some(key) = key {
        // It is shown, and whoever answers may have put there what was sent to them.
        answer.content_type = key.redact(&answer.content_type);
    }
    Ok(answer)
}

/// `Basic` and the file's content as it is: it is Base64 already.
pub(crate) fn authorization(key: &Secret) -> HeaderValue {
    let mut text = Zeroizing::new(b"Basic ".to_vec());
    text.reserve_exact(key.expose().len());
    text.extend_from_slice(key.expose());
    let mut value = HeaderValue::from_bytes(&text).unwrap_or_else(|_| HeaderValue::from_static("Basic"));
    value.set_sensitive(true);
    value
}

fn read(response: Response, deadline: Instant) -> Result<Answer, NoAnswer> {
    let status = response.status().as_u16();
    let headers = response.headers();
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let date = text(DATE).and_then(http_date);
    let challenges =
        headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|v| std::str::from_utf8(v.as_bytes()).ok().map(str::to_owned)).collect();
    let retry_after = text(RETRY_AFTER).and_then(|value| retry_after(value, date.unwrap_or_else(unix_now)));
    let content_type = shown(text(CONTENT_TYPE).unwrap_or_default());

    let expected = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(4096);
    if expected > LARGEST_BODY {
        return Err(NoAnswer::TooLarge);
    }
    let body = match Secret::read(response, expected, LARGEST_BODY) {
        Ok(Some(body)) => body,
        Ok(None) => return Err(NoAnswer::TooLarge),
        Err(_) if Instant::now() >= deadline => return Err(NoAnswer::TimedOut),
        Err(error) => return Err(body_error(&error)),
    };
    Ok(Answer { status, challenges, content_type, date, retry_after, body })
}

fn body_error(error: &io::Error) -> NoAnswer {
    let timed_out = error.kind() == io::ErrorKind::TimedOut
        || error.get_ref().and_then(|e| e.downcast_ref::<reqwest::Error>()).is_some_and(reqwest::Error::is_timeout);
    if timed_out { NoAnswer::TimedOut } else { NoAnswer::Truncated }
}

fn classify(error: &reqwest::Error, deadline: Instant) -> NoAnswer {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = error.source();
    let mut what = String::from("no connection");
    while let Some(current) = cause {
        if let Some(http) = current.downcast_ref::<hyper::Error>()
            && http.is_parse()
        {
            // hyper has no accessor for this case on the client's side.
            return if http.to_string().contains("too large") { NoAnswer::TooLarge } else { NoAnswer::NotHttp };
        }
        if let Some(system) = current.downcast_ref::<io::Error>()
            && system.kind() == io::ErrorKind::ConnectionRefused
        {
            return NoAnswer::Refused;
        }
        what = shown(&current.to_string());
        cause = current.source();
    }
    // A connection that takes longer than its own time-out is broken; only the deadline ends the call.
    if error.is_timeout() && (!error.is_connect() || Instant::now() >= deadline) {
        return NoAnswer::TimedOut;
    }
    NoAnswer::Broken(what)
}

/// Seconds or a date (RFC 9110, 10.2.3), as a time from `now`.
pub(crate) fn retry_after(value: &str, now: i64) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let seconds = http_date(value)?.saturating_sub(now);
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

pub(crate) fn http_date(text: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc2822(text).ok().map(|time| time.timestamp())
}

/// This machine's clock, in Unix seconds.
pub(crate) fn unix_now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

/// The process's client: making one costs more than an exchange.
fn client() -> Result<Client, String> {
    /// With the id of the process that made it: a forked child has its parent's client, but not its threads.
    static CLIENT: Mutex<Option<(u32, Client)>> = Mutex::new(None);
    let process = std::process::id();
    let mut kept = CLIENT.lock().unwrap_or_else(PoisonError::into_inner);
    match &*kept {
        Some((owner, client)) if *owner == process => Ok(client.clone()),
        _ => {
            let client = new_client().map_err(|error| shown(&error.to_string()))?;
            if let Some(foreign) = kept.replace((process, client.clone())) {
                // Dropping it would wait for a thread that is not there.
                std::mem::forget(foreign);
            }
            Ok(client)
        }
    }
}

fn new_client() -> reqwest::Result<Client> {
    let mut headers = HeaderMap::new();
    headers.insert("metadata", HeaderValue::from_static("true"));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    // Agents from 1.50 on write it to their log.
    headers.insert("client-id", HeaderValue::from_static(concat!("ArcToken/", env!("CARGO_PKG_VERSION"))));
    Client::builder()
        .default_headers(headers)
        // Even without its feature for system proxies, reqwest reads the environment's proxy variables.
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .http1_only()
        .http1_max_headers(MOST_HEADERS)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(None)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .tcp_nodelay(true)
        .build()
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
        for text in ["", "-1", "soon", "1.5"] {
            assert_eq!(retry_after(text, now), None, "{text}");
        }
    }

    #[test]
    fn a_key_in_a_header_does_not_print() {
        let value = authorization(&Secret::new(b"hunter2"));
        assert_eq!(value.as_bytes(), b"Basic hunter2");
        assert!(!format!("{value:?}").contains("hunter2"));
    }

    proptest! {
        #[test]
        fn no_retry_after_is_too_strange(text in "\\PC*") {
            let _ = retry_after(&text, 0);
        }
    }
}
