//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use arc_token::TokenRequest;
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use crate::audiences;
use crate::exec::args::ExecArgs;
use crate::failure::Failure;
use crate::reference;

/// The names of the commands, for `man`.
const COMMANDS: [&str; 4] = ["check", "exec", "completions", "man"];

/// Prints an access token of this Azure Arc machine's managed identity.
///
/// The token is printed when the output goes to a program or a file. On a terminal only what is known about it is shown, unless
/// --show asks for the token.
#[derive(Parser)]
#[command(name = "arc-token", version, after_help = reference::after_help(), args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) token: TokenArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// The command line without a command, for a quick start: most of [`Cli`] is only for the others.
#[derive(Parser)]
#[command(disable_help_flag = true)]
pub(crate) struct TokenCli {
    #[command(flatten)]
    token: TokenArgs,
}

impl From<TokenCli> for Cli {
    fn from(TokenCli { token }: TokenCli) -> Self {
        Self { token, command: None }
    }
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Checks why it does not work here: the agent, the rights of this user, and whether a token is really to be had.
    ///
    /// The exit code is 1 when anything fails.
    Check(Box<CheckArgs>),
    /// Runs a program that finds the machine's identity as it would on an Azure VM or in App Service.
    ///
    /// The program gets an endpoint of its own for tokens, named by the environment variables that SDKs and tools look for. It lives as
    /// long as the program, and answers only processes that the program has started. The exit code is the program's.
    ///
    /// Terraform also wants ARM_USE_MSI=true.
    ///
    /// In a systemd unit, KillMode=mixed keeps systemd from sending its signal both to the program and to arc-token, which passes it on.
    /// SuccessExitStatus=143 is for a program that SIGTERM ends, NotifyAccess=all for one of Type=notify.
    Exec(Box<ExecArgs>),
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
        #[arg(value_parser = PossibleValuesParser::new(COMMANDS))]
        command: Option<String>,
    },
}

#[derive(Args)]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Token)]
    format: Format,
    /// The same as --format json.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Print the token on a terminal, too.
    #[arg(long)]
    pub(crate) show: bool,
    /// Have the agent make a new token, past its own cache (agent 1.66 and later).
    #[arg(long)]
    pub(crate) force_refresh: bool,
    /// Wait for an agent that is not there yet, at boot or while it is updated: keep trying within --timeout.
    #[arg(long)]
    pub(crate) wait_for_agent: bool,
}

