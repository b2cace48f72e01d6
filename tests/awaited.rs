//! `request.await`: no thread of the caller waits, and none is started beside the exchange's.
#![allow(clippy::unwrap_used)]

#[path = "support/mod.rs"]
mod support;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use arc_token::{Status, TokenRequest};
use support::Emulator;

fn request(emulator: &Emulator, resource: &str) -> TokenRequest {
    TokenRequest::new(resource).endpoint(&emulator.endpoint).key_directory(&emulator.key_directory).timeout(Duration::from_secs(30))
}

/// Unparks a thread, and counts.
struct Unpark {
    thread: Thread,
    count: AtomicUsize,
}

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.count.fetch_add(1, Ordering::AcqRel);
        self.thread.unpark();
    }
}

/// Runs a future on this thread, which sleeps until it is woken: a future that wakes nobody fails the test. Returns the number of
/// wakes, too.
fn run<F: Future>(future: F) -> (F::Output, usize) {
    let unpark = Arc::new(Unpark { thread: thread::current(), count: AtomicUsize::new(0) });
    let (waker, begun) = (Waker::from(unpark.clone()), Instant::now());
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return (output, unpark.count.load(Ordering::Acquire));
        }
        let seen = unpark.count.load(Ordering::Acquire);
        while unpark.count.load(Ordering::Acquire) == seen {
            assert!(begun.elapsed() < Duration::from_secs(20), "nobody woke it");
            thread::park_timeout(Duration::from_secs(1));
        }
    }
}

#[test]
fn a_token_comes_and_then_from_the_cache() {
    let emulator = Emulator::start(&[]);
    let request = request(&emulator, "https://vault.azure.net");
    let (token, wakes) = run(async { (&request).await });
    let token = token.unwrap();
    assert_eq!((emulator.issued().tokens, wakes), (vec![token.secret().to_owned()], 1));
    let (again, wakes) = run(request.into_future());
    assert_eq!((again.unwrap().secret(), wakes), (token.secret(), 0));
}

#[test]
fn errors_are_outcomes_at_once_and_later() {
    let emulator = Emulator::start(&["--fault", "404-before-challenge"]);
    let (outcome, wakes) = run(request(&emulator, "").into_future());
    assert_eq!((outcome.unwrap_err().status(), wakes), (Status::InvalidArgument, 0));
    let (outcome, _) = run(request(&emulator, "https://vault.azure.net").into_future());
    assert_eq!(outcome.unwrap_err().status(), Status::AgentError);
}

/// Two callers share an exchange: the one with less time is woken while the exchange goes on for the other.
#[test]
fn each_caller_has_a_time_limit_of_its_own() {
    let emulator = Emulator::start(&["--fault", "no-answer-before-challenge"]);
    let patient = request(&emulator, "https://vault.azure.net").start().unwrap();
    let begun = Instant::now();
    let hasty = request(&emulator, "https://vault.azure.net").timeout(Duration::from_millis(300));
    let (outcome, wakes) = run(hasty.into_future());
    let error = outcome.unwrap_err();
    assert_eq!((error.status(), wakes), (Status::Timeout, 1));
    assert!((300..3000).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    assert!(patient.wait_timeout(Duration::ZERO).is_none(), "the exchange goes on");
    assert_eq!(emulator.requests().len(), 1);
}

#[test]
#[cfg(target_os = "linux")]
fn no_thread_is_started_beside_the_exchanges_and_a_dropped_future_ends_it() {
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let ours = || {
        let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        threads().filter(|task| task.file_name() != "self").map(name).filter(|name| name.trim() == "arc-token").count()
    };
    // Other tests of this program have threads of that name, too: so this one runs in a process of its own.
    const ALONE: &str = "ARCTOKEN_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let test = "no_thread_is_started_beside_the_exchanges_and_a_dropped_future_ends_it";
        let status = std::process::Command::new(std::env::current_exe().unwrap()).args(["--exact", test]).env(ALONE, "1").status();
        return assert!(status.unwrap().success());
    }
    let emulator = Emulator::start(&["--fault", "no-answer-before-challenge"]);
    let mut future = Box::pin(request(&emulator, "https://vault.azure.net").into_future());
    assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let begun = Instant::now();
    // A new thread gives itself its name.
    while ours() == 0 {
        assert!(begun.elapsed() < Duration::from_secs(5), "no thread of the exchange's");
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(ours(), 1);
    drop(future);
    let begun = Instant::now();
    while ours() > 0 {
        assert!(begun.elapsed() < Duration::from_secs(5), "the exchange goes on for nobody");
        thread::sleep(Duration::from_millis(10));
    }
}
