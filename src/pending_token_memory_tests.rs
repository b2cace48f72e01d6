//! Memory searches after a renewal, and after a panic while a secret is in use.
//!
//! `tests/memory.rs` cannot do this from outside: a renewal takes hours, and a panic needs a fault. So the test program runs itself
//! again with an order, and searches the memory of that process.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use super::*;
use crate::error::status::Status;
use crate::request::wanted::Wanted;
use crate::task::background_task::BackgroundTask;

#[path = "../tests/memory/scan.rs"]
mod scan;

/// The variable with the order to the searched process: an action and its argument.
const ORDER: &str = "ARC_TOKEN_TEST_ORDER";

fn secret() -> String {
    std::iter::repeat_with(fastrand::alphanumeric).take(1500).collect()
}

/// Runs this program again with `order`. Returns its last word, and the number of copies of each secret at each step. A step is
/// searched until the numbers are as expected, for at most five seconds.
fn copies<const N: usize>(order: &str, secrets: [&str; N], expected: &[[usize; N]]) -> (String, Vec<[usize; N]>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "pending_token::tests::memory::the_process_that_is_looked_at", "--ignored", "--nocapture"]);
    let mut child = command.env(ORDER, order).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut found = Vec::new();
    let mut word = String::new();
    for expected in expected {
        word = lines.find_map(|line| line.strip_prefix("> ").map(str::to_owned)).expect("it says how it went");
        // The thread of an exchange ends a moment after the caller has the answer.
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
    (word, found)
}

/// Prints a word, and waits until the searching process goes on.
fn step(word: &str) {
    println!("\n> {word}");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

#[test]
#[ignore = "run by the other tests"]
fn the_process_that_is_looked_at() {
    let order = std::env::var(ORDER).unwrap();
    match order.split_once(' ').unwrap() {
        ("renew", endpoint) => {
            let params = RequestParams {
                wanted: Wanted::Resource("https://a".into()),
                endpoint: Some(endpoint.to_owned()),
                ..RequestParams::default()
            };
            let request = ValidatedRequest::new(&params, &HostEnvironment::this(), &Log::new()).unwrap();
            let get = || PendingToken::start(&params).unwrap().wait().unwrap();
            drop(get());
            step("kept");
            cache::age(&request, HALF_A_DAY + Duration::from_secs(1));
            drop(get());
            step("renewed");
            cache::clear_cache();
            step("cleared");
        }
        ("panic", file) => {
            crate::ffi::arc_token_live_objects(); // The first call of the C interface silences panics on this library's threads.
            let file = file.to_owned();
            let work = move |_: &CallContext| {
                let key = Secret::new(std::fs::read_to_string(file).unwrap().as_bytes());
                panic!("{}", key.expose_text());
            };
            let failed = |kind| Error::new(kind, None, Log::new());
            let task = BackgroundTask::<u8>::start(None, &Log::new(), work, failed, |_| unreachable!()).unwrap();
            let error = task.wait_to_the_end().unwrap_err();
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
    let (params, _, requests) = agent({
        move |stream| {
            let body = format!(r#"{{"access_token":"{}","expires_in":"86400"}}"#, answers.lock().unwrap().next().unwrap());
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close", body.len());
            stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).unwrap();
        }
    });
    let order = format!("renew {}", params.endpoint.unwrap());
    // The cache has the first token, then the second, then none.
    let expected = [[1, 0], [0, 1], [0, 0]];
    let (word, found) = copies(&order, [&tokens[0], &tokens[1]], &expected);
    assert_eq!((word.as_str(), requests.load(Ordering::SeqCst)), ("cleared", 2));
    assert_eq!(found, expected);
}

#[test]
fn nothing_is_left_of_a_secret_after_a_panic() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let secret = secret();
    std::fs::write(file.path(), &secret).unwrap();
    let (word, found) = copies(&format!("panic {}", file.path().display()), [&secret], &[[0]]);
    assert!(word.contains("panicked") && !word.contains(&secret), "{word}");
    assert_eq!(found, [[0]]);
}
