//! Writes `docs/faults.md`, the table for readers.

use std::fmt::Write as _;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use crate::support::Fault;
use crate::table::Row;

const INTRODUCTION: &str = "\
# What comes of each fault

Everything that the agent emulator (`tests/emulator`) can do wrong, by name, and what a call then gives: a token, or the error
that is named. Printed by `tests/faults.rs`, which runs all of it through the C ABI, after it found each row to be so; what is right
stands in `tests/faults/expected.tsv`. `tests/powershell/Faults.Tests.ps1` runs the same through `Get-ArcToken`. Both check besides
that no call goes on past its time limit, that no key goes where it must not, and that no text and no stream shows a secret.

*Requests* are those that the agent sees, in brackets how many of them bring a key. *Seconds* are the longest that the call may
take, or the shortest and the longest.
";

pub(crate) fn faults(rows: &[Row], known: &[Fault]) -> String {
    let mut text = format!("{INTRODUCTION}\n{} faults:\n", rows.len());
    let mut family = "";
    for row in rows {
        if row.family != family {
            family = row.family;
            let _ =
                write!(text, "\n## {family}\n\n| Fault | What the agent does | Outcome | Requests | Seconds |\n|---|---|---|---|---|\n");
        }
        let about = known.iter().find(|fault| fault.name == row.fault).map_or("", |fault| &fault.about);
        let asks = if row.asks.is_empty() { String::new() } else { format!(" (asked for by {})", row.asks.replace('-', " ")) };
        let (requests, keyed, seconds) = (numbers(&row.requests), numbers(&row.keyed), numbers(&row.seconds));
        let seconds = seconds.strip_prefix("0-").unwrap_or(&seconds);
        let cells =
            [format!("`{}`", row.fault), format!("{about}{asks}"), outcome(row), format!("{requests} ({keyed})"), seconds.to_owned()];
        let _ = writeln!(text, "| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
    }
    text
}

fn outcome(row: &Row) -> String {
    let detail = match (row.outcomes[0], row.detail) {
        (_, "") => String::new(),
        ("Ok", end) if end.starts_with('@') => format!(" until Unix time {}", &end[1..]),
        ("Ok", seconds) => format!(" for {seconds} s"),
        ("KeyFileRefused", reasons) => format!(" ({})", reasons.replace('|', " or ")),
        // The client may also see the right file, so another outcome comes first.
        (_, reason) if row.outcomes.contains(&"KeyFileRefused") => format!(" ({reason})"),
        (_, status) => format!(" (HTTP {status})"),
    };
    let names: Vec<_> = row.outcomes.iter().map(|name| if *name == "Ok" { "a token".to_owned() } else { format!("`{name}`") }).collect();
    let module = if row.module.is_empty() { String::new() } else { format!("; `Get-ArcToken`: `{}`", row.module) };
    let note = if row.note.is_empty() { String::new() } else { format!(": {}", row.note) };
    format!("{}{detail}{module}{note}", names.join(" or "))
}

fn numbers<T: std::fmt::Display + PartialEq>(range: &RangeInclusive<T>) -> String {
    if range.start() == range.end() { range.start().to_string() } else { format!("{}-{}", range.start(), range.end()) }
}

/// Writes the table to `docs/faults.md`. Fails if the file was different: the committed table must be the tested one.
pub(crate) fn print(text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/faults.md");
    if fs::read_to_string(&path).unwrap_or_default() != text {
        fs::write(&path, text).expect("the document is written");
        panic!("{} was not up to date. It is now: commit it.", path.display());
    }
}
