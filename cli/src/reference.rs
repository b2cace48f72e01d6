//! What `--help` and the manual page say beyond the options.

/// A section of the manual page, and a part of `--help`.
pub(crate) struct Section {
    /// The heading in `--help`.
    heading: &'static str,
    /// The heading in the manual page, where these sections have names of their own.
    pub(crate) manual: &'static str,
    pub(crate) body: Body,
}

pub(crate) enum Body {
    /// Lines that stay as they are, and paragraphs.
    Lines { lines: &'static str, notes: &'static [&'static str] },
    /// Words, and what they mean.
    List(&'static [(&'static str, &'static str)]),
}

pub(crate) const SECTIONS: [Section; 3] = [
    Section { heading: "Examples", manual: "EXAMPLES", body: Body::Lines { lines: EXAMPLES, notes: &NOTES } },
    Section { heading: "Environment variables", manual: "ENVIRONMENT", body: Body::List(&VARIABLES) },
    Section { heading: "Exit codes", manual: "EXIT STATUS", body: Body::List(&EXIT_CODES) },
];

const EXAMPLES: &str = "set -o pipefail
arc-token --resource https://vault.azure.net --format header |
  curl -sSf -H @- 'https://myvault.vault.azure.net/secrets/mysecret?api-version=7.4'
token=$(arc-token --resource-type Storage) || exit
arc-token check
arc-token exec -- terraform apply";

const NOTES: [&str; 2] = [
    "Without pipefail the pipe does not fail when there is no token, and without -f not when the service refuses it.",
    "Never put a token on a command line: every user of the machine can read it there.",
];

const VARIABLES: [(&str, &str); 3] = [
    ("IDENTITY_ENDPOINT and IMDS_ENDPOINT", "If both are set and IDENTITY_HEADER is not, IDENTITY_ENDPOINT is the agent's address."),
    ("ARC_TOKEN_REQUIRE_IDENTIFIED_AGENT", "Set to anything but 0, it does what --require-identified-agent does."),
    ("NO_COLOR", "If it is set, 'check' prints no colours."),
];

const EXIT_CODES: [(&str, &str); 14] = [
    ("0", "success"),
    ("1", "'check' found something that fails, or the output could not be written"),
    ("2", "the command line is wrong"),
    ("10", "a value cannot be right (InvalidArgument)"),
    ("20", "no agent answers (EndpointRefused, AgentNotInstalled, AgentNotRunning, ForeignAnswer)"),
    ("30", "the agent's key cannot be had (BadChallenge, KeyFileRefused, KeyAccessDenied, KeyRejected)"),
    ("40", "not that identity (IdentityNotFound, SelectorNotHonoured)"),
    ("50", "the agent's answer is no token (AgentError, BadResponse)"),
    ("60", "the time was up (Timeout)"),
    ("90", "a fault of this program (Internal)"),
    ("125", "'exec' cannot make its endpoint"),
    ("126", "'exec' cannot start the program"),
    ("127", "'exec' does not find the program"),
    ("128+n", "the program that 'exec' ran was ended by signal n; otherwise the code is the program's own"),
];

/// The sections as `--help` has them at its end.
pub(crate) fn after_help() -> String {
    let mut help = String::new();
    for section in SECTIONS {
        let body = match section.body {
            Body::Lines { lines, notes } => {
                let lines = lines.lines().map(|line| format!("  {line}\n")).collect::<String>();
                format!("{lines}\n{}\n", notes.join("\n"))
            }
            Body::List(rows) => rows.iter().map(in_help).collect(),
        };
        help += &format!("{}:\n{body}\n", section.heading);
    }
    help.truncate(help.trim_end().len());
    help
}

/// A row of a list: numbers are on the line of their text, names above it.
fn in_help((word, text): &(&str, &str)) -> String {
    if word.starts_with(|c: char| c.is_ascii_digit()) { format!("  {word:>2}  {text}\n") } else { format!("  {word}\n      {text}\n") }
}
