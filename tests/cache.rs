//! The cache of the process with the agent emulator: the number of exchanges, and callers that wait for each other.

#[path = "support/mod.rs"]
mod support;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use arc_token::{Status, TokenRequest, clear_cache};
use support::Emulator;

/// Keeps tests from clearing the cache at the same time. Otherwise they do not meet: each emulator has its own port, and so its
/// own entries.
static CLEARING: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    CLEARING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn request(emulator: &Emulator, resource: &str) -> TokenRequest {
    TokenRequest::new(resource).endpoint(&emulator.endpoint).key_directory(&emulator.key_directory)
}

#[test]
fn many_threads_and_calls_make_one_exchange_for_each_resource() {
    let _alone = alone();
    let emulator = Emulator::start(&[]);
    let resources = ["https://a", "https://b", "https://c", "https://d", "https://e"];
    thread::scope(|scope| {
        for worker in 0..64 {
            let emulator = &emulator;
            scope.spawn(move || {
                for call in 0..160 {
                    let resource = resources[(worker + call) % resources.len()];
                    assert_eq!(request(emulator, resource).send().unwrap().resource(), resource);
                }
            });
        }
    });
    assert_eq!(emulator.requests().len(), 2 * resources.len());
}

#[test]
fn waiting_callers_share_the_error_too() {
    let _alone = alone();
    let emulator = Emulator::start(&["--fault", "404-before-challenge"]);
    let outcomes: Vec<_> = thread::scope(|scope| {
        let callers: Vec<_> = (0..16).map(|_| scope.spawn(|| request(&emulator, "https://a").send())).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    assert!(outcomes.iter().all(|outcome| outcome.is_err()));
    assert!(emulator.requests().len() < 16, "{}", emulator.requests().len());
    // An error is not kept.
    let before = emulator.requests().len();
    assert!(request(&emulator, "https://a").send().is_err());
    assert_eq!(emulator.requests().len(), before + 1);
}

#[test]
fn a_cancelled_caller_does_not_cancel_the_others() {
    let _alone = alone();
    let emulator = Emulator::start(&["--fault", "no-answer-before-challenge"]);
    let (first, second) = (request(&emulator, "https://a").start().unwrap(), request(&emulator, "https://a").start().unwrap());
    first.cancel();
    assert_eq!(first.wait_timeout(Duration::ZERO).unwrap().unwrap_err().status(), Status::Cancelled);
    assert!(second.wait_timeout(Duration::from_millis(200)).is_none());
}

#[test]
fn who_has_more_time_is_not_cut_off_by_who_has_less() {
    let _alone = alone();
    let emulator = Emulator::start(&["--fault", "late-before-challenge"]);
    let hasty = request(&emulator, "https://a").timeout(Duration::from_millis(300)).start().unwrap();
    std::thread::sleep(Duration::from_millis(100)); // By now the request is sent, with the short time limit.
    let patient = request(&emulator, "https://a").timeout(Duration::from_secs(30)).start().unwrap();
    let outcome = hasty.wait_timeout(Duration::from_secs(5)).unwrap();
    assert_eq!(outcome.unwrap_err().status(), Status::Timeout);
    assert!(patient.wait_timeout(Duration::from_secs(15)).expect("an outcome").is_ok());
}

#[test]
fn different_requests_do_not_wait_for_each_other() {
    let _alone = alone();
    let emulator = Emulator::start(&["--fault", "late-before-challenge"]);
    let slow = request(&emulator, "https://a").start().unwrap();
    assert!(slow.wait_timeout(Duration::from_millis(200)).is_none());
    emulator.set_fault("");
    assert!(request(&emulator, "https://b").timeout(Duration::from_secs(2)).send().is_ok());
    assert!(slow.wait_timeout(Duration::ZERO).is_none());
}

#[test]
fn a_forced_refresh_asks_the_agent_past_both_caches() {
    let _alone = alone();
    let emulator = Emulator::start(&[]);
    let first = request(&emulator, "https://a").send().unwrap();
    let forced = request(&emulator, "https://a").force_refresh(true).send().unwrap();
    assert_ne!(first.secret(), forced.secret());
    let seen = emulator.requests();
    assert_eq!(seen.len(), 4);
    assert!(seen[3].query.ends_with("&bypass_cache=true") && !seen[1].query.contains("bypass_cache"));
    assert_eq!(request(&emulator, "https://a").send().unwrap().secret(), forced.secret());
    assert_eq!(emulator.requests().len(), 4);
}

#[test]
fn clearing_the_cache_makes_the_next_call_ask_again() {
    let _alone = alone();
    let emulator = Emulator::start(&[]);
    for exchanges in 1..3 {
        for _ in 0..3 {
            request(&emulator, "https://a").send().unwrap();
        }
        assert_eq!(emulator.requests().len(), 2 * exchanges);
        clear_cache();
    }
}

#[test]
fn a_killed_and_restarted_agent_is_not_noticed_while_the_token_is_good() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().to_str().unwrap();
    let mut emulator = Emulator::start(&["--key-directory", keys]);
    let port = emulator.port.to_string();
    let request = request(&emulator, "https://a");
    let token = request.send().unwrap();
    let (over, calls) = (AtomicBool::new(false), AtomicUsize::new(0));
    let restarted = thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    assert_eq!(request.send().unwrap().secret(), token.secret());
                    calls.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let more_calls = || {
            let (before, begun) = (calls.load(Ordering::Relaxed), Instant::now());
            while calls.load(Ordering::Relaxed) < before + 1000 {
                assert!(begun.elapsed() < Duration::from_secs(20), "the calls have stopped");
                thread::sleep(Duration::from_millis(1));
            }
        };
        more_calls();
        emulator.kill();
        more_calls();
        let restarted = Emulator::start(&["--key-directory", keys, "--port", &port]);
        more_calls();
        over.store(true, Ordering::Relaxed);
        restarted
    });
    assert_eq!(restarted.requests().len(), 0);
    assert_ne!(request.force_refresh(true).send().unwrap().secret(), token.secret());
    assert_eq!(restarted.requests().len(), 2);
}

#[test]
#[cfg(target_os = "linux")]
fn a_cached_answer_takes_no_thread() {
    let _alone = alone();
    let emulator = Emulator::start(&[]);
    request(&emulator, "https://a").send().unwrap();
    let pending = request(&emulator, "https://a").start().unwrap();
    assert!(pending.wait_timeout(Duration::ZERO).expect("there at once").is_ok());
    assert!(pending.log().steps().contains("in the cache"), "{:?}", pending.log());
}
