//! `arc-token`: tokens of an Azure Arc machine's managed identity, on the command line.

mod args;
mod audiences;
mod check;
mod failure;
mod generate;
mod token;

use std::process::ExitCode;

use args::{Cli, Command};
use clap::Parser as _;

fn main() -> ExitCode {
    failure::keep_panics_quiet();
    let cli = Cli::parse();
    let outcome = match cli.command {
        None => token::run(&cli.token),
        Some(Command::Check(request)) => check::run(&request),
        Some(Command::Completions { shell }) => generate::completions(shell),
        Some(Command::Man { command }) => generate::man(command.as_deref()),
    };
    outcome.unwrap_or_else(|failure| failure.report())
}
