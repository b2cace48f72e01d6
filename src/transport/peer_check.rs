//! `PeerCheckLayer`: checks the other end of each new connection before a byte goes over it, and of each connection before a key does.
//!
//! The HTTP library makes a connection when it has none, and sends at once. An earlier check of the port proves nothing about the
//! connection: a stranger can begin to listen after the check, pass the agent's challenge on, and get the key. So the holder of the
//! connection's other end is looked up.

use std::error::Error;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper_util::client::legacy::connect::{Connection, HttpInfo};
use tokio::time;
use tower_layer::Layer;
use tower_service::Service;

use crate::trust::peer::{Peer, PeerError, Seen};

type BoxError = Box<dyn Error + Send + Sync>;

/// The time that the agent has to accept a connection that must be accepted. It needs microseconds.
const ACCEPT_TIME: Duration = Duration::from_secs(1);
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const MAX_PAUSE: Duration = Duration::from_millis(20);

/// The check that every connection must pass. Lets nothing pass before it knows the peer.
#[derive(Clone, Default)]
pub(super) struct PeerCheckLayer(Arc<Mutex<Wanted>>);

#[derive(Clone, Default)]
struct Wanted {
    peer: Option<Peer>,
    /// True while the request under way needs a connection that the agent has accepted.
    accepted: bool,
}

impl PeerCheckLayer {
    pub(super) fn require(&self, peer: &Peer) {
        self.wanted().peer = Some(peer.clone());
    }

    /// Says whether the agent must have accepted the connections of the next requests.
    pub(super) fn set_accepted(&self, accepted: bool) {
        self.wanted().accepted = accepted;
    }

    /// True when somebody is seen to listen at the peer's address.
    pub(super) fn is_held(&self) -> bool {
        self.wanted().peer.as_ref().is_some_and(Peer::is_held)
    }

    /// Fails as long as the peer is not known.
    fn require_known(&self) -> Result<(), PeerError> {
        self.wanted().peer.as_ref().map(|_| ()).ok_or(PeerError::NoPeer)
    }

    fn wanted(&self) -> MutexGuard<'_, Wanted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes the connection that begins at `local_addr` if the agent listens, and nobody else has accepted the connection.
    ///
    /// If the agent must have accepted it, this waits for that: until then, nobody can say who will accept it. One that has been
    /// `answered` was accepted.
    pub(super) async fn check(&self, local_addr: SocketAddr, answered: bool) -> Result<(), PeerError> {
        let (until, mut pause) = (Instant::now() + ACCEPT_TIME, FIRST_PAUSE);
        loop {
            let Wanted { peer, accepted } = self.wanted().clone();
            match peer.ok_or(PeerError::NoPeer)?.look_at(local_addr)? {
                Seen::Unseen if answered => return Err(PeerError::Closed),
                Seen::Unseen | Seen::Waiting if accepted => (),
                Seen::Unseen | Seen::Waiting | Seen::Accepted => return Ok(()),
            }
            if Instant::now() >= until {
                return Err(PeerError::NotAccepted);
            }
            time::sleep(pause).await;
            pause = (pause * 2).min(MAX_PAUSE);
        }
    }
}

/// This side's address of a new connection.
fn local_addr(connection: &impl Connection) -> Result<SocketAddr, PeerError> {
    let mut extras = hyper::http::Extensions::new();
    connection.connected().get_extras(&mut extras);
    extras.get::<HttpInfo>().map(HttpInfo::local_addr).ok_or(PeerError::Closed)
}

impl<S> Layer<S> for PeerCheckLayer {
    type Service = PeerCheckService<S>;

    fn layer(&self, connector: S) -> PeerCheckService<S> {
        PeerCheckService { connector, layer: self.clone() }
    }
}

/// A connector that returns only connections to the peer.
#[derive(Clone)]
pub(super) struct PeerCheckService<S> {
    connector: S,
    layer: PeerCheckLayer,
}

