//! Looks at each new connection before a byte goes over it.
//!
//! The HTTP library makes a connection whenever it has none, and sends at once. Who listened a moment before says nothing about
//! who took it: a stranger who listens only between the look and the connection, and stops before the next look, would get the
//! challenge through and then the key. So the other end of the very connection is looked up, once there is one.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::{Connection, HttpInfo};
use tower_layer::Layer;
use tower_service::Service;

use crate::peer::{Peer, Unlike};

type BoxError = Box<dyn Error + Send + Sync>;

/// Who connections may be with: anybody, until somebody is named.
#[derive(Clone, Default)]
pub(crate) struct Guard(Arc<Mutex<Option<Peer>>>);

impl Guard {
    pub(crate) fn admit(&self, peer: &Peer) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(peer.clone());
    }

    fn check(&self, connection: &impl Connection) -> Result<(), Unlike> {
        let peer = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(peer) = peer else { return Ok(()) };
        let mut extras = hyper::http::Extensions::new();
        connection.connected().get_extras(&mut extras);
        let near_end = extras.get::<HttpInfo>().map(HttpInfo::local_addr).ok_or(Unlike::Nobody)?;
        peer.check_new(near_end)
    }
}

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, connector: S) -> Guarded<S> {
        Guarded { connector, guard: self.clone() }
    }
}

/// What makes connections, guarded.
#[derive(Clone)]
pub(crate) struct Guarded<S> {
    connector: S,
    guard: Guard,
}

impl<S, R> Service<R> for Guarded<S>
where
    S: Service<R, Error = BoxError>,
    S::Response: Connection,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, destination: R) -> Self::Future {
        let (connecting, guard) = (self.connector.call(destination), self.guard.clone());
        Box::pin(async move {
            let connection = connecting.await?;
            guard.check(&connection)?;
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
    use std::time::{Duration, Instant};

    use reqwest::Url;

    use super::*;
    use crate::http::{Answer, Http};
    use crate::no_answer::NoAnswer;
    use crate::secret::Secret;
    use crate::sys;

    fn get(http: &Http, address: SocketAddr, key: Option<&Secret>) -> Result<Answer, NoAnswer> {
        let url = Url::parse(&format!("http://{address}/")).unwrap();
        http.get(&url, key, &|| Some(Instant::now() + Duration::from_secs(10)))
    }

    /// As one who listens just then: what was looked up before was right, the connection is not.
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
        let http = Http::default();
        http.guard(&Peer::for_tests(address, vec![sys::effective_uid()]));
        assert_eq!(get(&http, address, None).map_err(|_| ()).unwrap().status, 401);
        http.guard(&Peer::for_tests(address, Vec::new()));
        let error = get(&http, address, Some(&Secret::new(b"key"))).err();
        assert!(matches!(error, Some(NoAnswer::Stranger(_))), "{error:?}");
        assert!(server.join().unwrap().is_empty(), "something was sent");
    }
}
