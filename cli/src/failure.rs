//! Failures: their texts on standard error, and their exit codes.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::panic;
use std::process::ExitCode;

use arc_token::{Error, Status};

/// The reason why the program fails.
pub(crate) enum Failure {
    /// A request failed.
    Request(Error),
    /// A value is invalid.
    Invalid { problem: String, advice: &'static str },
    /// The output cannot be written.
    Output(io::Error),
}

impl Failure {
    pub(crate) fn invalid(problem: String, advice: &'static str) -> Self {
        Self::Invalid { problem, advice }
    }

    /// Prints the failure to standard error, with the error's name from the library. Returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let (status, problem, advice) = match self {
            Self::Request(error) => (error.status(), error.problem(), error.advice()),
            Self::Invalid { problem, advice } => (Status::InvalidArgument, problem.clone(), (*advice).to_owned()),
            Self::Output(error) => {
                // A reader that closes the pipe has read enough. That needs no message.
                if error.kind() != io::ErrorKind::BrokenPipe {
                    say(format_args!("arc-token: The output cannot be written: {error}."));
                }
                return ExitCode::FAILURE;
            }
        };
        say(format_args!("arc-token: {}: {problem}", status.name()));
        if !advice.is_empty() {
            say(format_args!("  {}", with_cli_options(&advice)));
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

/// Writes a line to standard error. If nobody reads it, the program goes on.
pub(crate) fn say(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// The exit code: one for each family of errors, the status rounded down to tens.
fn exit_code(status: Status) -> ExitCode {
    ExitCode::from(u8::try_from(status as i32 / 10 * 10).unwrap_or(u8::MAX))
}

/// Replaces the names of PowerShell parameters in the library's advice by this program's options.
pub(crate) fn with_cli_options(advice: &str) -> String {
    const OPTIONS: [(&str, &str); 9] = [
        // This advice names both.
        ("-AllowUnidentifiedAgent (arc-token: --allow-unidentified-agent)", "--allow-unidentified-agent"),
        ("-RequireIdentifiedAgent", "--require-identified-agent"),
        ("-ApiVersion", "--api-version"),
        ("-IdentityResourceId", "--identity-resource-id"),
        ("-KeyDirectory", "--key-directory"),
        ("-ResourceTypeName", "--resource-type"),
        ("-Resource", "--resource"),
        ("-Environment", "--environment"),
        ("-Verbose", "--verbose"),
    ];
    OPTIONS.into_iter().fold(advice.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
}

/// Turns off the texts of panics, because they may quote a token.
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
        assert_eq!(with_cli_options("x (-IdentityResourceId) -Verbose y"), "x (--identity-resource-id) --verbose y");
        let both = "works: -AllowUnidentifiedAgent (arc-token: --allow-unidentified-agent); then";
        assert_eq!(with_cli_options(both), "works: --allow-unidentified-agent; then");
        assert_eq!(with_cli_options("it (-RequireIdentifiedAgent)"), "it (--require-identified-agent)");
    }
}
