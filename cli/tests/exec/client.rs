//! Helper for tests: scripts below `arc-token exec`, which ask its endpoint.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::run::{Ran, arc_token};
use crate::support::Emulator;

/// Functions for the child's script: a client that needs no program but bash.
pub(crate) const CLIENT: &str = r#"
port=${IDENTITY_ENDPOINT#http://127.0.0.1:}; port=${port%%/*}
ask() { # PATH HEADER...
  local path=$1 header; shift
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  { printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n' "$path" "$port"
    for header; do printf '%s\r\n' "$header"; done; printf '\r\n'; } >&3
  cat <&3; exec 3>&-; echo
}
app() { ask "/msi/token?api-version=2019-08-01&resource=$1" "X-IDENTITY-HEADER: $IDENTITY_HEADER"; }
"#;

pub(crate) fn exec(emulator: &Emulator, options: &[&str], script: &str) -> Command {
    let keys = emulator.key_directory.to_str().expect("UTF-8");
    let mut command = Command::new("env");
    // A background process may inherit an ignored signal, which a shell below it cannot trap.
    command.args(["--default-signal=INT,TERM,HUP", env!("CARGO_BIN_EXE_arc-token")]);
    arc_token().get_envs().for_each(|(name, _)| {
        command.env_remove(name);
    });
    command.args(["exec", "--endpoint", &emulator.endpoint, "--key-directory", keys]).args(options);
    command.args(["--", "bash", "-c", &format!("{CLIENT}{script}")]);
    command
}

/// Runs a script below `arc-token exec`.
pub(crate) fn run(emulator: &Emulator, options: &[&str], script: &str) -> Ran {
    Ran::of(&mut exec(emulator, options, script))
}

/// The bodies in a script's output, which are its lines of JSON.
pub(crate) fn bodies(ran: &Ran) -> Vec<Value> {
    ran.output.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// A script that goes on until its standard input ends, and has said where its endpoint is.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) port: u16,
    pub(crate) secret: String,
    process: u32,
}

impl Running {
    pub(crate) fn start(emulator: &Emulator, options: &[&str]) -> Self {
        Self::start_in(&mut Command::new("env"), emulator, options)
    }

    /// Below another program, such as `setsid`.
    pub(crate) fn start_in(wrapper: &mut Command, emulator: &Emulator, options: &[&str]) -> Self {
        let command = exec(emulator, options, "echo $port; echo $IDENTITY_HEADER; echo $PPID; read -r line");
        wrapper.arg(command.get_program()).args(command.get_args());
        for (name, _) in command.get_envs() {
            wrapper.env_remove(name);
        }
        let mut child = wrapper.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines().map(|line| line.expect("UTF-8"));
        let port = lines.next().expect("a line").parse().expect("a port");
        let secret = lines.next().expect("a line");
        let process = lines.next().expect("a line").parse().expect("a number");
        Self { child, port, secret, process }
    }

    /// The number of arc-token's process.
    pub(crate) fn arc_token(&self) -> u32 {
        self.process
    }

    /// What this process, which is not below arc-token, is answered.
    pub(crate) fn ask(&self) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        let (port, secret) = (self.port, &self.secret);
        write!(
            stream,
            "GET /msi/token?api-version=2019-08-01&resource=r HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-IDENTITY-HEADER: {secret}\r\nConnection: close\r\n\r\n"
        )
        .expect("it is sent");
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer); // A connection that is closed at once may be reset.
        answer
    }

    /// Ends it. What it has said on standard error.
    pub(crate) fn end(mut self) -> String {
        drop(self.child.stdin.take());
        let mut errors = String::new();
        self.child.stderr.take().expect("a pipe").read_to_string(&mut errors).expect("UTF-8");
        self.child.wait().expect("it ends");
        errors
    }
}
