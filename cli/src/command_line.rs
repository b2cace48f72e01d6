//! Reads the command line, and says of a wrong one what would be right.

use std::ffi::OsString;
use std::process::ExitCode;

use arc_token::service_named;
use clap::Parser as _;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::args::{Cli, TokenCli};
use crate::failure::Failure;
use crate::output;

/// The command line, or the exit code where it is wrong or asks for help.
pub(crate) fn parse() -> Result<Cli, ExitCode> {
    let words: Vec<_> = std::env::args_os().collect();
    // This is a third of the work of reading the whole command line. Whatever it does not know is read anew.
    if let Ok(cli) = TokenCli::try_parse_from(&words) {
        return Ok(cli.into());
    }
    Cli::try_parse_from(&words).or_else(|error| with_the_command_first(&words, error)).map_err(|error| {
        if error.use_stderr() {
            let _ = with_hint(error).print(); // If nobody reads it, the exit code tells it.
            return ExitCode::from(2);
        }
        output::print_styled(&error.render()).unwrap_or_else(|failure: Failure| failure.report())
    })
}

/// Options may come before the command that they are for: then the command is moved to the front, and the rest is read again.
///
/// The command is the first word that is neither an option nor an option's value: what is before it is a command line of its own.
fn with_the_command_first(words: &[OsString], error: Error) -> Result<Cli, Error> {
    if !error.use_stderr() {
        return Err(error);
    }
    let mut is_whole = false;
    for at in 2..=words.len() {
        let was_whole = std::mem::replace(&mut is_whole, true);
        if let Err(error) = Cli::try_parse_from(&words[..at]) {
            if has_wrong_value(&error) {
                return Err(error);
            }
            is_whole = false;
        }
        if was_whole && !is_whole && !words[at - 1].as_encoded_bytes().starts_with(b"-") {
            let mut words = words.to_vec();
            words[1..at].rotate_right(1);
            return Cli::try_parse_from(words);
        }
    }
    Err(error)
}

/// An option's value is wrong, and not only still to come.
fn has_wrong_value(error: &Error) -> bool {
    let given = matches!(error.get(ContextKind::InvalidValue), Some(ContextValue::String(value)) if !value.is_empty());
    given && matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation)
}

/// A word in a command's place that looks like a service.
fn with_hint(mut error: Error) -> Error {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return error };
    let option = match service_named(word) {
        Some(service) => format!("--resource-type {service}"),
        None if word.contains("://") || word.contains('.') => format!("--resource {word}"),
        None => return error,
    };
    let hint = StyledStr::from(format!("for a token of this service: arc-token {option}"));
    if error.kind() == ErrorKind::InvalidSubcommand {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![hint]));
    }
    error
}
