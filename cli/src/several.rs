//! Several tokens by one command: asked for at the same time, and printed as one JSON array.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use arc_token::{AccessToken, Error, TokenRequest};
use serde_json::{Value, json};

use crate::failure::{Failure, say, with_cli_options};
use crate::token::{self, View};

/// The most requests under way at the same time.
const MOST_AT_ONCE: usize = 8;

/// Gets and prints the tokens, in the order of `resources`. The exit code is that of the first one that is not to be had.
pub(crate) fn run(out: &mut impl Write, requests: &[(String, TokenRequest)], view: View, verbose: bool) -> Result<ExitCode, Failure> {
    let outcomes = send_all(requests);
    for outcome in &outcomes {
        token::tell(outcome, verbose);
    }
    if view == View::Properties {
        write_views(out, &outcomes)?;
    } else {
        let rows: Vec<Value> = requests.iter().zip(&outcomes).map(|((resource, _), outcome)| row(resource, outcome)).collect();
        writeln!(out, "{:#}", Value::from(rows))?;
    }
    out.flush()?;
    let mut first = None;
    for ((resource, _), outcome) in requests.iter().zip(outcomes) {
        if let Err(error) = outcome {
            say(format_args!("arc-token: no token for '{}':", resource.escape_debug()));
            first.get_or_insert(Failure::from(error).report());
        }
    }
    Ok(first.unwrap_or(ExitCode::SUCCESS))
}

/// The outcomes, in the order of the requests.
fn send_all(requests: &[(String, TokenRequest)]) -> Vec<Result<AccessToken, Error>> {
    let next = AtomicUsize::new(0);
    let outcomes: Vec<_> = requests.iter().map(|_| OnceLock::new()).collect();
    thread::scope(|scope| {
        for _ in 0..requests.len().min(MOST_AT_ONCE) {
            scope.spawn(|| {
                while let Some(at) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < requests.len()) {
                    outcomes[at].get_or_init(|| requests[at].1.send());
                }
            });
        }
    });
    outcomes.into_iter().filter_map(OnceLock::into_inner).collect()
}

fn row(resource: &str, outcome: &Result<AccessToken, Error>) -> Value {
    match outcome {
        Ok(token) => token::object(token),
        Err(error) => {
            let advice = with_cli_options(&error.advice());
            json!({ "resource": resource, "error": { "status": error.status().name(), "problem": error.problem(), "advice": advice } })
        }
    }
}

fn write_views(out: &mut impl Write, outcomes: &[Result<AccessToken, Error>]) -> io::Result<()> {
    for (at, token) in outcomes.iter().flatten().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        token::write_view(out, token)?;
    }
    Ok(())
}
