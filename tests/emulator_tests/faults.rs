//! Tests of the faults: each can be turned on, has its effect, and leaves nothing behind.

use std::collections::HashSet;
use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::client::{ask, exchange, redeem};
use crate::support::{Emulator, emulator_program, faults};
use crate::transcript::transcript;

const IDENTITY: &str = "/subscriptions/s/resourcegroups/r/providers/Microsoft.ManagedIdentity/userAssignedIdentities/u";
const USER_ASSIGNED: [&str; 2] =
    ["--user-assigned", "c11e,0b1e,/subscriptions/s/resourcegroups/r/providers/Microsoft.ManagedIdentity/userAssignedIdentities/u"];

/// Whether the emulator made a directory that belongs to root.
#[cfg(unix)]
fn as_root(emulator: &Emulator) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(&emulator.key_directory).expect("it is there").uid() == 0
}

#[cfg(not(unix))]
fn as_root(_: &Emulator) -> bool {
    false
}

#[test]
fn names_are_unique_and_rows_say_something() {
    let mut names = HashSet::new();
    for fault in faults() {
        assert!(fault.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{}", fault.name);
        assert!(fault.about.len() > 3, "{} is not explained", fault.name);
        assert!(["", "linux", "root", "ordinary-client"].contains(&fault.needs.as_str()), "{}", fault.needs);
        assert!(names.insert(fault.name.clone()), "{} is there twice", fault.name);
    }
}

#[test]
fn every_fault_changes_something_and_leaves_nothing() {
    let emulator = Emulator::start(&USER_ASSIGNED);
    let root = as_root(&emulator);
    let ordinary = transcript(&emulator, IDENTITY);
    assert_eq!(transcript(&emulator, IDENTITY), ordinary, "the comparison itself");
    assert!(ordinary.contains("TOKEN") && ordinary.contains("KEY FILE") && ordinary.contains("DATE"), "{ordinary}");
    for fault in faults() {
        // What an ordinary client cannot read is so by its mode, which Windows has not.
        if match fault.needs.as_str() {
            "linux" => !cfg!(target_os = "linux"),
            "ordinary-client" => !cfg!(unix),
            _ => false,
        } {
            continue;
        }
        // This exchange requests an identity, so only an echo without a request has no effect on it.
        if fault.name == "selector-echoed-unasked" || fault.from_start {
            continue;
        }
        emulator.reset();
        emulator.set_fault(&fault.name);
        let wrong = transcript(&emulator, IDENTITY);
        let failed = wrong.contains("emulator_failed");
        assert_eq!(failed, fault.needs == "root" && !root, "{}: {wrong:.300}", fault.name);
        // The right file is there half of the time, so only some exchanges differ.
        let looks = if fault.name == "key-file-replaced" { 200 } else { 0 };
        let changed = wrong != ordinary || (0..looks).any(|_| transcript(&emulator, IDENTITY) != ordinary);
        assert!(changed, "{} does nothing", fault.name);
        emulator.set_fault("");
    }
    assert_eq!(transcript(&emulator, IDENTITY), ordinary, "all is well again");
    emulator.reset();
    let empty = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        fs::read_dir(&emulator.key_directory).expect("it is there").count() == 0
    });
    assert!(empty, "something is left in the key directory");
}

#[test]
fn what_surrounds_the_emulator_is_another_place_and_leaves_nothing() {
    for fault in faults().iter().filter(|fault| fault.from_start) {
        let root = as_root(&Emulator::start(&[]));
        if fault.needs == "root" && !root {
            continue;
        }
        let emulator = Emulator::start(&["--fault", &fault.name]);
        let challenge = ask(&emulator, "");
        let told = &emulator.key_directory;
        let named = challenge.status == 401 && !challenge.realm().starts_with(&format!("{}/", told.display()));
        let elsewhere = !emulator.endpoint.contains(&format!("//127.0.0.1:{}/", emulator.port));
        let closed = fs::metadata(told).is_ok_and(|directory| directory.permissions().readonly());
        assert!(named || elsewhere || closed || told.is_symlink() || !emulator.environment.is_empty(), "{} does nothing", fault.name);
        let told = told.clone();
        drop(emulator);
        assert!(told.as_os_str().is_empty() || fs::symlink_metadata(&told).is_err(), "{} leaves {}", fault.name, told.display());
    }
}

