//! Completion in real shells, on a terminal: what is typed up to a Tab is completed, and the program is called with it.
//!
//! A program of the same name takes the place of `arc-token`, and prints its arguments. bash and those shells that are installed are
//! tested always; with ARCTOKEN_FULL the others come from Debian's packages, and each option after each command is tried.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

mod run;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use run::{Ran, arc_token};

const READY: &str = "READY>";
const LIMIT: Duration = Duration::from_secs(20);

/// Typed text up to a Tab, and the arguments that come of it.
const CASES: [(&str, &str); 12] = [
    ("che", "[check]"),
    ("--force-r", "[--force-refresh]"),
    ("--format hea", "[--format][header]"),
    ("--resource-type KeyV", "[--resource-type][KeyVault]"),
    ("--key-directory ke", "[--key-directory][keys of the agent]"),
    ("check --require", "[check][--require-identified-agent]"),
    ("check --format js", "[check][--format][json]"),
    ("check --verbose --environment AzureCh", "[check][--verbose][--environment][AzureChinaCloud]"),
    ("check --key-directory ke", "[check][--key-directory][keys of the agent]"),
    ("completions pow", "[completions][powershell]"),
    ("completions --he", "[completions][--help]"),
    ("man comp", "[man][completions]"),
];

/// Every option after every command, from the program's own help.
fn options() -> Vec<(String, String)> {
    let mut cases = Vec::new();
    for command in ["", "check ", "completions ", "exec ", "man "] {
        let ran = Ran::of(arc_token().args(command.split_whitespace()).arg("--help"));
        let found = |line: &str| line.trim_start().split([' ', ',']).find(|word| word.starts_with("--")).map(str::to_owned);
        let shown = ran.output.lines().filter(|line| line.starts_with("  ") && line.trim_start().starts_with('-'));
        let names: Vec<String> = shown.filter_map(found).collect();
        assert!(names.iter().any(|name| name == "--help"), "{command}: {}", ran.output);
        let is_start = |text: &str, but: &str| names.iter().any(|other| other != but && other.starts_with(text));
        for name in &names {
            let typed = &name[..name.len() - 1];
            if !is_start(typed, name) {
                cases.push((
                    format!("{command}{typed}"),
                    format!("{}[{name}]", command.split_whitespace().map(|c| format!("[{c}]")).collect::<String>()),
                ));
            }
        }
    }
    assert!(cases.len() > 25, "{cases:?}");
    cases
}

/// A shell on a terminal.
struct Shell {
    child: Child,
    keys: ChildStdin,
    screen: Receiver<Vec<u8>>,
    seen: String,
}

