//! The command line of `exec`.

use std::ffi::OsString;

use clap::{Args, ValueHint};

use super::variables::Variable;
use crate::args::AgentArgs;
use crate::audiences::no_name;

#[derive(Args)]
pub(crate) struct ExecArgs {
    /// Give tokens for this audience only; may be repeated. Default: for all that the identity can have.
    #[arg(long, value_name = "URI", value_parser = no_name, value_hint = ValueHint::Other)]
    pub(super) allow_resource: Vec<String>,
    /// Set only these variables, separated by commas; their pairs come with them.
    #[arg(long, value_name = "NAME", value_enum, value_delimiter = ',', ignore_case = true)]
    pub(super) env_only: Vec<Variable>,
    /// Print the names of the variables that are set and removed, and start nothing.
    #[arg(long)]
    pub(super) print_env: bool,
    /// Put a program named 'az' first on the program's PATH, for what asks only the Azure CLI: it answers 'account get-access-token'.
    #[arg(long)]
    pub(super) az: bool,
    /// Answer every process of this user that knows the secret, not only those below the program. For daemons (Linux).
    #[arg(long)]
    pub(super) any_process: bool,
    #[command(flatten)]
    pub(super) agent: AgentArgs,
    /// Start no program: serve the process with this number, which must have started this one, and what it starts, until standard input
    /// ends. What it is to change in its environment is told on standard output, a pipe, as JSON. For the PowerShell module.
    #[arg(long, hide = true, value_name = "PROCESS", conflicts_with_all = ["print_env", "program"])]
    pub(super) for_caller: Option<u32>,
    /// The program, and its arguments.
    #[arg(required_unless_present_any = ["print_env", "for_caller"], trailing_var_arg = true, value_name = "PROGRAM", value_hint = ValueHint::CommandWithArguments)]
    pub(super) program: Vec<OsString>,
}
