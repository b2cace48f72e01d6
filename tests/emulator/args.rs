//! The emulator's command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::cloud::PUBLIC;
use crate::identity::{DEFAULT_USER_ASSIGNED, Identity};

pub(crate) const HELP: &str = "\
An emulator of the local agent of an Azure Arc-enabled server, for tests and for trying things out.

  --port N                 port of the agent on 127.0.0.1 (default: a free one)
  --key-directory DIR      where the one-time key files go (default: a new private directory, removed at the end). It must be
                           yours or root's, and no other user may write to it
  --any-key-directory      do not ask whose the key directory is, and who can write to it (for tests: its owner can make this
                           program write other files)
  --key-lifetime SECONDS   how long a key nobody uses stays (default 60; the real agent's time is not known)
  --token-lifetime SECONDS how long a token is good (default a day); it is given again while five minutes are left
  --answer-after MILLISECONDS
                           how long each answer takes (default 0); the agent answers many at once
  --user-assigned CLIENT_ID,OBJECT_ID,RESOURCE_ID
                           a user-assigned identity the machine has (may be repeated; default: see the start-up text)
  --fault NAME             answer wrongly (may be repeated; the first that applies wins). What a client's environment has to
                           be for one, the first line says
  --list-faults            print all faults as JSON, one a line, and end
  --cloud NAME             the cloud that the machine is in. Entra then knows no audience of another one (default: AzureCloud,
                           where it knows all)
  --relay HOST:PORT        do not answer, pass everything on to the agent there (as an attacker on another port would)
  --control-port N         port through which tests look inside and switch faults (default: a free one)
  --until-stdin-closes     end when standard input is closed
";

pub(crate) struct Args {
    pub(crate) port: u16,
    pub(crate) control_port: u16,
    pub(crate) key_directory: Option<PathBuf>,
    /// The key directory may be another user's.
    pub(crate) any_key_directory: bool,
    pub(crate) key_lifetime: Duration,
    pub(crate) token_lifetime: Option<i64>,
    pub(crate) answer_after: Duration,
    pub(crate) user_assigned: Vec<Identity>,
    pub(crate) faults: Vec<String>,
    pub(crate) cloud: String,
    pub(crate) relay: Option<SocketAddr>,
    pub(crate) until_stdin_closes: bool,
}

/// The action that the command line selects.
pub(crate) enum Action {
    Run(Args),
    ListFaults,
    Help,
}

pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Action, String> {
    let mut args = Args {
        port: 0,
        control_port: 0,
        key_directory: None,
        any_key_directory: false,
        key_lifetime: Duration::from_secs(60),
        token_lifetime: None,
        answer_after: Duration::ZERO,
        user_assigned: Vec::new(),
        faults: Vec::new(),
        cloud: PUBLIC.to_owned(),
        relay: None,
        until_stdin_closes: false,
    };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--port" => args.port = number(&value()?)?,
            "--control-port" => args.control_port = number(&value()?)?,
            "--key-directory" => args.key_directory = Some(value()?.into()),
            "--any-key-directory" => args.any_key_directory = true,
            "--key-lifetime" => args.key_lifetime = Duration::from_secs(number(&value()?)?),
            "--token-lifetime" => args.token_lifetime = Some(number(&value()?)?),
            "--answer-after" => args.answer_after = Duration::from_millis(number(&value()?)?),
            "--user-assigned" => args.user_assigned.push(user_assigned(&value()?)?),
            "--fault" => args.faults.push(value()?),
            "--cloud" => args.cloud = value()?,
            "--relay" => args.relay = Some(value()?.parse().map_err(|error| format!("--relay wants IP:PORT: {error}"))?),
            "--until-stdin-closes" => args.until_stdin_closes = true,
            "--list-faults" => return Ok(Action::ListFaults),
            "--help" | "-h" => return Ok(Action::Help),
            _ => return Err(format!("{word} is not known; --help lists what is")),
        }
    }
    if args.user_assigned.is_empty() {
        args.user_assigned.push(user_assigned(DEFAULT_USER_ASSIGNED)?);
    }
    Ok(Action::Run(args))
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text} is no number of the right size"))
}

fn user_assigned(text: &str) -> Result<Identity, String> {
    Identity::user_assigned(text).ok_or_else(|| "--user-assigned wants CLIENT_ID,OBJECT_ID,RESOURCE_ID".to_owned())
}
