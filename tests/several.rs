//! Several requests that one program starts at once: they take the time of one, and an agent that wants a pause gets it from all.

#[path = "support/mod.rs"]
mod support;

use std::fs;
use std::time::{Duration, Instant};

use arc_token::{PendingToken, Status, TokenRequest};
use support::Emulator;

fn request(emulator: &Emulator, resource: &str) -> TokenRequest {
    TokenRequest::new(resource).endpoint(&emulator.endpoint).key_directory(&emulator.key_directory)
}

fn key_files(emulator: &Emulator) -> usize {
    fs::read_dir(&emulator.key_directory).expect("a folder").count()
}

#[test]
fn they_take_the_time_of_one_and_leave_no_key_file() {
    let emulator = Emulator::start(&["--answer-after", "200"]);
    request(&emulator, "https://warm").send().unwrap();
    let begun = Instant::now();
    request(&emulator, "https://one").send().unwrap();
    let one = begun.elapsed();
    let begun = Instant::now();
    let started: Vec<PendingToken> =
        ["a", "b", "c", "d", "e"].iter().map(|name| request(&emulator, &format!("https://{name}")).start().unwrap()).collect();
    for pending in &started {
        pending.wait().unwrap();
    }
    let five = begun.elapsed();
    assert!(five <= one.mul_f64(1.3), "one: {one:?}, five: {five:?}");
    assert_eq!(key_files(&emulator), 0);
}

#[test]
fn a_429_makes_the_others_wait_too() {
    let emulator = Emulator::start(&["--fault", "429-once-retry-after-seconds-before-challenge"]);
    let begun = Instant::now();
    let first = request(&emulator, "https://first").start().unwrap();
    while emulator.count("requests") == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    // The answer is read a moment after it is counted.
    std::thread::sleep(Duration::from_millis(200));
    let others: Vec<PendingToken> = (0..3).map(|i| request(&emulator, &format!("https://{i}")).start().unwrap()).collect();
    // Without time for the pause, a call says what the agent said, and asks it nothing.
    let hurried = request(&emulator, "https://hurried").timeout(Duration::from_secs(1)).send().unwrap_err();
    assert_eq!((hurried.status(), hurried.http_status()), (Status::AgentError, Some(429)), "{hurried}");
    assert_eq!(emulator.requests().len(), 1);
    for pending in others.iter().chain([&first]) {
        let token = pending.wait().unwrap();
        assert!(begun.elapsed() >= Duration::from_millis(1900), "{:?} after {:?}", token.resource(), begun.elapsed());
    }
    assert!(others[0].log().steps().contains("The agent has asked for a pause; waiting "), "{}", others[0].log().steps());
    assert_eq!(emulator.requests().len(), 1 + 4 * 2);
}
