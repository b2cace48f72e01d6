//! Prints the checks of the agent.

use std::io::Write as _;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use arc_token::CheckStatus;

use crate::args::RequestArgs;
use crate::failure::{Failure, in_our_words};

pub(crate) fn run(args: &RequestArgs) -> Result<ExitCode, Failure> {
    let checks = arc_token::check(&args.request()?)?;
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or(0);
    // Leaves colours out where the output is no terminal, and where NO_COLOR says so.
    let mut out = anstream::stdout().lock();
    for check in &checks {
        let (style, status) = (style(check.status), check.status.name());
        writeln!(out, "{style}{status:<7}{style:#}  {:<width$}  {}", check.name, check.detail)?;
        if !check.advice.is_empty() {
            writeln!(out, "{:indent$}{}", "", in_our_words(&check.advice), indent = width + 11)?;
        }
    }
    out.flush()?;
    let failed = checks.iter().any(|check| check.status == CheckStatus::Fail);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn style(status: CheckStatus) -> Style {
    match status {
        CheckStatus::Pass => AnsiColor::Green.on_default(),
        CheckStatus::Warning => AnsiColor::Yellow.on_default(),
        CheckStatus::Fail => AnsiColor::Red.on_default().bold(),
        CheckStatus::Skip => Style::new().dimmed(),
    }
}
