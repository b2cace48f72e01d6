//! Helper for tests: runs the program and returns its output and exit code.
#![allow(dead_code)] // Each test program is compiled with this file and uses a part of it.

use std::process::{Command, Stdio};

use crate::support::Emulator;

#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) output: String,
    pub(crate) errors: String,
}

impl Ran {
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.stdin(Stdio::null()).output().expect("it runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Self { code: output.status.code().expect("an exit code"), output: text(output.stdout), errors: text(output.stderr) }
    }
}

/// The program, in an environment that names no agent.
pub(crate) fn arc_token() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_arc-token"));
    for name in ["IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
}

pub(crate) fn for_emulator(emulator: &Emulator) -> Command {
    let mut command = arc_token();
    command.args(options(emulator));
    command
}

fn options(emulator: &Emulator) -> [String; 4] {
    let keys = emulator.key_directory.to_string_lossy().into_owned();
    ["--endpoint".into(), emulator.endpoint.clone(), "--key-directory".into(), keys]
}

/// Runs the program on a new terminal. Without `script` it prints that and returns `None`.
pub(crate) fn on_a_terminal(emulator: &Emulator, arguments: &[&str]) -> Option<Ran> {
    terminal(emulator, arguments, &[])
}

pub(crate) fn terminal(emulator: &Emulator, arguments: &[&str], variables: &[(&str, &str)]) -> Option<Ran> {
    if Command::new("script").arg("--version").output().is_err() {
        eprintln!("SKIP: no 'script' here");
        return None;
    }
    let program = env!("CARGO_BIN_EXE_arc-token");
    // A command must come before its options.
    let (command, arguments) = match arguments {
        [command, rest @ ..] if !command.starts_with('-') => (*command, rest),
        _ => ("", arguments),
    };
    let words = options(emulator).into_iter().chain(arguments.iter().map(|argument| (*argument).to_owned()));
    let line = words.map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" ");
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &format!("'{program}' {command} {line}"), "/dev/null"]);
    script.env("TERM", "xterm").env_remove("NO_COLOR").envs(variables.iter().copied());
    Some(Ran::of(&mut script))
}
