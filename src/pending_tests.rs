//! Renewing a token that is past half of its life, with an agent that does not help: whoever renews gets the old one in two
//! seconds at the most, all others at once, and nobody tries again for a minute.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::*;
use crate::claims::Claims;
use crate::http::unix_now;
use crate::secret::Secret;

const DAY: i64 = 24 * 60 * 60;
const HALF_A_DAY: Duration = Duration::from_secs(12 * 60 * 60);

#[cfg(all(target_os = "linux", feature = "c-api"))]
#[path = "pending_memory_tests.rs"]
mod memory;

/// Serves requests one after the other, and counts them.
fn agent(serve: impl Fn(&mut TcpStream) + Send + 'static) -> (Wishes, Plan, Arc<AtomicUsize>) {
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
    let wishes = Wishes { resource: "https://a".into(), endpoint: Some(endpoint), ..Wishes::default() };
    let plan = Plan::new(&wishes, &Machine::this(), &Log::new()).unwrap();
    (wishes, plan, requests)
}

/// As if the agent had given a token for a day, so long ago.
fn keep(plan: &Plan, ago: Duration) {
    let now = Instant::now();
    let Claim::Lead(start, exchange) = cache::claim(plan, now, now, &Log::new()) else { panic!("there is one already") };
    let secret = Secret::new(b"old");
    let token = AccessToken::new(secret, unix_now() + DAY, plan.resource.clone(), Claims::default(), plan.agent.clone(), Log::new());
    cache::finish(plan, start, &exchange, Some(&token));
    cache::age(plan, ago);
}

/// The time until there is a token, which must be the old one.
fn old_token_after(wishes: &Wishes) -> Duration {
    let begun = Instant::now();
    let token = PendingToken::start(wishes).unwrap().wait_to_the_end().expect("the old token is still good");
    assert_eq!(token.secret(), "old");
    begun.elapsed()
}

#[test]
fn a_renewal_takes_two_seconds_at_the_most_and_holds_nobody_up() {
    let (wishes, plan, requests) = agent(|stream| drop(stream.read(&mut [0; 1]))); // No answer.
    keep(&plan, HALF_A_DAY + Duration::from_secs(1));
    let renewing = thread::spawn({
        let wishes = wishes.clone();
        move || old_token_after(&wishes)
    });
    while requests.load(Ordering::SeqCst) == 0 {
        thread::sleep(Duration::from_millis(5));
    }
    assert!(old_token_after(&wishes) < Duration::from_millis(500), "others do not wait");
    let took = renewing.join().unwrap();
    assert!((RENEWAL_TIMEOUT..RENEWAL_TIMEOUT + Duration::from_secs(1)).contains(&took), "{took:?}");
    assert!(old_token_after(&wishes) < Duration::from_millis(500), "no other try within a minute");
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}

#[test]
fn a_renewal_that_fails_is_not_tried_again() {
    let answer = b"HTTP/1.1 503 X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
    let (wishes, plan, requests) = agent(move |stream| drop(stream.write_all(answer)));
    keep(&plan, HALF_A_DAY + Duration::from_secs(1));
    for _ in 0..3 {
        old_token_after(&wishes);
    }
    assert_eq!(requests.load(Ordering::SeqCst), 1);
    cache::age(&plan, Duration::from_secs(61));
    old_token_after(&wishes);
    assert_eq!(requests.load(Ordering::SeqCst), 2);
}

#[test]
fn whoever_gives_up_a_renewal_is_told_so() {
    let (wishes, plan, _) = agent(|stream| drop(stream.read(&mut [0; 1])));
    keep(&plan, HALF_A_DAY + Duration::from_secs(1));
    let pending = PendingToken::start(&wishes).unwrap();
    pending.cancel();
    assert_eq!(pending.wait(Duration::ZERO).unwrap().unwrap_err().status(), crate::status::Status::Cancelled);
}

#[test]
fn a_renewal_that_brings_less_time_is_not_handed_out() {
    let body = r#"{"access_token":"new","expires_in":"600"}"#;
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    let (wishes, plan, requests) = agent(move |stream| drop(stream.write_all(answer.as_bytes())));
    keep(&plan, HALF_A_DAY + Duration::from_secs(1));
    for _ in 0..3 {
        old_token_after(&wishes);
    }
    assert_eq!(requests.load(Ordering::SeqCst), 1);
}
