//! Every fault of the emulator through the C ABI: outcome, duration, requests that the agent sees, and no secret in any text.
//! `faults/expected.tsv` holds the expected values, and `docs/faults.md` is made from it.
#![cfg(all(target_os = "linux", feature = "c-api"))]

#[path = "faults/call.rs"]
mod call;
#[path = "faults/check.rs"]
mod check;
#[path = "faults/docs.rs"]
mod docs;
#[path = "faults/subprocess.rs"]
mod subprocess;
#[path = "support/mod.rs"]
mod support;
#[path = "faults/table.rs"]
mod table;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use arc_token::ffi::arc_token_live_objects;
use table::{Row, rows};

/// The number of rows that run at the same time. Most of them only wait.
const AT_ONCE: usize = 20;

#[test]
fn the_table_has_each_fault_of_the_emulator_once() {
    let rows = rows();
    let table: BTreeSet<_> = rows.iter().map(|row| row.fault.to_owned()).collect();
    assert_eq!(table.len(), rows.len(), "a fault is there twice");
    let known: BTreeSet<_> = support::faults().into_iter().map(|fault| fault.name).collect();
    let missing: Vec<_> = known.difference(&table).collect();
    let superfluous: Vec<_> = table.difference(&known).collect();
    assert!(missing.is_empty() && superfluous.is_empty(), "missing: {missing:?}, superfluous: {superfluous:?}");
}

#[test]
fn each_fault_comes_out_as_the_table_says() {
    let mut rows = rows();
    // The rows with a least duration start first: they wait, and their times are checked closely.
    rows.sort_by_key(|row| (Reverse(*row.seconds.start()), Reverse(*row.seconds.end())));
    // Endless answers keep two processors busy, so these rows run alone.
    let (alone, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.fault.starts_with("endless-interim"));
    let needs: Vec<_> = support::faults().into_iter().map(|fault| (fault.name, fault.needs)).collect();
    let root = support::is_root();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
            let needs = needs.iter().find(|(name, _)| name == row.fault).map_or("", |(_, needs)| needs);
            match needs {
                "root" if !root => eprintln!("SKIP: {}: only root can make such a file", row.fault),
                "ordinary-client" if root => wrong.extend(subprocess::as_other_user(row)),
                _ => wrong.extend(check::check(row)),
            }
        }
        wrong
    };
    let mut wrong: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("no panic")).collect()
    });
    wrong.extend(alone.iter().flat_map(check::check));
    assert!(wrong.is_empty(), "{} things are wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(arc_token_live_objects(), 0, "objects were left");
    docs::print(&docs::faults(&table::rows(), &support::faults()));
}

/// Checks one row. `subprocess` runs it in a new process.
#[test]
#[ignore = "run by another test as another user or in another environment"]
fn one_fault() {
    let name = std::env::var(subprocess::FAULT).expect("a fault's name");
    let rows = rows();
    let row: &Row = rows.iter().find(|row| row.fault == name).expect("in the table");
    let wrong = match std::env::var(subprocess::EMULATOR) {
        Ok(ready) => check::check_with(row, &support::Emulator::running(ready)),
        Err(_) => check::check(row),
    };
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Proves that the search for secrets in texts works.
#[test]
fn a_secret_that_shows_is_found() {
    let secret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for text in [secret, &secret[..20], &secret[40..], &format!("x{}x", &secret[30..50])] {
        assert!(check::shows(text, secret), "{text}");
    }
    assert!(!check::shows(&secret[..15], secret) && !check::shows("", secret));
}
