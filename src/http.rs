//! One bounded request to the agent, and what came of it.

use std::cell::RefCell;
use std::future::Future;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::pin::pin;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hyper_util::client::legacy::connect::HttpInfo;
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use reqwest::{Client, Response, Url, redirect, retry};
use tokio::runtime::{self, Runtime};
use tokio::{task, time};
use zeroize::Zeroizing;

use crate::guard::Guard;
use crate::no_answer::{NoAnswer, classify};
use crate::peer::Peer;
use crate::secret::Secret;
use crate::text::shown;

/// More than this is no answer of the agent's.
const LARGEST_BODY: usize = 1 << 20;
const MOST_HEADERS: usize = 100;
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

/// What one exchange speaks HTTP with: a client whose work is done on the exchange's own thread while that waits.
///
/// Nothing outlives the exchange: no thread, no connection, and none of the buffers that a key and a token went through.
/// reqwest's blocking client has a thread and a pool of its own, which would.
#[derive(Default)]
pub(crate) struct Http {
    state: RefCell<Option<State>>,
    guard: Guard,
}

struct State {
    client: Client,
    runtime: Runtime,
    near_end: Option<SocketAddr>,
    /// Whether each request has a connection of its own: some who answer close theirs after each answer without saying so, and
    /// with the next request then under way over it, every try would break in the same place.
    one_each: bool,
}

/// Until when to go on: asked anew all the while, since others may join with more time. `None` when nobody wants the answer
/// any more: then nothing of the request, least of all its key, is held any longer.
pub(crate) type Until<'a> = &'a dyn Fn() -> Option<Instant>;

impl Http {
    /// From now on, connections with others than `peer` are given up before anything is sent.
    pub(crate) fn guard(&self, peer: &Peer) {
        self.guard.admit(peer);
    }

    /// Asks for `url`, with the key if there is one, and reads the whole answer.
    pub(crate) fn get(&self, url: &Url, key: Option<&Secret>, until: Until<'_>) -> Result<Answer, NoAnswer> {
        let mut state = self.state.borrow_mut();
        let State { client, runtime, near_end, one_each } = match &mut *state {
            Some(state) => state,
            none => none.insert(State { runtime: new_runtime()?, client: new_client(&self.guard)?, near_end: None, one_each: false }),
        };
        let mut request = client.get(url.clone());
        if let Some(key) = key {
            // The last request: when the connection closes, so do the buffers that key and token went through.
            request = request.header(AUTHORIZATION, authorization(key));
        }
        if key.is_some() || *one_each {
            request = request.header(CONNECTION, "close");
        }
        let goes_on = near_end.take().is_some();
        let response = runtime.block_on(before(until, async {
            // Lets the connection of the answer before become free, or see that the agent has closed it.
            task::yield_now().await;
            task::yield_now().await;
            request.send().await.map_err(|error| classify(&error))
        }));
        *one_each |= goes_on && matches!(response, Err(NoAnswer::Broken(_)));
        let response = response?;
        if !*one_each {
            *near_end = response.extensions().get::<HttpInfo>().map(HttpInfo::local_addr);
        }
        read(runtime, response, until)
    }

    /// This side's address of the connection that the next request goes over, if there is one already.
    pub(crate) fn near_end(&self) -> Option<SocketAddr> {
        self.state.borrow().as_ref().and_then(|state| state.near_end)
    }
}

fn new_client(guard: &Guard) -> Result<Client, NoAnswer> {
    let mut headers = HeaderMap::new();
    headers.insert("metadata", HeaderValue::from_static("true"));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    // Agents from 1.50 on write it to their log.
    headers.insert("client-id", HeaderValue::from_static(concat!("ArcToken/", env!("CARGO_PKG_VERSION"))));
    let client = Client::builder()
        .default_headers(headers)
        // Even without its feature for system proxies, reqwest reads the environment's proxy variables.
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .http1_only()
        .http1_max_headers(MOST_HEADERS)
        .connect_timeout(CONNECT_TIMEOUT)
        .connector_layer(guard.clone())
        .tcp_nodelay(true)
        .build();
    client.map_err(|error| NoAnswer::NoClient(shown(&error.to_string())))
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

/// `Basic` and the file's content as it is: it is Base64 already.
pub(crate) fn authorization(key: &Secret) -> HeaderValue {
    let mut text = Zeroizing::new(b"Basic ".to_vec());
    text.reserve_exact(key.expose().len());
    text.extend_from_slice(key.expose());
    let mut value = HeaderValue::from_bytes(&text).unwrap_or_else(|_| HeaderValue::from_static("Basic"));
    value.set_sensitive(true);
    value
}

fn read(runtime: &Runtime, mut response: Response, until: Until<'_>) -> Result<Answer, NoAnswer> {
    let status = response.status().as_u16();
    let headers: &HeaderMap = response.headers();
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let date = text(DATE).and_then(http_date);
    let challenges =
        headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|v| std::str::from_utf8(v.as_bytes()).ok().map(str::to_owned)).collect();
    let retry_after = text(RETRY_AFTER).and_then(|value| retry_after(value, date.unwrap_or_else(unix_now)));
    // Its parameters say nothing of use, and are a place for what must not be shown.
    let content_type = shown(text(CONTENT_TYPE).and_then(|value| value.split(';').next()).unwrap_or_default());

    let expected = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(4096);
    if expected > LARGEST_BODY {
        return Err(NoAnswer::TooLarge);
    }
    let next = || {
        let chunk = runtime.block_on(before(until, async { Ok(response.chunk().await) }));
        chunk.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?.map_err(io::Error::other)
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

    /// Without it, nobody would look who holds the far end of the connection before the key is sent.
    #[test]
    fn this_sides_address_of_the_connection_is_known_after_the_first_answer() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, client) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            std::io::Write::write_all(&mut stream, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
            client
        });
        let http = Http::default();
        assert_eq!(http.near_end(), None);
        http.get(&url, None, &|| Some(Instant::now() + Duration::from_secs(10))).unwrap();
        assert_eq!(http.near_end(), Some(server.join().unwrap()));
    }

    #[test]
    fn after_a_break_between_two_answers_each_request_has_its_own_connection() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let server = std::thread::spawn(move || {
            for taken in [2, 1, 1] {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = stream.read(&mut [0; 4096]).unwrap();
                std::io::Write::write_all(&mut stream, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
                if taken == 2 {
                    let _ = stream.read(&mut [0; 4096]).unwrap();
                }
            }
        });
        let http = Http::default();
        let get = || http.get(&url, None, &|| Some(Instant::now() + Duration::from_secs(10)));
        assert!(get().is_ok());
        assert!(matches!(get(), Err(NoAnswer::Broken(_))));
        for _ in 0..2 {
            assert!(get().is_ok());
            assert_eq!(http.near_end(), None);
        }
        server.join().unwrap();
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
