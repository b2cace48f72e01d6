//! Prints the checks of the agent.

use std::io::{self, IsTerminal as _, Write as _};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use arc_token::CheckStatus;

use crate::args::RequestArgs;
use crate::failure::{Failure, in_our_words};

pub(crate) fn run(args: &RequestArgs) -> Result<ExitCode, Failure> {
    let checks = arc_token::check(&args.request()?)?;
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or(0);
    let indent = width + 11;
    let room = room_beside(indent);
    let gap = format!("\n{:indent$}", "");
    // Leaves colours out where the output is no terminal, and where NO_COLOR says so.
    let mut out = anstream::stdout().lock();
    for check in &checks {
        let (style, status) = (style(check.status), check.status.name());
        writeln!(out, "{style}{status:<7}{style:#}  {:<width$}  {}", check.name, wrapped(&check.detail, room).join(&gap))?;
        if !check.advice.is_empty() {
            writeln!(out, "{:indent$}{}", "", wrapped(&in_our_words(&check.advice), room).join(&gap))?;
        }
    }
    out.flush()?;
    let failed = checks.iter().any(|check| check.status == CheckStatus::Fail);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The columns that a window has beside the first ones. A program that reads wants whole lines.
fn room_beside(indent: usize) -> usize {
    const LEAST: usize = 20;
    let window = terminal_size::terminal_size().filter(|_| io::stdout().is_terminal());
    window.map_or(usize::MAX, |(columns, _)| usize::from(columns.0).saturating_sub(indent).max(LEAST))
}

/// Lines of whole words; a longer word has one to itself.
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
