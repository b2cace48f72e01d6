//! `expected.tsv`: what has to come of each of the emulator's faults. The PowerShell tests read the same file.
//!
//! One row a fault; lines that begin with `#` are headings. Columns, separated by tabs:
//!
//! - `fault`: its name in the emulator.
//! - `asks`: which user-assigned identity the call asks for, by which of its ids; empty for the machine's own.
//! - `outcome`: `Ok` or an error's name, or several that are right, separated by `|`.
//! - `detail`: for `Ok`, how long the token lives (seconds, or `@` and a Unix time; empty: as long as the emulator's ordinary
//!   ones); for `KeyFileRefused` the reason; for errors that carry the agent's HTTP status, that status.
//! - `requests`, `keyed`: how many requests the agent may see, and how many of them with a key: a number, or two and a dash.
//! - `seconds`: the longest time that the call may take, or the shortest and the longest. A call that has to run into its
//!   time limit is given the shortest as limit.
//! - `module`: what `Get-ArcToken` says, where that is something else.
//! - `note`: why.

use std::ops::RangeInclusive;

const TABLE: &str = include_str!("expected.tsv");

pub(crate) struct Row {
    /// The heading it stands under.
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
