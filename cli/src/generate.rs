//! The texts that clap makes from the command line's description.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::args::Cli;
use crate::failure::Failure;

pub(crate) fn completions(shell: Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "arc-token", &mut script);
    write(&script)
}

pub(crate) fn man(command: Option<&str>) -> Result<ExitCode, Failure> {
    let mut program = Cli::command();
    // Gives the commands the names that they are called by.
    program.build();
    let described = match command {
        None => program,
        Some(name) => {
            let advice = "'arc-token --help' lists them.";
            let found = program.find_subcommand(name).cloned();
            found.ok_or_else(|| Failure::invalid(format!("There is no command '{}'.", name.escape_default()), advice))?
        }
    };
    let mut page = Vec::new();
    Man::new(described).render(&mut page)?;
    write(&page)
}

fn write(text: &[u8]) -> Result<ExitCode, Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
