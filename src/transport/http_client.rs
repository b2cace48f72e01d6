//! `HttpClient`: sends one bounded request to the agent, and reads the answer.
//!
//! reqwest's async client runs on the thread of the call. CONTRIBUTING.md, "What differs from the design", has the reasons against
//! reqwest's blocking client.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::{Duration, Instant};

use hyper_util::client::legacy::connect::HttpInfo;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONNECTION, HeaderMap, HeaderValue};
use reqwest::{Client, Response, Url, redirect, retry};
use tokio::runtime::{self, Runtime};
use tokio::{task, time};
use zeroize::Zeroizing;

use super::answer::{Answer, AnswerHeaders, BodyReader};
use super::attempt_error::AttemptError;
use super::no_connection::CONNECT_TIMEOUT;
use super::peer_check::PeerCheckLayer;
use super::transport_error::{attempt_error, no_client, not_the_peer, too_large, truncated};
use crate::error::ErrorKind;
use crate::secret::bytes::Secret;
use crate::task::call_context::CallContext;
use crate::trust::peer::{Peer, PeerError};

/// The largest body that is read, in bytes. No answer of the agent is larger.
const MAX_BODY: usize = 1 << 20;
const MAX_HEADERS: usize = 100;
/// The interval at which a request under way checks its deadline, which may change, and whether its answer is still wanted.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The HTTP connection of one call.
///
/// Nothing outlives the call: no thread, no connection, and no buffer that held a key or a token.
pub(crate) struct HttpClient {
    address: SocketAddr,
    peer_check: PeerCheckLayer,
    state: RefCell<Option<ClientState>>,
    /// Requests without a key, too, go only over connections that the agent is seen to have accepted.
    accepted_only: bool,
    /// Set after a break: some programs close the connection after each answer without a `Connection: close`. Without this, the
    /// second request of every try would fail.
    connection_per_request: Cell<bool>,
}

struct ClientState {
    client: Client,
    runtime: Runtime,
    /// This side's address of the connection that is kept for the next request.
    local_addr: Option<SocketAddr>,
}

/// The present deadline, which later callers can extend. An error when nobody wants the answer any more: the request and its key
/// are then dropped at once.
type DeadlineFn<'a> = &'a dyn Fn() -> Result<Instant, AttemptError>;

impl HttpClient {
    /// A client for the agent at `address`. Opens no connection yet. With `accepted_only`, all requests are sent as those with a key
    /// are: over connections that the agent is seen to have accepted.
    pub(crate) fn new(address: SocketAddr, accepted_only: bool) -> Self {
        let (peer_check, state, connection_per_request) = Default::default();
        Self { address, peer_check, state, accepted_only, connection_per_request }
    }

    /// Begins a pair of requests to `peer`, on a connection of its own: a connection to anybody else is closed before anything is
    /// sent over it. Nothing is sent before the first call of this.
    pub(crate) fn start_pair(&self, peer: &Peer) {
        self.peer_check.require(peer);
        self.state.replace(None);
    }

    /// Requests `url`, with the key if there is one, and reads the whole answer. Ends with the call, or at `until` if that is
    /// earlier.
    ///
    /// A key goes only over a connection that the agent is seen to have accepted.
    pub(crate) fn get(&self, url: &Url, key: Option<&Secret>, cx: &CallContext, until: Option<Instant>) -> Result<Answer, AttemptError> {
        let deadline = || {
            let deadline = cx.wanted_until().ok_or(ErrorKind::Cancelled)?;
            let deadline = until.map_or(deadline, |until| until.min(deadline));
            if Instant::now() < deadline { Ok(deadline) } else { Err(timed_out(cx)) }
        };
        let mut state = self.state.borrow_mut();
        let accepted = key.is_some() || self.accepted_only;
        self.peer_check.set_accepted(accepted);
        if accepted && !self.is_kept(state.as_ref(), &deadline)? {
            *state = None; // A new connection is checked when it is made.
        }
        let ClientState { client, runtime, local_addr } = match &mut *state {
            Some(state) => state,
            none => none.insert(self.start()?),
        };
        let mut request = client.get(url.clone());
        if let Some(key) = key {
            request = request.header(AUTHORIZATION, authorization(key));
        }
        // The request with the key is the last one. Closing its connection frees the buffers that held the key and the token.
        if key.is_some() || self.connection_per_request.get() {
            request = request.header(CONNECTION, "close");
        }
        let reused = local_addr.take().is_some();
        let response = runtime.block_on(with_deadline(&deadline, async {
            // The client's own tasks run here: the connection of the answer before becomes free, or is found to be closed.
            task::yield_now().await;
            task::yield_now().await;
            let held = || self.peer_check.is_held();
            request.send().await.map_err(|error| attempt_error(&error, self.address, key.is_some(), held))
        }));
        if reused && response.as_ref().is_err_and(AttemptError::is_busy) && deadline().is_ok() {
            self.connection_per_request.set(true);
        }
        let response = response?;
        if !self.connection_per_request.get() {
            *local_addr = response.extensions().get::<HttpInfo>().map(HttpInfo::local_addr);
        }
        read(runtime, response, key.is_some(), &deadline)
    }

    /// True when the kept connection is still the agent's. False when there is none any more. It is the only connection of its client.
    fn is_kept(&self, state: Option<&ClientState>, deadline: DeadlineFn<'_>) -> Result<bool, AttemptError> {
        let Some(ClientState { runtime, local_addr: Some(local_addr), .. }) = state else { return Ok(false) };
        match runtime.block_on(with_deadline(deadline, async { Ok(self.peer_check.check(*local_addr, true).await) }))? {
            Ok(()) => Ok(true),
            Err(PeerError::Closed) => Ok(false),
            Err(error) => Err(not_the_peer(&error, self.address)),
        }
    }