#[test]
fn what_happens_once_happens_once() {
    let emulator = Emulator::start(&USER_ASSIGNED);
    let ordinary = transcript(&emulator, IDENTITY);
    for fault in faults().iter().filter(|fault| fault.name.contains("once")) {
        emulator.set_fault(&fault.name);
        assert!(transcript(&emulator, IDENTITY) != ordinary, "{} does nothing", fault.name);
        assert_eq!(transcript(&emulator, IDENTITY), ordinary, "{} does not end", fault.name);
        emulator.reset();
        assert!(transcript(&emulator, IDENTITY) != ordinary, "{} does not begin anew", fault.name);
    }
}

#[test]
fn an_unknown_fault_is_refused() {
    let output = Command::new(emulator_program()).args(["--fault", "no-such-fault"]).output().expect("it runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("no-such-fault"));
}

#[test]
fn two_faults_at_once() {
    let emulator = Emulator::start(&["--fault", "challenge-quoted", "--fault", "token-missing"]);
    let quoted = ask(&emulator, "").realm();
    let path = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).expect("quotes");
    let answer = redeem(&emulator, &fs::read_to_string(path).expect("a key"), "").json();
    assert!(answer.get("access_token").is_none() && answer["token_type"] == "Bearer");
}

#[test]
fn a_careless_client_is_found_out() {
    let emulator = Emulator::start(&[]);
    let careless: &[&str] = &["key-path-outside", "key-path-dot-dot", "key-path-sub-directory", "key-path-txt"];
    #[cfg(target_os = "linux")]
    let careless = [careless, &["key-path-alias", "key-file-link", "key-file-link-inside", "key-file-hard-link"]].concat();
    for fault in careless {
        emulator.reset();
        emulator.set_fault(fault);
        let path = ask(&emulator, "").realm();
        let key = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{fault}: {path}: {error}"));
        assert_eq!(redeem(&emulator, &key, "").status, 200, "{fault}: it has to be worth something to the careless");
        assert_eq!(emulator.requests()[1].key.as_deref(), Some("forbidden"), "{fault}");
    }
}

#[test]
fn keys_with_something_after_them_or_much_in_them_work() {
    let emulator = Emulator::start(&[]);
    for (fault, length) in [("key-newline", 89), ("key-crlf", 90), ("key-4096-bytes", 4096), ("key-4097-bytes", 4097)] {
        emulator.set_fault(fault);
        let content = fs::read(ask(&emulator, "").realm()).expect("a key");
        assert_eq!(content.len(), length, "{fault}");
        let key = String::from_utf8(content).expect("text");
        assert_eq!(redeem(&emulator, key.trim_end(), "").status, 200, "{fault}");
    }
}

#[test]
fn redirects_lead_to_a_token_and_are_seen() {
    let emulator = Emulator::start(&["--fault", "redirect-307-after-challenge"]);
    let answer = exchange(&emulator, "");
    assert_eq!((answer.status, answer.headers("Location")), (307, vec!["/elsewhere"]));
    let elsewhere = crate::client::get(&emulator, "/elsewhere", &["Authorization: Basic a2V5"]);
    assert_eq!((elsewhere.status, elsewhere.json()["token_type"].as_str()), (200, Some("Bearer")));
    let last = emulator.requests().pop().expect("a request");
    assert!(last.path == "/elsewhere" && last.keyed);
}

#[test]
fn no_challenge_gives_the_token_at_once() {
    let emulator = Emulator::start(&["--fault", "no-challenge"]);
    assert_eq!(ask(&emulator, "").status, 200);
    assert_eq!(emulator.count("requests"), 1);
}
