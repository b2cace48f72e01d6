//! No copy of a key or token stays in memory. A child process uses the C ABI, and these tests search all its readable memory after
//! each kind of call. `tests/powershell/Memory.Tests.ps1` does the same with the finished module.
#![cfg(all(target_os = "linux", feature = "c-api"))]

#[path = "memory/child.rs"]
mod child;
#[path = "memory/process.rs"]
mod process;
#[path = "memory/scan.rs"]
mod scan;
#[path = "support/mod.rs"]
mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use process::Process;
use scan::Found;
use support::Emulator;

const CALL_LIMIT: Duration = Duration::from_secs(20);
/// The time limit for copies to disappear: the thread of an exchange ends a little later than the call.
const SETTLE_LIMIT: Duration = Duration::from_secs(5);
/// The same for an endless answer: the HTTP library first processes the data that it has read. This takes half a second, but
/// twenty in a build without optimisation.
const FLOOD_LIMIT: Duration = Duration::from_secs(90);
/// The user-assigned identity that every emulator knows.
const CLIENT_ID: &str = "0a11ce00-c11e-4000-8000-000000000005";

#[test]
#[ignore = "run by the other tests"]
fn the_process_that_is_looked_at() {
    child::run_commands();
}

fn tokens(found: &Found) -> usize {
    found.iter().filter(|(what, _)| what.starts_with("token")).map(|(_, count)| count).sum()
}

fn keys(found: &Found) -> usize {
    found.iter().filter(|(what, _)| what.starts_with("key")).map(|(_, count)| count).sum()
}

#[test]
fn the_search_finds_what_is_there() {
    let (emulator, mut process) = (Emulator::start(&[]), Process::start());
    assert_eq!(process.request("ask", &emulator, "-", CALL_LIMIT), "Ok");
    let issued = emulator.issued();
    process.command("free");
    process.command("clear");
    assert_eq!(process.copies_until(&emulator, SETTLE_LIMIT, Found::is_empty), Found::new());
    for (secret, kind) in [(&issued.tokens[0], "token"), (&issued.keys[0], "key")] {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), secret).expect("our own file");
        process.command(&format!("read {}", file.path().display()));
        let narrow = process.copies(&emulator);
        assert_eq!((tokens(&narrow), keys(&narrow)), if kind == "token" { (1, 0) } else { (0, 1) }, "{narrow:?}");
        process.command("widen");
        let both = process.copies(&emulator);
        assert!(both.keys().any(|what| what.starts_with(&format!("{kind} in UTF-16"))), "{both:?}");
        assert_eq!(tokens(&both) + keys(&both), 2, "{both:?}");
        process.command("free");
    }
}

#[test]
fn a_token_is_in_its_result_and_in_the_cache_and_nowhere_else() {
    let (emulator, mut process) = (Emulator::start(&[]), Process::start());
    assert_eq!(process.request("ask", &emulator, "-", CALL_LIMIT), "Ok");
    let held = process.copies_until(&emulator, SETTLE_LIMIT, |found| tokens(found) == 2);
    assert_eq!((tokens(&held), keys(&held)), (2, 0), "{held:?}");
    process.command("free");
    let kept = process.copies(&emulator);
    assert_eq!((tokens(&kept), keys(&kept)), (1, 0), "{kept:?}");
    assert_eq!(process.request("ask", &emulator, "-", CALL_LIMIT), "Ok");
    let from_cache = process.copies(&emulator);
    assert_eq!((tokens(&from_cache), keys(&from_cache)), (2, 0), "{from_cache:?}");
    process.command("clear");
    let still_held = process.copies(&emulator);
    assert_eq!((tokens(&still_held), keys(&still_held)), (1, 0), "{still_held:?}");
    process.command("free");
    assert_eq!(process.copies(&emulator), Found::new());
}

/// With these faults, the key or the token passes through most parts of the library before the call ends.
const REPRESENTATIVE: [&str; 26] = [
    "key-echoed-later",
    "token-echoed-in-error",
    "401-after-challenge",
    "401-once-after-challenge",
    "500-after-challenge",
    "503-once-after-challenge",
    "key-echoed",
    "key-echoed-as-code",
    "key-echoed-as-field",
    "key-echoed-as-page",
    "key-echoed-as-type",
    "key-echoed-without-token",
    "key-4096-bytes",
    "key-4097-bytes",
    "key-inner-newline",
    "no-challenge",
    "html-200-after-challenge",
    "redirect-307-after-challenge",
    "json-truncated",
    "json-trailing",
    "json-duplicate-token",
    "token-with-newline",
    "expires-on-past",
    "selector-ignored",
    "length-too-long-after-challenge",
    "hangs-within-body-after-challenge",
];

