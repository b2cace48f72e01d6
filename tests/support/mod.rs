//! Helper for tests: runs the agent emulator as a child process.
#![allow(dead_code)] // Each test program is compiled with this file and uses a part of it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// A running emulator on a free port. Dropping it ends the emulator and removes its files.
pub(crate) struct Emulator {
    child: Option<Child>,
    /// The emulator's first line of output: its description as JSON.
    pub(crate) ready: String,
    /// The URL of the token endpoint. Empty for a fault where the client must find it by its environment.
    pub(crate) endpoint: String,
    pub(crate) port: u16,
    pub(crate) key_directory: PathBuf,
    /// The environment that a fault requires for the client.
    pub(crate) environment: Vec<(String, String)>,
    /// The control port's address, and the word with which all its paths begin.
    control: (String, String),
}

/// A request that the emulator saw.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// The headers in their order. The value of Authorization is not recorded.
    pub(crate) headers: Vec<(String, String)>,
    /// The `Client-Id` header.
    pub(crate) client_id: Option<String>,
    /// Whether there was an Authorization header.
    pub(crate) keyed: bool,
    /// The worth of its key: `good`, `forbidden` (it works, but a client that keeps the rules does not send it), `used` or `unknown`.
    pub(crate) key: Option<String>,
    /// The status of the answer, before any fault of the wire.
    pub(crate) status: u64,
}

/// All secrets that the emulator has issued.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) tokens: Vec<String>,
    pub(crate) keys: Vec<String>,
}

/// A row of `emulator --list-faults`.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) name: String,
    pub(crate) about: String,
    /// The requirement: empty, `linux`, `root` (the emulator runs as root) or `ordinary-client` (the client does not).
    pub(crate) needs: String,
    /// Whether it must be turned on at the start, with `--fault`.
    pub(crate) from_start: bool,
}

/// The path of the emulator's program. Cargo puts examples beside the folder `deps`, which holds the running test. It builds them for
/// the tests of the library, but not for those of other packages: so this does, where it is missing.
pub(crate) fn emulator_program() -> PathBuf {
    static BUILT: std::sync::Once = std::sync::Once::new();
    let test = std::env::current_exe().expect("a test program has a path");
    let profile = test.parent().and_then(Path::parent).expect("target/PROFILE/deps/TEST");
    let program = profile.join("examples").join(format!("emulator{}", std::env::consts::EXE_SUFFIX));
    BUILT.call_once(|| {
        if !program.exists() {
            build_emulator(profile);
        }
    });
    assert!(program.exists(), "{} is not built: run `cargo build --example emulator`", program.display());
    program
}

fn build_emulator(profile: &Path) {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The workspace, where cargo finds its settings: this folder may be a link.
    let workspace = package.ancestors().find(|folder| folder.join("Cargo.lock").exists()).unwrap_or(package);
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(workspace).args(["build", "--quiet", "--package", "arc-token", "--example", "emulator"]);
    cargo.arg("--target-dir").arg(profile.parent().expect("target"));
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    let _ = cargo.status(); // What it says is on the screen, and the caller looks for the program.
}

/// Whether this process runs as root.
#[cfg(unix)]
pub(crate) fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

/// Copies a program that is to be run. Another process makes the copy: a program cannot run while any process has it open for
/// writing, and a child that another thread starts at this moment inherits open files.
pub(crate) fn copy_program(from: &Path, to: &Path) {
    let status = Command::new("cp").arg(from).arg(to).status().expect("cp runs");
    assert!(status.success(), "{} is not copied to {}", from.display(), to.display());
}

/// All faults of the emulator.
pub(crate) fn faults() -> Vec<Fault> {
    let output = Command::new(emulator_program()).arg("--list-faults").output().expect("the emulator runs");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).expect("JSON");
        Fault {
            name: text_of(&row["name"]),
            about: text_of(&row["about"]),
            needs: text_of(&row["needs"]),
            from_start: row["from_start"] == true,
        }
    };
    text.lines().map(row).collect()
}

