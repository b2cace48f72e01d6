//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use arc_token::{DEFAULT_RESOURCE, TokenRequest};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::audiences;
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  arc-token --resource https://vault.azure.net --format header |
    curl -sS -H @- 'https://myvault.vault.azure.net/secrets/mysecret?api-version=7.4'
  token=$(arc-token --resource-type Storage)
  arc-token check

Never put a token on a command line: every user of the machine can read it there.

Exit codes:
   0  success
   1  'check' found something that fails, or the output could not be written
   2  the command line is wrong
  10  a value cannot be right (InvalidArgument)
  20  no agent answers (EndpointRefused, AgentNotInstalled, AgentNotRunning, ForeignAnswer)
  30  the agent's key cannot be had (BadChallenge, KeyFileRefused, KeyAccessDenied, KeyRejected)
  40  not that identity (IdentityNotFound, SelectorNotHonoured)
  50  the agent's answer is no token (AgentError, BadResponse)
  60  the time was up (Timeout)
  90  a fault of this program (Internal)";

/// Prints an access token of this Azure Arc machine's managed identity.
///
/// The token is printed when the output goes to a program or a file. On a terminal only what is known about it is shown, unless
/// --show asks for the token.
#[derive(Parser)]
#[command(name = "arc-token", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) token: TokenArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Checks why it does not work here: the agent, the rights of this user, and whether a token is really to be had.
    ///
    /// The exit code is 1 when anything fails.
    Check(RequestArgs),
    /// Prints a script that completes this program's command line.
    ///
    /// In bash: source <(arc-token completions bash)
    Completions {
        /// The shell it is for.
        shell: Shell,
    },
    /// Prints this program's manual page, or that of one of its commands.
    ///
    /// To read it: arc-token man | man -l -
    Man {
        /// The command.
        command: Option<String>,
    },
}

#[derive(Args)]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Token)]
    pub(crate) format: Format,
    /// Print the token on a terminal, too.
    #[arg(long)]
    pub(crate) show: bool,
    /// Have the agent make a new token, past its own cache (agent 1.66 and later).
    #[arg(long)]
    pub(crate) force_refresh: bool,
    /// Say on standard error what is done.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Format {
    /// The token alone.
    Token,
    /// The token and what is known about it, as a JSON object.
    Json,
    /// A line 'Authorization: Bearer TOKEN', for 'curl -H @-'.
    Header,
}

/// What a token is wanted for, and of whom.
#[derive(Args)]
pub(crate) struct RequestArgs {
    /// The audience, that is the service the token is for. Default: Azure Resource Manager.
    #[arg(long, short, value_name = "URI", conflicts_with = "resource_type")]
    resource: Option<String>,
    /// The service the token is for, by name.
    #[arg(long, value_name = "NAME", value_parser = audiences::names(), ignore_case = true)]
    resource_type: Option<String>,
    /// The cloud whose service the name means; without a name, its Resource Manager. Default: AzureCloud.
    #[arg(long, value_name = "CLOUD", conflicts_with = "resource", value_parser = audiences::clouds(), ignore_case = true)]
    environment: Option<String>,
    /// The user-assigned identity with this client id, instead of the machine's own identity.
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// The user-assigned identity with this object id.
    #[arg(long, value_name = "ID")]
    object_id: Option<String>,
    /// The user-assigned identity with this Azure resource id.
    #[arg(long, value_name = "ID")]
    identity_resource_id: Option<String>,
    /// The agent's address, instead of looking for the agent.
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Where the agent at that address leaves its key files.
    #[arg(long, value_name = "DIRECTORY")]
    key_directory: Option<PathBuf>,
    /// The version of the agent's protocol, for an agent that refuses the usual one.
    #[arg(long, value_name = "VERSION")]
    api_version: Option<String>,
    /// The time for all of it.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86400))]
    timeout: u64,
}

impl RequestArgs {
    pub(crate) fn request(&self) -> Result<TokenRequest, Failure> {
        let cloud = self.environment.as_deref();
        let resource = match (&self.resource, &self.resource_type) {
            (_, Some(name)) => audiences::find(name, cloud)?,
            (Some(resource), None) => resource,
            (None, None) if cloud.is_some() => audiences::find(audiences::RESOURCE_MANAGER, cloud)?,
            (None, None) => DEFAULT_RESOURCE,
        };
        let mut request = TokenRequest::new(resource).timeout(Duration::from_secs(self.timeout));
        if let Some(url) = &self.endpoint {
            request = request.endpoint(url);
        }
        if let Some(path) = &self.key_directory {
            request = request.key_directory(path);
        }
        if let Some(version) = &self.api_version {
            request = request.api_version(version);
        }
        if let Some(id) = &self.client_id {
            request = request.client_id(id);
        }
        if let Some(id) = &self.object_id {
            request = request.object_id(id);
        }
        if let Some(id) = &self.identity_resource_id {
            request = request.identity_resource_id(id);
        }
        Ok(request)
    }
}
