//! Standard output. What cannot be written is a failure, also when there is no standard output at all.

use std::io::{self, StdoutLock, Write as _};
use std::process::ExitCode;

use clap::builder::StyledStr;

use crate::before_main;
use crate::failure::Failure;

/// Standard output, if the program was started with one.
pub(crate) fn stdout() -> io::Result<StdoutLock<'static>> {
    if before_main::output_was_closed() {
        return Err(io::Error::other("standard output is closed"));
    }
    Ok(io::stdout().lock())
}

/// Prints a whole text.
pub(crate) fn print(text: &[u8]) -> Result<ExitCode, Failure> {
    let mut out = stdout()?;
    out.write_all(text)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Prints a text with its styles if the output is a terminal.
pub(crate) fn print_styled(text: &StyledStr) -> Result<ExitCode, Failure> {
    let mut out = anstream::AutoStream::auto(stdout()?);
    write!(out, "{}", text.ansi())?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
