//! Renewal of a token that is past half of its life, with an agent that fails. The caller who renews gets the old token within two
//! seconds, all others get it at once, and nobody tries again for a minute.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::*;
use crate::request::wanted::Wanted;
use crate::secret::bytes::Secret;
use crate::text::time::unix_now;
use crate::token::claims::Claims;

const DAY: i64 = 24 * 60 * 60;
const HALF_A_DAY: Duration = Duration::from_secs(12 * 60 * 60);

#[cfg(all(target_os = "linux", feature = "c-api"))]
#[path = "pending_token_memory_tests.rs"]
mod memory;

/// Serves requests one after the other, and counts them.
fn agent(serve: impl Fn(&mut TcpStream) + Send + 'static) -> (RequestParams, ValidatedRequest, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let seen = requests.clone();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            if stream.read(&mut [0; 4096]).is_ok_and(|count| count > 0) {
                seen.fetch_add(1, Ordering::SeqCst);
                serve(&mut stream);
            }
        }
    });
    let params = RequestParams { wanted: Wanted::Resource("https://a".into()), endpoint: Some(endpoint), ..RequestParams::default() };
    let request = ValidatedRequest::new(&params, &HostEnvironment::this(), &Log::new()).unwrap();
    (params, request, requests)
}

/// Puts a token into the cache, as if the agent gave it `ago`, for a day.
fn keep(request: &ValidatedRequest, ago: Duration) {
    let now = Instant::now();
    let Lookup::Lead(ticket, outcome) = cache::lookup(request, now, &Log::new()) else { panic!("there is one already") };
    let secret = Secret::new(b"old");
    let token = AccessToken::new(secret, unix_now() + DAY, request.resource.clone(), Claims::default(), request.agent.origin(), Log::new());
    cache::finish(request, ticket, &outcome, Some(&token));
    cache::age(request, ago);
}

/// The time until there is a token, which must be the old one.
fn old_token_after(params: &RequestParams) -> Duration {
    let begun = Instant::now();
    let token = PendingToken::start(params).unwrap().wait().expect("the old token is still good");
    assert_eq!(token.secret(), "old");
    begun.elapsed()
}

#[test]
fn a_renewal_takes_two_seconds_at_the_most_and_holds_nobody_up() {
    let (params, request, requests) = agent(|stream| drop(stream.read(&mut [0; 1]))); // No answer.
    keep(&request, HALF_A_DAY + Duration::from_secs(1));
    let renewing = thread::spawn({
        let params = params.clone();
        move || old_token_after(&params)
    });
    while requests.load(Ordering::SeqCst) == 0 {
        thread::sleep(Duration::from_millis(5));
    }
    assert!(old_token_after(&params) < Duration::from_millis(500), "others do not wait");
    let took = renewing.join().unwrap();
    assert!((RENEWAL_TIMEOUT..RENEWAL_TIMEOUT + Duration::from_secs(1)).contains(&took), "{took:?}");
    assert!(old_token_after(&params) < Duration::from_millis(500), "no other try within a minute");
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[test]
fn a_renewal_that_fails_is_not_tried_again() {
    let answer = b"HTTP/1.1 503 X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
    let (params, request, requests) = agent(move |stream| drop(stream.write_all(answer)));
    keep(&request, HALF_A_DAY + Duration::from_secs(1));
    for _ in 0..3 {
        old_token_after(&params);
    }
    assert_eq!(requests.load(Ordering::SeqCst), 1);
    cache::age(&request, Duration::from_secs(61));
    old_token_after(&params);
    assert_eq!(requests.load(Ordering::SeqCst), 2);
}

#[test]
fn whoever_gives_up_a_renewal_is_told_so() {
    let (params, request, _) = agent(|stream| drop(stream.read(&mut [0; 1])));
    keep(&request, HALF_A_DAY + Duration::from_secs(1));
    let pending = PendingToken::start(&params).unwrap();
    pending.cancel();
    assert_eq!(pending.wait_timeout(Duration::ZERO).unwrap().unwrap_err().status(), crate::error::status::Status::Cancelled);
}

#[test]
fn a_renewal_that_brings_less_time_is_not_handed_out() {
    let body = r#"{"access_token":"new","expires_in":"600"}"#;
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    let (params, request, requests) = agent(move |stream| drop(stream.write_all(answer.as_bytes())));
    keep(&request, HALF_A_DAY + Duration::from_secs(1));
    for _ in 0..3 {
        old_token_after(&params);
    }
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}
