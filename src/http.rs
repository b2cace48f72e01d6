//! One bounded request to the agent, and what came of it.

use std::cell::RefCell;
use std::future::Future;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::pin::pin;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use http_body_util::{BodyExt, Empty};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{
    ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_TYPE, DATE, HOST, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::{self, Runtime};
use tokio::time;
use url::Url;
use zeroize::Zeroizing;

use crate::secret::Secret;
use crate::text::shown;

/// More than this is no answer of the agent's.
const LARGEST_BODY: usize = 1 << 20;
const MOST_HEADERS: usize = 100;
/// Room for the head of an answer, and for as much of its body as is read at once.
const BUFFER: usize = 64 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How often a request looks whether its answer is still wanted, and until when.
const LOOK: Duration = Duration::from_millis(100);

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
    /// Nobody waits for it any more.
    Unwanted,
    /// The answer is larger than any of the agent's.
    TooLarge,
    /// The answer is not HTTP.
    NotHttp,
    /// The HTTP library could not be started.
    NoClient(String),
}

/// What one exchange speaks HTTP with: one connection, whose work is done on the exchange's own thread while that waits.
///
/// Nothing outlives the exchange: no thread, no connection, and none of the buffers that a key and a token went through.
/// There is nothing here that could follow a redirect, ask a proxy or send a request twice.
#[derive(Default)]
pub(crate) struct Http(RefCell<State>);

#[derive(Default)]
struct State {
    runtime: Option<Runtime>,
    /// From an answer to the next request.
    connection: Option<Connection>,
}

struct Connection {
    far_end: SocketAddr,
    near_end: SocketAddr,
    requests: SendRequest<NoBody>,
}

type NoBody = Empty<&'static [u8]>;

/// Until when to go on: asked anew all the while, since others may join with more time. `None` when nobody wants the answer
/// any more: then nothing of the request, least of all its key, is held any longer.
pub(crate) type Until<'a> = &'a dyn Fn() -> Option<Instant>;

impl Http {
    /// Asks the agent at `address` for `url`, with the key if there is one, and reads the whole answer.
    pub(crate) fn get(&self, address: SocketAddr, url: &Url, key: Option<&Secret>, until: Until<'_>) -> Result<Answer, NoAnswer> {
        let mut state = self.0.borrow_mut();
        let State { runtime, connection } = &mut *state;
        let runtime = match runtime {
            Some(runtime) => runtime,
            None => runtime.insert(new_runtime()?),
        };
        let request = request(url, key)?;
        let kept = connection.take().filter(|kept| kept.far_end == address);
        let (used, response) = runtime.block_on(before(until, send(address, kept, request, until)))?;
        let mut answer = read(runtime, response, until)?;
        *connection = Some(used);
        if let Some(key) = key {
            // It is shown, and whoever answers may have put there what was sent to them.
            answer.content_type = key.redact(&answer.content_type);
        }
        Ok(answer)
    }

    /// This side's address of the connection that the next request goes over, if there is one already.
    pub(crate) fn near_end(&self) -> Option<SocketAddr> {
        self.0.borrow().connection.as_ref().map(|connection| connection.near_end)
    }
}

fn new_runtime() -> Result<Runtime, NoAnswer> {
    // The clock is looked at between any two pieces of work: an agent that never stops sending must not stop it.
    let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().event_interval(1).build();
    runtime.map_err(|error| NoAnswer::NoClient(shown(&error.to_string())))
}

async fn before<T>(until: Until<'_>, work: impl Future<Output = Result<T, NoAnswer>>) -> Result<T, NoAnswer> {
    let mut work = pin!(work);
    loop {
        let now = Instant::now();
        let deadline = until().ok_or(NoAnswer::Unwanted)?;
        if now >= deadline {
            return Err(NoAnswer::TimedOut);
        }
        if let Ok(outcome) = time::timeout_at(deadline.min(now + LOOK).into(), work.as_mut()).await {
            return outcome;
        }
    }
}

fn request(url: &Url, key: Option<&Secret>) -> Result<Request<NoBody>, NoAnswer> {
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let request = Request::get(target)
        .header(HOST, host)
        .header("metadata", "true")
        .header(ACCEPT, "application/json")
        // Agents from 1.50 on write it to their log.
        .header("client-id", concat!("ArcToken/", env!("CARGO_PKG_VERSION")));
    let request = match key {
        // The last request: when the connection closes, so do the buffers that key and token went through.
        Some(key) => request.header(AUTHORIZATION, authorization(key)).header(CONNECTION, "close"),
        None => request,
    };
    request.body(NoBody::new()).map_err(|error| NoAnswer::NoClient(shown(&error.to_string())))
}