impl TokenArgs {
    pub(crate) fn format(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub(crate) enum Format {
    /// The token alone.
    Token,
    /// The token and what is known about it, as a JSON object. For several resources an array of them; in place of a token that is not to
    /// be had, the resource and the error.
    Json,
    /// A line 'Authorization: Bearer TOKEN', for 'curl -H @-'.
    Header,
}

#[derive(Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    /// What to print.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    format: CheckFormat,
    /// The same as --format json.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl CheckArgs {
    pub(crate) fn is_json(&self) -> bool {
        self.json || self.format == CheckFormat::Json
    }
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum CheckFormat {
    /// Lines to read.
    Text,
    /// A JSON array with an object for each check.
    Json,
}

/// What a token is wanted for, and of whom.
#[derive(Args)]
pub(crate) struct RequestArgs {
    /// The audience, that is the service the token is for. Default: Azure Resource Manager. May be repeated for a JSON array of tokens,
    /// which are asked for at the same time.
    #[arg(long, short, value_name = "URI", value_hint = ValueHint::Other, conflicts_with = "resource_type")]
    resource: Vec<String>,
    /// The service the token is for, by name.
    #[arg(long, value_name = "NAME", value_parser = audiences::names(), ignore_case = true)]
    resource_type: Option<String>,
    /// The cloud whose service the name means; without a name, its Resource Manager. Default: AzureCloud, and the machine's own cloud
    /// where Microsoft Entra does not know that.
    #[arg(long, value_name = "CLOUD", conflicts_with = "resource", value_parser = audiences::clouds(), ignore_case = true)]
    environment: Option<String>,
    #[command(flatten)]
    pub(crate) agent: AgentArgs,
}

/// Whose token is wanted, and of which agent.
#[derive(Args, Clone)]
pub(crate) struct AgentArgs {
    /// The user-assigned identity with this client id, instead of the machine's own identity.
    #[arg(long, value_name = "ID", value_hint = ValueHint::Other)]
    client_id: Option<String>,
    /// The user-assigned identity with this object id.
    #[arg(long, value_name = "ID", value_hint = ValueHint::Other)]
    object_id: Option<String>,
    /// The user-assigned identity with this Azure resource id.
    #[arg(long, value_name = "ID", value_hint = ValueHint::Other)]
    identity_resource_id: Option<String>,
    /// The agent's address, instead of looking for the agent.
    #[arg(long, value_name = "URL", value_hint = ValueHint::Other)]
    endpoint: Option<String>,
    /// Where the agent at that address leaves its key files.
    #[arg(long, value_name = "DIRECTORY", value_hint = ValueHint::DirPath)]
    key_directory: Option<PathBuf>,
    /// The version of the agent's protocol, for an agent that refuses the usual one.
    #[arg(long, value_name = "VERSION", value_hint = ValueHint::Other)]
    api_version: Option<String>,
    /// Fail when the system does not say who answers at the agent's port; otherwise that is a warning.
    #[arg(long)]
    require_identified_agent: bool,
    /// Go on in a user namespace (a rootless container) in which the agent's user has no number of its own. Any user of the machine can
    /// then take the agent's place.
    #[arg(long, conflicts_with = "require_identified_agent")]
    allow_unidentified_agent: bool,
    /// The time for all of it. Decimals are allowed: 0.5.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds, value_hint = ValueHint::Other)]
    timeout: Duration,
    /// Say on standard error what is done.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

impl RequestArgs {
    /// The one request. Fails for several resources.
    pub(crate) fn request(&self) -> Result<TokenRequest, Failure> {
        let mut request = match (self.resource.as_slice(), &self.resource_type) {
            (_, Some(name)) => TokenRequest::default().service(name),
            ([resource], None) => TokenRequest::new(resource),
            ([], None) => TokenRequest::default(),
            (several, None) => {
                let problem = format!(
                    "--resource is given {} times: only --format json has room for several tokens, and a check tries one.",
                    several.len()
                );
                return Err(Failure::invalid(problem, "Add --format json, or run arc-token once for each resource."));
            }
        };
        if let Some(cloud) = &self.environment {
            request = request.environment(cloud);
        }
        Ok(self.agent.request(request))
    }

    /// A request for each resource, where there are several.
    pub(crate) fn several(&self) -> Option<Vec<(String, TokenRequest)>> {
        let each = |resource: &String| (resource.clone(), self.agent.request(TokenRequest::new(resource)));
        (self.resource.len() > 1).then(|| self.resource.iter().map(each).collect())
    }
}

impl AgentArgs {
    /// The request with these options.
    pub(crate) fn request(&self, request: TokenRequest) -> TokenRequest {
        let mut request = request
            .timeout(self.timeout)
            .require_identified_agent(self.require_identified_agent)
            .allow_unidentified_agent(self.allow_unidentified_agent);
        if let Some(url) = &self.endpoint {
            request = request.endpoint(url);
        }
        if let Some(path) = &self.key_directory {
            request = request.key_directory(path);
        }
        if let Some(version) = &self.api_version {
            request = request.api_version(version);
        }
        with_identity(request, self.client_id.as_deref(), self.object_id.as_deref(), self.identity_resource_id.as_deref())
    }
}

/// The request for the identity that was selected, if one was.
pub(crate) fn with_identity(
    mut request: TokenRequest,
    client_id: Option<&str>,
    object_id: Option<&str>,
    resource_id: Option<&str>,
) -> TokenRequest {
    if let Some(id) = client_id {
        request = request.client_id(id);
    }
    if let Some(id) = object_id {
        request = request.object_id(id);
    }
    if let Some(id) = resource_id {
        request = request.identity_resource_id(id);
    }
    request
}

/// Seconds as curl takes them: whole, or with decimals.
fn seconds(text: &str) -> Result<Duration, &'static str> {
    const DAY: Duration = Duration::from_secs(86_400);
    let time = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.filter(|time| !time.is_zero() && *time <= DAY).ok_or("give seconds such as 5 or 0.5: more than 0, at most 86400, and no unit")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_definition_is_sound_and_man_knows_every_command() {
        Cli::command().debug_assert();
        let commands: Vec<_> = Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
        assert_eq!(commands, COMMANDS);
    }

    #[test]
    fn seconds_are_those_of_curl() {
        for (text, time) in [("5", 5_000), ("0.5", 500), (".25", 250), ("86400", 86_400_000)] {
            assert_eq!(seconds(text), Ok(Duration::from_millis(time)), "{text}");
        }
        for text in ["0", "-1", "5s", "1m", "", "86400.1", "inf", "NaN", "1e300", "0,5"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