    fn start(&self) -> Result<ClientState, AttemptError> {
        let runtime = new_runtime().map_err(|error| no_client(&error))?;
        let client = new_client(&self.peer_check).map_err(|error| no_client(&io::Error::other(error)))?;
        Ok(ClientState { client, runtime, local_addr: None })
    }
}

/// The error when the time is up. A request can have less time than the call: then another try may succeed.
fn timed_out(cx: &CallContext) -> AttemptError {
    let kind = cx.timed_out("waiting for the agent's answer");
    if cx.remaining().is_zero() { kind.into() } else { AttemptError::busy(kind) }
}

fn new_client(peer_check: &PeerCheckLayer) -> reqwest::Result<Client> {
    let mut headers = HeaderMap::new();
    headers.insert("metadata", HeaderValue::from_static("true"));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    // Agents from 1.50 on write this header to their log.
    headers.insert("client-id", HeaderValue::from_static(concat!("ArcToken/", env!("CARGO_PKG_VERSION"))));
    Client::builder()
        .default_headers(headers)
        // reqwest reads the environment's proxy variables even without its feature for system proxies.
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .http1_only()
        .http1_max_headers(MAX_HEADERS)
        .connect_timeout(CONNECT_TIMEOUT)
        .connector_layer(peer_check.clone())
        .tcp_nodelay(true)
        .build()
}

fn new_runtime() -> io::Result<Runtime> {
    // The runtime checks the clock after each piece of work: an agent that never stops sending must not delay the deadline.
    // There is one connection, so room for a thousand events would only be memory to wipe.
    runtime::Builder::new_current_thread().enable_io().enable_time().event_interval(1).max_io_events_per_tick(8).build()
}

async fn with_deadline<T>(deadline: DeadlineFn<'_>, work: impl Future<Output = Result<T, AttemptError>>) -> Result<T, AttemptError> {
    let mut work = pin!(work);
    loop {
        let until = deadline()?.min(Instant::now() + POLL_INTERVAL);
        if let Ok(outcome) = time::timeout_at(until.into(), work.as_mut()).await {
            return outcome;
        }
    }
}

/// The header with the key: `Basic` and the content of the key file, which is already Base64.
pub(crate) fn authorization(key: &Secret) -> HeaderValue {
    let mut text = Zeroizing::new(b"Basic ".to_vec());
    text.reserve_exact(key.expose().len());
    text.extend_from_slice(key.expose());
    let mut value = HeaderValue::from_bytes(&text).unwrap_or_else(|_| HeaderValue::from_static("Basic"));
    value.set_sensitive(true);
    value
}

fn read(runtime: &Runtime, mut response: Response, to_key: bool, deadline: DeadlineFn<'_>) -> Result<Answer, AttemptError> {
    let (status, headers) = (response.status().as_u16(), AnswerHeaders::read(response.headers()));
    let expected = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(4096);
    if expected > MAX_BODY {
        return Err(too_large());
    }
    let mut failure = None;
    let next = || {
        let chunk = runtime.block_on(with_deadline(deadline, async { response.chunk().await.map_err(|_| truncated()) }));
        chunk.map_err(|error| {
            failure = Some(error);
            io::Error::from(io::ErrorKind::Other)
        })
    };
    let body = Secret::read(BodyReader::new(next), expected, MAX_BODY);
    match body {
        Ok(Some(body)) => Ok(Answer { status, headers, body, to_key }),
        Ok(None) => Err(too_large()),
        Err(_) => {
            deadline()?; // "Timed out" or "cancelled" says more than "broke off".
            Err(failure.unwrap_or_else(truncated))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys;
    use std::io::Read as _;

    fn client(address: SocketAddr) -> HttpClient {
        let http = HttpClient::new(address, false);
        http.start_pair(&Peer::for_tests(address, vec![sys::effective_uid()]));
        http
    }

    /// This side of the kept connection.
    fn kept(http: &HttpClient) -> Option<SocketAddr> {
        http.state.borrow().as_ref().and_then(|state| state.local_addr)
    }

    /// Without this address, the other end of the connection is not checked before the key is sent.
    #[test]
    fn this_sides_address_of_the_connection_is_known_after_the_first_answer() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let url = Url::parse(&format!("http://{address}/")).unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, client) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            std::io::Write::write_all(&mut stream, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
            client
        });
        let http = client(address);
        let cx = CallContext::for_tests(Duration::from_secs(10));
        http.get(&url, None, &cx, None).unwrap();
        assert_eq!(kept(&http), Some(server.join().unwrap()));
    }

    #[test]
    fn after_a_break_between_two_answers_each_request_has_its_own_connection() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let url = Url::parse(&format!("http://{address}/")).unwrap();
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
        let http = client(address);
        let cx = CallContext::for_tests(Duration::from_secs(10));
        let get = || http.get(&url, None, &cx, None);
        assert!(get().is_ok());
        assert!(get().is_err_and(|error| error.is_busy()));
        for _ in 0..2 {
            assert!(get().is_ok());
            assert_eq!(kept(&http), None);
        }
        server.join().unwrap();
    }

    #[test]
    fn a_key_in_a_header_does_not_print() {
        let value = authorization(&Secret::new(b"hunter2"));
        assert_eq!(value.as_bytes(), b"Basic hunter2");
        assert!(!format!("{value:?}").contains("hunter2"));
    }
}
