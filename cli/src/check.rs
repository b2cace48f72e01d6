//! The command `check`: prints the checks of the agent.

use std::io::{self, IsTerminal as _, StdoutLock, Write as _};
use std::process::ExitCode;

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use arc_token::{Check, CheckReport, CheckStatus};
use serde_json::{Value, json};

use crate::args::CheckArgs;
use crate::failure::{Failure, say, with_cli_options};
use crate::output;

pub(crate) fn run(args: &CheckArgs) -> Result<ExitCode, Failure> {
    let out = output::stdout()?;
    let report = arc_token::check(&args.request.request()?)?;
    if args.request.agent.verbose {
        say(report.log().steps());
    }
    if args.is_json() {
        write_json(out, &report)?
    } else {
        write_text(out, &report)?
    }
    Ok(if report.has_failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn write_text(out: StdoutLock<'static>, report: &CheckReport) -> io::Result<()> {
    let width = report.checks().iter().map(|check| check.name.len()).max().unwrap_or(0);
    let indent = width + 11;
    let room = room_beside(indent);
    let gap = format!("\n{:indent$}", "");
    // This stream drops colours if the output is not a terminal, or if NO_COLOR is set.
    let mut out = AutoStream::auto(out);
    for check in report {
        let (style, status) = (style(check.status), check.status.name());
        writeln!(out, "{style}{status:<7}{style:#}  {:<width$}  {}", check.name, wrapped(&check.detail, room).join(&gap))?;
        if !check.advice.is_empty() {
            writeln!(out, "{:indent$}{}", "", wrapped(&with_cli_options(&check.advice), room).join(&gap))?;
        }
    }
    out.flush()
}

fn write_json(mut out: StdoutLock<'static>, report: &CheckReport) -> io::Result<()> {
    let row = |check: &Check| {
        let advice = with_cli_options(&check.advice);
        json!({ "name": check.name, "status": check.status.name(), "detail": check.detail, "advice": advice })
    };
    let rows = Value::from(report.checks().iter().map(row).collect::<Vec<_>>());
    writeln!(out, "{rows:#}")?;
    out.flush()
}

/// The width of the terminal minus the indentation. Output to a program has no limit, because programs expect whole lines.
fn room_beside(indent: usize) -> usize {
    const LEAST: usize = 20;
    let window = terminal_size::terminal_size().filter(|_| io::stdout().is_terminal());
    window.map_or(usize::MAX, |(columns, _)| usize::from(columns.0).saturating_sub(indent).max(LEAST))
}

/// Wraps a text between words. A word that is too long gets its own line.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn style(status: CheckStatus) -> Style {
    match status {
        CheckStatus::Pass => AnsiColor::Green.on_default(),
        CheckStatus::Warning => AnsiColor::Yellow.on_default(),
        CheckStatus::Fail => AnsiColor::Red.on_default().bold(),
        CheckStatus::Skip => Style::new().dimmed(),
    }
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_break_between_words_only() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a-long-word b", 4), ["a-long-word", "b"]);
        assert_eq!(wrapped("one two three", usize::MAX), ["one two three"]);
    }
}