/// Sends the request on the connection that was kept, if it is still there, or on a new one.
async fn send(
    address: SocketAddr,
    kept: Option<Connection>,
    request: Request<NoBody>,
    until: Until<'_>,
) -> Result<(Connection, Response<Incoming>), NoAnswer> {
    let mut connection = match kept {
        Some(mut kept) => {
            // Lets the connection see first whether the agent has closed it.
            tokio::task::yield_now().await;
            if kept.requests.ready().await.is_ok() { kept } else { connect(address, until).await? }
        }
        None => connect(address, until).await?,
    };
    let response = connection.requests.send_request(request).await.map_err(|error| classify(&error))?;
    Ok((connection, response))
}

async fn connect(address: SocketAddr, until: Until<'_>) -> Result<Connection, NoAnswer> {
    let broken = |error: io::Error| NoAnswer::Broken(shown(&error.to_string()));
    let stream = match time::timeout(CONNECT_TIMEOUT, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => return Err(NoAnswer::Refused),
        Ok(Err(error)) => return Err(broken(error)),
        // A connection that takes longer than its own time-out is broken; only the deadline ends the call.
        Err(_) if until().is_none_or(|deadline| Instant::now() >= deadline) => return Err(NoAnswer::TimedOut),
        Err(_) => return Err(NoAnswer::Broken("it takes too long to connect".to_owned())),
    };
    stream.set_nodelay(true).map_err(broken)?;
    let near_end = stream.local_addr().map_err(broken)?;
    let made = http1::Builder::new().max_headers(MOST_HEADERS).max_buf_size(BUFFER).handshake(TokioIo::new(stream)).await;
    let (requests, work) = made.map_err(|error| classify(&error))?;
    tokio::spawn(work);
    Ok(Connection { far_end: address, near_end, requests })
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

fn read(runtime: &Runtime, response: Response<Incoming>, until: Until<'_>) -> Result<Answer, NoAnswer> {
    let status = response.status().as_u16();
    let headers: &HeaderMap = response.headers();
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let date = text(DATE).and_then(http_date);
    let challenges =
        headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|v| std::str::from_utf8(v.as_bytes()).ok().map(str::to_owned)).collect();
    let retry_after = text(RETRY_AFTER).and_then(|value| retry_after(value, date.unwrap_or_else(unix_now)));
    let content_type = shown(text(CONTENT_TYPE).unwrap_or_default());

    let expected = response.body().size_hint().exact().and_then(|length| usize::try_from(length).ok()).unwrap_or(4096);
    if expected > LARGEST_BODY {
        return Err(NoAnswer::TooLarge);
    }
    let mut body = response.into_body();
    let next = || loop {
        let frame = runtime.block_on(before(until, async { Ok(body.frame().await) }));
        match frame.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?.transpose().map_err(io::Error::other)? {
            None => return Ok(None),
            Some(frame) => match frame.into_data() {
                Ok(data) => return Ok(Some(data)),
                Err(_trailers) => continue,
            },
        }
    };
    let body = match Secret::read(Chunks { next, chunk: None, taken: 0 }, expected, LARGEST_BODY) {
        Ok(Some(body)) => body,
        Ok(None) => return Err(NoAnswer::TooLarge),
        Err(error) => {
            return Err(match until() {
                None => NoAnswer::Unwanted,
                Some(deadline) if error.kind() == io::ErrorKind::TimedOut || Instant::now() >= deadline => NoAnswer::TimedOut,
                Some(_) => NoAnswer::Truncated,
            });
        }
    };
    Ok(Answer { status, challenges, content_type, date, retry_after, body })
}

/// A body that comes in pieces, as something to read from.
struct Chunks<C, F> {
    next: F,
    chunk: Option<C>,
    taken: usize,
}

impl<C: AsRef<[u8]>, F: FnMut() -> io::Result<Option<C>>> Read for Chunks<C, F> {
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

fn classify(error: &hyper::Error) -> NoAnswer {
    if error.is_parse() {
        // hyper has no accessor for this case on the client's side.
        return if error.to_string().contains("too large") { NoAnswer::TooLarge } else { NoAnswer::NotHttp };
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    NoAnswer::Broken(shown(&cause.to_string()))
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
