//! What went wrong, as it is said on standard error, and the exit code that goes with it.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::panic;
use std::process::ExitCode;

use arc_token::{Error, Status};

/// Why the program ends without having done what it was to do.
pub(crate) enum Failure {
    /// A request failed.
    Request(Error),
    /// A value cannot be right.
    Invalid { problem: String, advice: &'static str },
    /// The output could not be written.
    Output(io::Error),
}

impl Failure {
    pub(crate) fn invalid(problem: String, advice: &'static str) -> Self {
        Self::Invalid { problem, advice }
    }

    /// Says it, by the name that it has everywhere, and gives the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let (status, problem, advice) = match self {
            Self::Request(error) => (error.status(), error.problem(), error.advice()),
            Self::Invalid { problem, advice } => (Status::InvalidArgument, problem.clone(), (*advice).to_owned()),
            Self::Output(error) => {
                // Whoever closed the pipe has read enough.
                if error.kind() != io::ErrorKind::BrokenPipe {
                    say(format_args!("arc-token: The output cannot be written: {error}."));
                }
                return ExitCode::FAILURE;
            }
        };
        say(format_args!("arc-token: {}: {problem}", status.name()));
        if !advice.is_empty() {
            say(format_args!("  {}", in_our_words(&advice)));
        }
        exit_code(status)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Request(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Writes a line to standard error. That nobody reads it is no reason to end otherwise.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// One for each family of errors: the status, rounded down to tens.
fn exit_code(status: Status) -> ExitCode {
    ExitCode::from(u8::try_from(status as i32 / 10 * 10).unwrap_or(u8::MAX))
}

/// The library's advice names options as PowerShell has them.
pub(crate) fn in_our_words(advice: &str) -> String {
    [("-ApiVersion", "--api-version"), ("-IdentityResourceId", "--identity-resource-id"), ("-Verbose", "--verbose")]
        .into_iter()
        .fold(advice.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
}

/// A panic's text may quote what it stumbled over, and that may be a token.
pub(crate) fn keep_panics_quiet() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(|| "an unknown place".to_owned(), |place| format!("{}:{}", place.file(), place.line()));
        say(format_args!("arc-token: a fault at {place}; please report it."));
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_has_its_exit_code() {
        for status in Status::ALL {
            let code = status as i32 / 10 * 10;
            assert_eq!(exit_code(status), ExitCode::from(u8::try_from(code).expect("less than 256")));
            assert!(matches!(status, Status::Ok | Status::Pending) || (10..=90).contains(&code), "{status:?}");
        }
    }

    #[test]
    fn advice_names_this_programs_options() {
        assert_eq!(in_our_words("x (-IdentityResourceId) -Verbose y"), "x (--identity-resource-id) --verbose y");
    }
}
