//! The command `completions`: scripts that clap makes from the description of the command line.

use std::process::ExitCode;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::Cli;
use crate::failure::Failure;
use crate::output;

pub(crate) fn print(shell: Shell) -> Result<ExitCode, Failure> {
    let script = match shell {
        Shell::Bash => for_bash(),
        Shell::Fish => for_fish(),
        _ => script(shell, "arc-token"),
    };
    output::print(script.as_bytes())
}

fn script(shell: Shell, name: &str) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), name, &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// clap's script for bash, with two things mended:
///
/// - From 4.6.1 on, clap_complete knows no option after a command of a program with a hyphen in its name (clap-rs/clap#6421). So the
///   script is made for a name without one, and only its last step names the program: bash calls it for that.
/// - bash takes `--format=` apart: the option is then two words back.
fn for_bash() -> String {
    const PREVIOUS: &str = "prev=\"$3\"";
    let mended = |line: &str| match line.trim_start() {
        step if step.starts_with("complete ") => line.replace(" arc_token", " arc-token"),
        PREVIOUS => format!("{line}\n{BEFORE_EQUALS}"),
        _ => line.to_owned(),
    };
    script(Shell::Bash, "arc_token").lines().map(|line| mended(line) + "\n").collect()
}

const BEFORE_EQUALS: &str = r#"    if [[ "$cur" == "=" ]]; then
        cur=""
    elif [[ "$prev" == "=" ]]; then
        prev="${COMP_WORDS[COMP_CWORD-2]}"
    fi"#;

/// clap's script for fish, with two things mended:
///
/// - An option whose value is still to come is no error: without it, the command line is read as fish completes it.
/// - The values of arguments without a name are completed, too: clap_complete leaves them out.
fn for_fish() -> String {
    const READ: &str = "argparse -s (__fish_arc_token_global_optspecs) -- $cmd 2>/dev/null";
    let once_more = format!("{READ}\n    or begin\n        set -e cmd[-1]\n        {READ}\n    end");
    script(Shell::Fish, "arc-token").replace(READ, &once_more) + &fish_arguments()
}

fn fish_arguments() -> String {
    let mut lines = String::new();
    for command in Cli::command().get_subcommands() {
        for argument in command.get_positionals() {
            let values = argument.get_possible_values();
            let words: Vec<_> = values.iter().map(|value| value.get_name()).collect();
            let (name, words) = (command.get_name(), words.join(" "));
            lines += &format!("complete -c arc-token -n \"__fish_arc_token_using_subcommand {name}\" -f -a \"{words}\"\n");
        }
    }
    lines
}