impl<S, R> Service<R> for PeerCheckService<S>
where
    S: Service<R, Error = BoxError>,
    S::Response: Connection + Send,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, destination: R) -> Self::Future {
        let (connecting, layer) = (self.connector.call(destination), self.layer.clone());
        Box::pin(async move {
            layer.require_known()?;
            let connection = connecting.await?;
            layer.check(local_addr(&connection)?, false).await?;
            Ok(connection)
        })
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{SocketAddr, TcpListener};
    use std::thread;
    use std::time::Duration;

    use reqwest::Url;

    use super::*;
    use crate::error::ErrorKind;
    use crate::secret::bytes::Secret;
    use crate::sys;
    use crate::task::call_context::CallContext;
    use crate::transport::answer::Answer;
    use crate::transport::attempt_error::AttemptError;
    use crate::transport::http_client::HttpClient;

    fn get(http: &HttpClient, address: SocketAddr, key: Option<&Secret>) -> Result<Answer, AttemptError> {
        let url = Url::parse(&format!("http://{address}/")).unwrap();
        http.get(&url, key, &CallContext::for_tests(Duration::from_secs(10)), None)
    }

    /// The stranger listens after the check of the port, which found the agent.
    #[test]
    fn a_stranger_who_takes_the_connection_gets_nothing() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut agent, _) = listener.accept().unwrap();
            let _ = agent.read(&mut [0; 4096]).unwrap();
            agent.write_all(b"HTTP/1.1 401 X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
            drop(agent);
            let mut got = Vec::new();
            let _ = listener.accept().unwrap().0.read_to_end(&mut got);
            got
        });
        let http = HttpClient::new(address, false);
        http.start_pair(&Peer::for_tests(address, vec![sys::effective_uid()]));
        assert_eq!(get(&http, address, None).map_err(|_| ()).unwrap().status, 401);
        http.start_pair(&Peer::for_tests(address, Vec::new()));
        let error = get(&http, address, Some(&Secret::new(b"key"))).err();
        assert!(
            matches!(&error, Some(error) if matches!(error.kind, ErrorKind::ForeignAnswer { .. }) && error.transient.is_none()),
            "{error:?}"
        );
        assert!(server.join().unwrap().is_empty(), "something was sent");
    }

    /// A listener, and a client for which this process is the agent.
    fn listener_and_client() -> (TcpListener, SocketAddr, HttpClient) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let http = HttpClient::new(address, false);
        http.start_pair(&Peer::for_tests(address, vec![sys::effective_uid()]));
        (listener, address, http)
    }

    /// All that was sent to the listener, over connections that are closed by now.
    fn sent_to(listener: &TcpListener) -> Vec<Vec<u8>> {
        listener.set_nonblocking(true).unwrap();
        let read = |(mut stream, _): (std::net::TcpStream, SocketAddr)| {
            stream.set_nonblocking(false).unwrap();
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).map(|_| bytes).unwrap()
        };
        std::iter::from_fn(|| listener.accept().ok()).map(read).collect()
    }

    #[test]
    fn a_key_is_not_sent_before_the_agent_has_accepted() {
        let (listener, address, http) = listener_and_client();
        let begun = Instant::now();
        let error = get(&http, address, Some(&Secret::new(b"key"))).err().unwrap();
        assert!(begun.elapsed() >= ACCEPT_TIME, "{:?}", begun.elapsed());
        assert!(error.is_busy() && matches!(error.kind, ErrorKind::AgentNotRunning { .. }), "{error:?}");
        drop(http);
        assert_eq!(sent_to(&listener), [b""]);
    }

    #[test]
    fn the_wait_for_the_agent_ends_with_the_call() {
        let (listener, address, http) = listener_and_client();
        let url = Url::parse(&format!("http://{address}/")).unwrap();
        let begun = Instant::now();
        let error = http.get(&url, Some(&Secret::new(b"key")), &CallContext::for_tests(Duration::from_millis(100)), None).err().unwrap();
        assert!(matches!(error.kind, ErrorKind::Timeout { .. }), "{error:?}");
        assert!(begun.elapsed() < ACCEPT_TIME, "{:?}", begun.elapsed());
        drop(http);
        assert_eq!(sent_to(&listener), [b""]);
    }

    #[test]
    fn nothing_is_sent_before_the_peer_is_known() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let http = HttpClient::new(address, false);
        for key in [None, Some(&Secret::new(b"key"))] {
            let error = get(&http, address, key).err().unwrap();
            assert!(matches!(error.kind, ErrorKind::Internal { .. }) && error.transient.is_none(), "{error:?}");
        }
        assert_eq!(sent_to(&listener).len(), 0, "a connection was made");
    }
}
