//! What no other process can bring about: a renewal, which takes hours, and a panic while a secret is in use. This program is run
//! again, told to do it, and its memory searched.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use super::*;
use crate::status::Status;
use crate::work::PendingWork;

#[path = "../tests/memory/scan.rs"]
mod scan;

/// What the process that is looked at is told: what to do, and with what.
const ORDER: &str = "ARC_TOKEN_TEST_ORDER";

fn secret() -> String {
    std::iter::repeat_with(fastrand::alphanumeric).take(1500).collect()
}

/// Runs this program again to do `order`; gives what it says in the end, and what is found in it at each step, once that is as
/// expected or time is up.
fn copies<const N: usize>(order: &str, secrets: [&str; N], expected: &[[usize; N]]) -> (String, Vec<[usize; N]>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "pending::tests::memory::the_process_that_is_looked_at", "--ignored", "--nocapture"]);
    let mut child = command.env(ORDER, order).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut found = Vec::new();
    let mut said = String::new();
    for expected in expected {
        said = lines.find_map(|line| line.strip_prefix("> ").map(str::to_owned)).expect("it says how it went");
        // The thread of an exchange ends a moment after its answer is there.
        let until = Instant::now() + Duration::from_secs(5);
        let count = || secrets.map(|secret| scan::scan(child.id(), [("token", secret)]).values().sum());
        let mut now = count();
        while now != *expected && Instant::now() < until {
            thread::sleep(Duration::from_millis(50));
            now = count();
        }
        found.push(now);
        writeln!(child.stdin.as_mut().unwrap(), "go on").unwrap();
    }
    let shown = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    assert!(!secrets.iter().any(|secret| shown.contains(secret)), "{shown}");
    (said, found)
}

/// Says a word, and waits for one.
fn step(said: &str) {
    println!("\n> {said}");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

#[test]
#[ignore = "run by the other tests"]
fn the_process_that_is_looked_at() {
    let order = std::env::var(ORDER).unwrap();
    match order.split_once(' ').unwrap() {
        ("renew", endpoint) => {
            let wishes = Wishes { resource: "https://a".into(), endpoint: Some(endpoint.to_owned()), ..Wishes::default() };
            let plan = Plan::new(&wishes, &Machine::this(), &Log::new()).unwrap();
            let get = || PendingToken::start(&wishes).unwrap().wait_to_the_end().unwrap();
            drop(get());
            step("kept");
            cache::age(&plan, HALF_A_DAY + Duration::from_secs(1));
            drop(get());
            step("renewed");
            cache::clear_cache();
            step("cleared");
        }
        ("panic", file) => {
            crate::ffi::arc_token_live_objects(); // From the first call on, no panic's message is shown.
            let file = file.to_owned();
            let work = move |_: &Run<u8>| {
                let key = Secret::new(std::fs::read_to_string(file).unwrap().as_bytes());
                panic!("{}", key.expose_text());
            };
            let work = PendingWork::start(None, &Log::new(), work, |_| unreachable!()).unwrap();
            let error = work.wait_to_the_end().unwrap_err();
            assert_eq!(error.status(), Status::Internal);
            step(&error.to_string());
        }
        (other, _) => panic!("'{other}' is not understood"),
    }
}

#[test]
fn nothing_is_left_of_a_token_that_was_renewed() {
    let tokens = [secret(), secret()];
    let answers = std::sync::Mutex::new(tokens.clone().into_iter());
    let (wishes, _, requests) = agent({
        move |stream| {
            let body = format!(r#"{{"access_token":"{}","expires_in":"86400"}}"#, answers.lock().unwrap().next().unwrap());
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close", body.len());
            stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).unwrap();
        }
    });
    let order = format!("renew {}", wishes.endpoint.unwrap());
    // The first is in the cache, then the second, then none.
    let expected = [[1, 0], [0, 1], [0, 0]];
    let (said, found) = copies(&order, [&tokens[0], &tokens[1]], &expected);
    assert_eq!((said.as_str(), requests.load(Ordering::SeqCst)), ("cleared", 2));
    assert_eq!(found, expected);
}

#[test]
fn nothing_is_left_of_a_secret_after_a_panic() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let secret = secret();
    std::fs::write(file.path(), &secret).unwrap();
    let (said, found) = copies(&format!("panic {}", file.path().display()), [&secret], &[[0]]);
    assert!(said.contains("panicked") && !said.contains(&secret), "{said}");
    assert_eq!(found, [[0]]);
}
