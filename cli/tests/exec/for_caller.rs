//! `exec --for-caller`: the endpoint for the process that started arc-token, as the PowerShell module starts it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::Value;

use crate::client::CLIENT;
use crate::run::{Ran, arc_token};
use crate::support::Emulator;

/// An endpoint for this process.
struct Served {
    child: Child,
    input: ChildStdin,
    variables: Value,
}

impl Served {
    fn start(emulator: &Emulator) -> Self {
        let mut command = arc_token();
        command.args(["exec", "--for-caller", &std::process::id().to_string(), "--endpoint", &emulator.endpoint, "--key-directory"]);
        command.arg(&emulator.key_directory).env("MSI_RESOURCE", "theirs");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("UTF-8");
        let input = child.stdin.take().expect("a pipe");
        Self { child, input, variables: serde_json::from_str(&line).expect("JSON") }
    }

    fn variable(&self, name: &str) -> &str {
        self.variables["set"][name].as_str().expect("a text")
    }

    /// What a script of this process's is answered.
    fn run(&self, script: &str) -> String {
        let mut shell = Command::new("bash");
        shell.args(["-c", &format!("{CLIENT}{script}")]);
        shell.env("IDENTITY_ENDPOINT", self.variable("IDENTITY_ENDPOINT")).env("IDENTITY_HEADER", self.variable("IDENTITY_HEADER"));
        Ran::of(&mut shell).output
    }
}

#[test]
fn the_caller_and_what_it_starts_get_tokens_until_it_closes_the_pipe() {
    let emulator = Emulator::start(&[]);
    let mut served = Served::start(&emulator);
    assert!(served.variables["removed"].as_array().expect("a list").contains(&"MSI_RESOURCE".into()), "{}", served.variables["removed"]);
    assert!(served.run("app r").starts_with("HTTP/1.1 200 "));
    // The parent of the one that asks ends, so it is below the caller no longer.
    assert!(served.run("( (sleep 0.5; app r) & )").starts_with("HTTP/1.1 403 "));
    let host = served.variable("IDENTITY_ENDPOINT").trim_start_matches("http://").trim_end_matches("/msi/token").to_owned();
    let secret = served.variable("IDENTITY_HEADER");
    let mut own = TcpStream::connect(&host).expect("a connection");
    write!(
        own,
        "GET /msi/token?api-version=2019-08-01&resource=r HTTP/1.1\r\nHost: {host}\r\nX-IDENTITY-HEADER: {secret}\r\nConnection: close\r\n\r\n"
    )
    .expect("it is sent");
    let mut answer = String::new();
    own.read_to_string(&mut answer).expect("UTF-8");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    drop(served.input);
    assert_eq!(served.child.wait().expect("it ends").code(), Some(0));
    assert!(TcpStream::connect(host).is_err());
}

/// The terminal sends Ctrl+C to the caller, too, which decides what comes of it.
#[test]
fn it_ends_by_a_signal_that_says_so_and_not_by_the_terminals_keys() {
    let emulator = Emulator::start(&[]);
    let mut served = Served::start(&emulator);
    let signal = |name: &str| Command::new("kill").args([name, &served.child.id().to_string()]).status().expect("kill runs");
    signal("-INT");
    assert!(served.run("app r").starts_with("HTTP/1.1 200 "));
    signal("-TERM");
    assert_eq!(served.child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn the_secret_goes_to_a_pipe_of_the_caller_alone() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let mut command = arc_token();
    command.args(["exec", "--for-caller", &std::process::id().to_string()]).stdin(Stdio::null());
    let output = command.stdout(File::create(file.path()).expect("a file")).stderr(Stdio::piped()).spawn().expect("it starts");
    let output = output.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(125), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("must be a pipe"));
    assert_eq!(std::fs::read_to_string(file.path()).expect("a text"), "");
    let ran = Ran::of(arc_token().args(["exec", "--for-caller", "1"]));
    assert!(ran.code == 125 && ran.output.is_empty() && ran.errors.contains("process 1 has not started this one"), "{ran:?}");
}
