//! Reads `expected.tsv`: the expected outcome of each fault of the emulator. The PowerShell tests read the same file.
//!
//! Each fault has one row. Lines that begin with `#` are headings. The columns are separated by tabs:
//!
//! - `fault`: the name in the emulator.
//! - `asks`: the kind of id by which the call requests the user-assigned identity; empty for the machine's own identity.
//! - `outcome`: `Ok` or the name of an error, or several allowed outcomes, separated by `|`.
//! - `detail`: for `Ok` the token's lifetime (seconds, or `@` and a Unix time; empty for the emulator's ordinary lifetime); for
//!   `KeyFileRefused` the reason; for errors with the agent's HTTP status, that status.
//! - `requests`, `keyed`: the number of requests that the agent sees, and of those with a key: a number or a range.
//! - `seconds`: the longest duration of the call, or the shortest and the longest. If the outcome is a timeout, the shortest is
//!   the time limit of the call.
//! - `module`: the outcome of `Get-ArcToken`, if it is another one.
//! - `note`: the reason.

use std::ops::RangeInclusive;

const TABLE: &str = include_str!("expected.tsv");

pub(crate) struct Row {
    /// The heading above the row.
    pub(crate) family: &'static str,
    pub(crate) fault: &'static str,
    pub(crate) asks: &'static str,
    pub(crate) outcomes: Vec<&'static str>,
    pub(crate) detail: &'static str,
    pub(crate) requests: RangeInclusive<usize>,
    pub(crate) keyed: RangeInclusive<usize>,
    pub(crate) seconds: RangeInclusive<u64>,
    pub(crate) module: &'static str,
    pub(crate) note: &'static str,
}

pub(crate) fn rows() -> Vec<Row> {
    let mut family = "";
    let mut rows = Vec::new();
    let mut lines = TABLE.lines();
    assert_eq!(lines.next(), Some("fault\tasks\toutcome\tdetail\trequests\tkeyed\tseconds\tmodule\tnote"));
    for line in lines {
        match line.strip_prefix("# ") {
            Some(heading) => family = heading,
            None => rows.push(row(family, line)),
        }
    }
    rows
}

fn row(family: &'static str, line: &'static str) -> Row {
    let cells: Vec<_> = line.split('\t').collect();
    let [fault, asks, outcome, detail, requests, keyed, seconds, module, note] = cells[..] else { panic!("not nine columns: {line}") };
    let outcomes = outcome.split('|').collect();
    let (requests, keyed) = (range(requests).unwrap_or_else(|| exactly(requests)), range(keyed).unwrap_or_else(|| exactly(keyed)));
    let seconds = range(seconds).unwrap_or_else(|| 0..=number(seconds));
    Row { family, fault, asks, outcomes, detail, requests, keyed, seconds, module, note }
}

fn range<T: std::str::FromStr>(text: &str) -> Option<RangeInclusive<T>> {
    text.split_once('-').map(|(least, most)| number(least)..=number(most))
}

fn exactly<T: std::str::FromStr + Copy>(text: &str) -> RangeInclusive<T> {
    number(text)..=number(text)
}

fn number<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("'{text}' is no number"))
}