impl Shell {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (keys, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, screen) = channel();
        thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut part) {
                if sender.send(part[..count].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, keys, screen, seen: String::new() }
    }

    /// Waits until `text` is on the screen, and returns what comes after it up to the end of its line.
    fn wait_for(&mut self, text: &str) -> String {
        let begun = Instant::now();
        loop {
            if let Some((_, after)) = self.seen.split_once(text)
                && let Some((line, rest)) = after.split_once(['\r', '\n']).or_else(|| (text == READY).then_some(("", after)))
            {
                let line = line.to_owned();
                self.seen = rest.to_owned();
                return line;
            }
            let left = LIMIT.saturating_sub(begun.elapsed());
            let Ok(part) = self.screen.recv_timeout(left) else { panic!("no {text:?} in {:?}", self.seen) };
            self.seen += &String::from_utf8_lossy(&part);
        }
    }

    fn completed(&mut self, typed: &str) -> String {
        self.wait_for(READY);
        self.keys.write_all(format!("arc-token {typed}\t\r").as_bytes()).unwrap();
        self.wait_for("RAN")
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the program of a shell is: the machine's, or Debian's.
fn find(shell: &str) -> Result<PathBuf, String> {
    let paths = env::var_os("PATH").unwrap_or_default();
    if let Some(found) = env::split_paths(&paths).map(|folder| folder.join(shell)).find(|path| path.is_file()) {
        return Ok(found);
    }
    if env::var_os("ARCTOKEN_FULL").is_none() {
        return Err(format!("{shell} is not installed; 'test --full' fetches it"));
    }
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shells");
    let setup = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shells.sh");
    let output = Command::new("bash").arg(setup).arg(&cache).output().map_err(|error| error.to_string())?;
    let program = cache.join("usr/bin").join(shell);
    if program.is_file() { Ok(program) } else { Err(String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ")) }
}

/// The folder of a shell's data, beside its program.
fn share(program: &Path) -> PathBuf {
    program.parent().unwrap().parent().unwrap().join("share")
}

/// Runs the cases in a shell. `rc` is its start file, and `arguments` are those of the program.
fn completes(shell: &str, rc: impl Fn(&Path, &Path) -> String, arguments: impl Fn(&Path, &Path) -> String) {
    let program = match find(shell) {
        Ok(program) if Command::new("script").arg("--version").output().is_ok() => program,
        Ok(_) => return eprintln!("SKIP: completion in {shell}: no 'script' here"),
        Err(reason) => return eprintln!("SKIP: completion in {shell}: {reason}"),
    };
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let script = Ran::of(arc_token().args(["completions", shell]));
    fs::write(here.join("script"), script.output).unwrap();
    fs::create_dir_all(here.join("bin")).unwrap();
    fs::create_dir_all(here.join("work/keys of the agent")).unwrap();
    fs::write(here.join("bin/arc-token"), "#!/bin/sh\nprintf 'RA%s' N; printf '[%s]' \"$@\"; echo\n").unwrap();
    fs::set_permissions(here.join("bin/arc-token"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(here.join("rc"), rc(&program, here)).unwrap();
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &format!("'{}' {}", program.display(), arguments(&program, here)), "/dev/null"]);
    let path = format!("{}:{}", here.join("bin").display(), env::var("PATH").unwrap());
    let libraries =
        Command::new("find").arg(share(&program).join("../lib")).args(["-name", "libpcre2-32.so.0", "-printf", "%h"]).output().unwrap();
    command.env("LD_LIBRARY_PATH", String::from_utf8_lossy(&libraries.stdout).as_ref());
    command
        .current_dir(here.join("work"))
        .env("PATH", path)
        .env("TERM", "dumb")
        .env("HOME", here)
        .env("ZDOTDIR", here)
        .env("COLUMNS", "200");
    let mut shell_on_terminal = Shell::start(command);
    let cases = CASES.map(|(typed, wanted)| (typed.to_owned(), wanted.to_owned()));
    let equals = ("--format=hea".to_owned(), "[--format=header]".to_owned());
    let more = if env::var_os("ARCTOKEN_FULL").is_some() { options() } else { Vec::new() };
    let wrong: Vec<_> = (cases.into_iter().chain([equals]).chain(more))
        .filter_map(|(typed, wanted)| {
            let ran = shell_on_terminal.completed(&typed);
            // zsh takes the slash away again when the line ends there.
            (ran.replace("/]", "]") != wanted).then(|| format!("{typed:?}: {ran}, not {wanted}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{shell}: {wrong:#?}");
}

#[test]
fn bash_completes() {
    completes(
        "bash",
        |_, here| format!("PS1='{READY}'\nsource '{}/script'\n", here.display()),
        |_, here| format!("--noprofile --rcfile '{}/rc' -i", here.display()),
    );
}

#[test]
fn zsh_completes() {
    let rc = |program: &Path, here: &Path| {
        let share = share(program);
        fs::write(here.join(".zshrc"), format!(
            "setopt extendedglob\nfor folder in '{0}'/zsh/functions '{0}'/zsh/functions/**/*(/N); do fpath+=($folder); done\nPROMPT='{READY}'\n\
             autoload -U compinit\ncompinit -u -D\nsource '{1}/script'\n", share.display(), here.display())).unwrap();
        String::new()
    };
    completes("zsh", rc, |_, _| "-d -i".to_owned());
}

#[test]
fn fish_completes() {
    let rc = |_: &Path, here: &Path| {
        format!("set fish_greeting\nfunction fish_prompt; echo -n '{READY}'; end\nsource '{}/script'\n", here.display())
    };
    completes("fish", rc, |_, here| format!("--private --no-config --interactive --init-command 'source {}/rc'", here.display()));
}
