//! `arc-token`, the command-line program: tokens of an Azure Arc machine's managed identity.

mod args;
mod audiences;
mod before_main;
mod check;
mod command_line;
mod completions;
mod core_dumps;
mod exec;
mod failure;
mod manual;
mod output;
mod reference;
mod several;
mod token;

use std::process::ExitCode;

use args::Command;

fn main() -> ExitCode {
    failure::keep_panics_quiet();
    if let Some(outcome) = exec::az::stand_in::run_if_called() {
        return outcome.unwrap_or_else(|failure| failure.report());
    }
    core_dumps::forbid();
    let cli = match command_line::parse() {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    let outcome = match cli.command {
        None => token::run(&cli.token),
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::Exec(args)) => exec::run(&args),
        Some(Command::Completions { shell }) => completions::print(shell),
        Some(Command::Man { command }) => manual::print(command.as_deref()),
    };
    outcome.unwrap_or_else(|failure| failure.report())
}