/// ARCTOKEN_FULL=1 tests all faults.
#[test]
fn nothing_is_left_of_what_failed() {
    let full = std::env::var_os("ARCTOKEN_FULL").is_some();
    let faults: Vec<_> =
        support::faults().into_iter().map(|fault| fault.name).filter(|name| full || REPRESENTATIVE.contains(&name.as_str())).collect();
    assert!(faults.len() >= REPRESENTATIVE.len(), "a fault has another name");
    // Endless answers keep two processors busy, so these faults run alone.
    let (alone, faults): (Vec<_>, Vec<_>) = faults.into_iter().partition(|fault| fault.starts_with("endless-interim"));
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut process, mut wrong) = (Process::start(), Vec::new());
        while let Some(fault) = faults.get(next.fetch_add(1, Ordering::Relaxed)) {
            wrong.extend(after_fault(&mut process, fault, SETTLE_LIMIT));
        }
        wrong
    };
    let mut wrong: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..8).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
    });
    let mut process = Process::start();
    wrong.extend(alone.iter().flat_map(|fault| after_fault(&mut process, fault, FLOOD_LIMIT)));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn after_fault(process: &mut Process, fault: &str, limit: Duration) -> Vec<String> {
    let emulator = Emulator::start(&["--fault", fault]);
    let client_id = if fault.starts_with("selector-") { CLIENT_ID } else { "-" };
    let waits_for_ever = ["no-answer", "hangs", "byte-a-second", "endless-interim"].iter().any(|name| fault.starts_with(name));
    let status = process.request("ask", &emulator, client_id, if waits_for_ever { Duration::from_secs(2) } else { CALL_LIMIT });
    let allowed = if status == "Ok" { (2, 0) } else { (0, 0) };
    let is_allowed = |found: &Found| tokens(found) <= allowed.0 && keys(found) <= allowed.1;
    let held = process.copies_until(&emulator, limit, is_allowed);
    process.command("free");
    process.command("clear");
    let freed = process.copies_until(&emulator, SETTLE_LIMIT, Found::is_empty);
    let checks = [("after", is_allowed(&held), &held), ("freed after", freed.is_empty(), &freed)];
    checks.into_iter().filter(|(_, well, _)| !well).map(|(when, _, found)| format!("{when} {fault} ({status}): {found:?}")).collect()
}

#[test]
fn nothing_is_left_of_what_was_cancelled() {
    let mut process = Process::start();
    for fault in
        ["no-answer-after-challenge", "hangs-within-body-after-challenge", "byte-a-second-body-after-challenge", "late-after-challenge"]
    {
        let emulator = Emulator::start(&["--fault", fault]);
        assert_eq!(process.request("start", &emulator, "-", CALL_LIMIT), "Ok");
        while !emulator.requests().iter().any(|request| request.keyed) {
            thread::sleep(Duration::from_millis(10));
        }
        thread::sleep(Duration::from_millis(200)); // By now the client has processed the answer.
        assert_eq!(process.command("cancel"), "Cancelled");
        // The exchange has 20 seconds left, but it ends now, because nobody waits for its outcome.
        let found = process.copies_until(&emulator, SETTLE_LIMIT, Found::is_empty);
        assert!(found.is_empty(), "{fault}: {found:?}");
        process.command("free");
    }
}

/// The function that takes no endpoint. The environment names the endpoint, and then the server must belong to root.
#[test]
fn a_token_as_a_string_is_in_it_and_in_the_cache_and_nowhere_else() {
    let emulator = Emulator::start(&["--fault", "no-challenge"]);
    let mut process = Process::start_with(&[("IDENTITY_ENDPOINT", &emulator.endpoint), ("IMDS_ENDPOINT", "http://localhost:40342")]);
    if process.command("get") == "ForeignAnswer" {
        return eprintln!("SKIP: the environment may only name a server of root's");
    }
    let held = process.copies_until(&emulator, SETTLE_LIMIT, |found| tokens(found) == 2);
    assert_eq!(tokens(&held), 2, "{held:?}");
    process.command("free");
    let kept = process.copies(&emulator);
    assert_eq!(tokens(&kept), 1, "{kept:?}");
    process.command("clear");
    assert_eq!(process.copies(&emulator), Found::new());
}