impl Emulator {
    /// Starts an emulator with these arguments, and those that every test needs.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_by(&mut Command::new(emulator_program()), arguments)
    }

    /// Starts an emulator with a command that ends with the program's path: `setpriv … emulator`, for example.
    pub(crate) fn start_by(command: &mut Command, arguments: &[&str]) -> Self {
        command.arg("--until-stdin-closes").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the emulator starts");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("piped")).read_line(&mut line).expect("a line");
        let mut emulator = Self::running(line);
        emulator.child = Some(child);
        emulator
    }

    /// An emulator that another process started, and will end.
    pub(crate) fn running(line: String) -> Self {
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("the emulator said {line:?}: {error}"));
        let control = text_of(&ready["control"]).replace("http://", "");
        let (address, word) = control.split_once('/').expect("a word");
        let variables = ready["environment"].as_object().expect("an object").iter();
        Self {
            child: None,
            environment: variables.map(|(name, value)| (name.clone(), text_of(value))).collect(),
            endpoint: text_of(&ready["endpoint"]),
            port: ready["port"].as_u64().and_then(|port| port.try_into().ok()).expect("a port"),
            key_directory: text_of(&ready["key_directory"]).into(),
            control: (address.to_owned(), format!("/{word}")),
            ready: line,
        }
    }

    /// Kills the emulator: its connections break, and its files stay.
    pub(crate) fn kill(&mut self) {
        let child = self.child.as_mut().expect("its own");
        child.kill().and_then(|()| child.wait()).expect("it ends");
    }

    /// The process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().expect("its own").id()
    }

    /// The last 20,000 requests, the oldest first.
    pub(crate) fn requests(&self) -> Vec<Seen> {
        list(&self.control("GET", "/requests")).iter().map(seen).collect()
    }

    /// The number of `requests`, `connections`, `tokens` (made, not handed out) or `keys`.
    pub(crate) fn count(&self, what: &str) -> u64 {
        self.control("GET", "/counts")[what].as_u64().expect("a count")
    }

    pub(crate) fn issued(&self) -> Issued {
        let issued = self.control("GET", "/issued");
        let texts = |value: &Value| list(value).iter().map(text_of).collect();
        Issued { tokens: texts(&issued["tokens"]), keys: texts(&issued["keys"]) }
    }

    /// Turns a fault on in place of the earlier one. An empty name turns it off.
    pub(crate) fn set_fault(&self, name: &str) {
        self.control("POST", &format!("/fault?name={name}"));
    }

    /// Clears requests, keys and tokens. The fault stays, and starts again.
    pub(crate) fn reset(&self) {
        self.control("POST", "/reset");
    }

    fn control(&self, method: &str, target: &str) -> Value {
        let answer = self.control_answer(method, &format!("{}{target}", self.control.1));
        let (head, body) = answer.split_once("\r\n\r\n").expect("HTTP");
        assert!(head.starts_with("HTTP/1.1 200 "), "{method} {target}: {answer}");
        serde_json::from_str(body).expect("JSON")
    }

    /// The word with which the paths of the control port begin, after a slash.
    pub(crate) fn control_word(&self) -> &str {
        &self.control.1
    }

    /// The whole answer of the control port to a request for this path.
    pub(crate) fn control_answer(&self, method: &str, target: &str) -> String {
        let mut stream = TcpStream::connect(&self.control.0).expect("the control port answers");
        // The request goes out in a single write, because Nagle's algorithm delays a second one.
        let request = format!("{method} {target} HTTP/1.1\r\nHost: control\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("it listens");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("UTF-8");
        answer
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let Some(child) = &mut self.child else { return };
        drop(child.stdin.take()); // This makes the emulator clean up and end.
        let patience = Instant::now() + Duration::from_secs(2);
        while Instant::now() < patience {
            if child.try_wait().is_ok_and(|status| status.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn seen(value: &Value) -> Seen {
    let header = |pair: &Value| (text_of(&pair[0]), text_of(&pair[1]));
    Seen {
        method: text_of(&value["method"]),
        path: text_of(&value["path"]),
        query: text_of(&value["query"]),
        headers: list(&value["headers"]).iter().map(header).collect(),
        client_id: value["client_id"].as_str().map(str::to_owned),
        keyed: value["keyed"] == true,
        key: value["key"].as_str().map(str::to_owned),
        status: value["status"].as_u64().expect("a number"),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn text_of(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}
