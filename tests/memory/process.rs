//! Starts and controls the child process whose memory is searched.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::scan::{Found, scan};
use crate::support::Emulator;

pub(crate) struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts this program again as the child.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    pub(crate) fn start_with(environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("a test program has a path"));
        command.args(["--exact", "the_process_that_is_looked_at", "--ignored", "--nocapture"]).envs(environment.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("this test, again");
        let (input, output) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        Self { child, input, output: BufReader::new(output) }
    }

    /// Sends a command, and returns its status.
    pub(crate) fn command(&mut self, command: &str) -> String {
        writeln!(self.input, "{command}").expect("it listens");
        let mut line = String::new();
        while !line.starts_with("> ") {
            line.clear();
            assert!(self.output.read_line(&mut line).expect("UTF-8") > 0, "it ended at '{command}'");
        }
        line[2..].trim_end().to_owned()
    }

    /// Lets the child get a token from the emulator (`ask`), or only start the request (`start`).
    pub(crate) fn request(&mut self, how: &str, emulator: &Emulator, client_id: &str, limit: Duration) -> String {
        let keys = emulator.key_directory.to_str().expect("UTF-8");
        let [endpoint, keys] = [&emulator.endpoint, keys].map(|value| if value.is_empty() { "-" } else { value });
        self.command(&format!("{how} {endpoint} {keys} {client_id} {}", limit.as_millis()))
    }

    /// The copies of the emulator's secrets in the child's memory.
    pub(crate) fn copies(&self, emulator: &Emulator) -> Found {
        let issued = emulator.issued();
        let tokens = issued.tokens.iter().map(|token| ("token", token.as_str()));
        scan(self.child.id(), tokens.chain(issued.keys.iter().map(|key| ("key", key.as_str()))))
    }

    /// The same, repeated until `well` accepts it or `limit` is over: the thread of an exchange may still run.
    pub(crate) fn copies_until(&self, emulator: &Emulator, limit: Duration, well: impl Fn(&Found) -> bool) -> Found {
        let until = Instant::now() + limit;
        loop {
            let found = self.copies(emulator);
            if well(&found) || Instant::now() > until {
                return found;
            }
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
