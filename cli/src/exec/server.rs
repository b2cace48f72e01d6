//! The server of the endpoint: connections, with their limits. HTTP is hyper's.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Collected, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::caller::{Caller, CallerRule};
use super::endpoint::Endpoint;

/// What a client may cost.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// More connections at the same time are closed: clients of one program have a few each.
    connections: usize,
    /// For a request's head, and for the next one on the same connection.
    head_time: Duration,
}

pub(super) const LIMITS: Limits = Limits { connections: 128, head_time: Duration::from_secs(30) };
/// So many connections are looked up at the same time; more wait for that. Another user's take no place from the program's.
const LOOKS: usize = 16;
/// And one that waits for standard input.
pub(super) const MAX_THREADS: usize = LOOKS + 1;
/// All of a request's head. hyper takes no less.
const MAX_HEAD: usize = 8192 * 2;
const MAX_HEADERS: usize = 64;
/// All of a form: a resource and an identity's selector.
const MAX_FORM: usize = 8192;

/// A listener on a free port of 127.0.0.1.
pub(super) fn listen() -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Takes connections until the runtime ends.
pub(super) async fn serve(listener: TcpListener, endpoint: Arc<Endpoint>, rule: Arc<CallerRule>, limits: Limits) {
    let (looks, places) = (Arc::new(Semaphore::new(LOOKS)), Arc::new(Semaphore::new(limits.connections)));
    loop {
        let (stream, _) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(_) => {
                // No file descriptor is free. Those of other connections will be.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Ok(look) = looks.clone().acquire_owned().await else { return };
        let (endpoint, rule, places) = (endpoint.clone(), rule.clone(), places.clone());
        tokio::spawn(async move {
            let Some(caller) = caller_of(&stream, rule).await else { return };
            drop(look);
            if matches!(caller, Caller::AnotherUser | Caller::Nobody) {
                endpoint.turned_away(caller);
            } else if let Ok(_place) = places.try_acquire() {
                serve_one(stream, endpoint, caller, limits).await;
            }
        });
    }
}

/// Before a byte is read, and on another thread: nobody else waits for it.
async fn caller_of(stream: &TcpStream, rule: Arc<CallerRule>) -> Option<Caller> {
    let (client, server) = (stream.peer_addr().ok()?, stream.local_addr().ok()?);
    tokio::task::spawn_blocking(move || rule.judge(client, server)).await.ok()
}

async fn serve_one(stream: TcpStream, endpoint: Arc<Endpoint>, caller: Caller, limits: Limits) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let endpoint = endpoint.clone();
        async move {
            let (head, body) = request.into_parts();
            let body = if head.method == Method::POST { form(body, limits).await } else { Bytes::new() };
            Ok::<_, Infallible>(endpoint.answer(&head, &body, caller).await)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    // What goes wrong on a connection is the client's to tell.
    let _ = connection.await;
}

/// The body of a request. Empty if it is too long or does not come in time: then it lacks its parameters.
async fn form(body: Incoming, limits: Limits) -> Bytes {
    let whole = tokio::time::timeout(limits.head_time, Limited::new(body, MAX_FORM).collect()).await;
    whole.ok().and_then(Result::ok).map(Collected::to_bytes).unwrap_or_default()
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
