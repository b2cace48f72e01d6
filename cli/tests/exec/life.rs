//! `arc-token exec` as a program: exit codes, signals, its end.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::client::{Running, exec, run};
use crate::run::{Ran, arc_token, terminal};
use crate::support::Emulator;

#[test]
fn the_exit_code_is_the_programs() {
    let emulator = Emulator::start(&[]);
    for (script, code) in [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", 143), ("kill -KILL $$", 137)] {
        assert_eq!(run(&emulator, &[], script).code, code, "{script}");
    }
    for (program, code) in [("/does/not/exist", 127), ("/etc/passwd", 126)] {
        let ran = Ran::of(arc_token().args(["exec", program]));
        assert!(ran.code == code && ran.errors.contains(program), "{ran:?}");
    }
    assert_eq!(Ran::of(arc_token().arg("exec")).code, 2);
    // A word that looks like an option is one of arc-token's before the program, and the program's after it.
    let ran = Ran::of(arc_token().args(["exec", "--allow-resorce", "https://vault.azure.net", "true"]));
    assert!(ran.code == 2 && ran.errors.contains("--allow-resource"), "{ran:?}");
    assert_eq!(Ran::of(arc_token().args(["exec", "printf", "%s|", "--verbose", "-v", "--", "x"])).output, "--verbose|-v|--|x|");
    assert_eq!(Ran::of(arc_token().args(["exec", "--", "-no-program"])).code, 127);
}

#[test]
fn what_a_supervisor_sends_is_passed_on_once() {
    let emulator = Emulator::start(&[]);
    let script = "trap 'echo got' TERM INT HUP; echo ready; for i in 1 2 3 4 5 6; do sleep 0.1; done; echo end";
    for signal in ["TERM", "INT", "HUP"] {
        let mut child = exec(&emulator, &[], script).stdout(Stdio::piped()).spawn().expect("it starts");
        let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        out.read_line(&mut line).expect("UTF-8");
        assert!(self::signal(signal, child.id()));
        let mut rest = String::new();
        out.read_to_string(&mut rest).expect("UTF-8");
        assert_eq!((line.as_str(), rest.as_str()), ("ready\n", "got\nend\n"), "{signal}");
        assert!(child.wait().expect("it ends").success());
    }
}

/// As with `docker exec`: the process group is one of the outside, and has no number inside.
#[test]
#[cfg(target_os = "linux")]
fn a_signal_is_passed_on_in_a_container_that_was_entered_from_outside() {
    let emulator = Emulator::start(&[]);
    let script = "trap 'echo got' TERM; kill -TERM $PPID; for i in 1 2 3 4 5 6; do sleep 0.1; done; echo end";
    let mut command = Command::new("unshare");
    command.args(["--pid", "--fork", "--mount-proc"]).arg(env!("CARGO_BIN_EXE_arc-token")).args(["exec", "--endpoint"]);
    command.args([&emulator.endpoint, "--key-directory"]).arg(&emulator.key_directory).args(["bash", "-c", script]);
    let ran = Ran::of(&mut command);
    if ran.errors.starts_with("unshare: ") {
        return eprintln!("SKIP: only root can make a PID namespace: {}", ran.errors);
    }
    assert_eq!((ran.code, ran.output.as_str(), ran.errors.as_str()), (0, "got\nend\n", ""));
}

/// As systemd with `KillMode=mixed` ends a unit: arc-token alone gets the signal, in a session without a terminal.
#[test]
fn a_program_that_a_supervisor_ends_ends_the_endpoint_too() {
    let emulator = Emulator::start(&[]);
    let mut running = Running::start_in(Command::new("setsid").arg("--wait"), &emulator, &[]);
    let _open = running.child.stdin.take(); // Waiting would close it.
    assert!(signal("TERM", running.arc_token()));
    assert_eq!(running.child.wait().expect("it ends").code(), Some(143), "bash ends by SIGTERM");
    assert!(TcpStream::connect(("127.0.0.1", running.port)).is_err());
}

/// After a SIGKILL the program goes on, and is refused at once.
#[test]
fn the_endpoint_ends_with_a_kill_and_the_program_is_refused_and_does_not_hang() {
    let emulator = Emulator::start(&[]);
    let script = "echo $PPID; read -r line; app r; echo went on";
    let mut child =
        exec(&emulator, &[], script).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    out.read_line(&mut line).expect("UTF-8");
    let mut input = child.stdin.take().expect("a pipe"); // Waiting would close it.
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
    let start = Instant::now();
    input.write_all(b"\n").expect("it is read");
    let mut rest = String::new();
    out.read_to_string(&mut rest).expect("UTF-8");
    let mut errors = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut errors).expect("UTF-8");
    assert!(rest.contains("went on") && !rest.contains("HTTP/") && errors.contains("refused"), "{rest} {errors}");
    assert!(start.elapsed() < Duration::from_secs(20));
}

fn signal(name: &str, process: u32) -> bool {
    Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status().expect("kill runs").success()
}

#[test]
fn a_signal_that_was_ignored_stays_ignored_by_the_child() {
    let emulator = Emulator::start(&[]);
    let keys = emulator.key_directory.to_str().expect("UTF-8");
    let line = r#"trap '' HUP; exec "$@""#;
    let mut command = Command::new("bash");
    command.args(["-c", line, "bash", env!("CARGO_BIN_EXE_arc-token"), "exec", "--endpoint", &emulator.endpoint, "--key-directory", keys]);
    let ran = Ran::of(command.args(["bash", "-c", "kill -HUP $$; kill -HUP $PPID; sleep 0.1; echo alive"]));
    assert_eq!((ran.code, ran.output.as_str()), (0, "alive\n"), "{ran:?}");
}

/// As with `env`: systemd starts services that ignore SIGPIPE, and some programs block signals for what they start.
#[test]
fn signals_are_ignored_and_blocked_as_they_were() {
    // Some shells unblock signals.
    const SHOW: [&str; 4] = ["grep", "-E", "SigBlk|SigIgn", "/proc/self/status"];
    const LINE: &str = r#"trap '' PIPE USR2; exec env --block-signal=USR1 "$@""#;
    let below = |words: &[&str]| Ran::of(Command::new("bash").args(["-c", LINE, "bash"]).args(words).args(SHOW)).output;
    let wanted = below(&["env"]);
    let mask = |name: &str| {
        let hex = wanted.lines().find_map(|line| line.strip_prefix(name)).expect("it is shown");
        u64::from_str_radix(hex.trim(), 16).expect("a mask")
    };
    // Who runs this test may ignore more: nohup does.
    assert!(mask("SigBlk:") & 0x200 != 0 && mask("SigIgn:") & 0x1800 == 0x1800, "both are there: {wanted}");
    assert_eq!(below(&[env!("CARGO_BIN_EXE_arc-token"), "exec", "--"]), wanted);
}

/// As with `env`: what is written to a closed output is an error, and not lost in `/dev/null`.
#[test]
fn closed_streams_stay_closed() {
    let program = env!("CARGO_BIN_EXE_arc-token");
    let script = format!("'{program}' exec -- bash -c 'echo lost' >&-; echo $?; '{program}' exec -- bash -c 'cat' <&-; echo $?");
    let ran = Ran::of(Command::new("bash").args(["-c", &script]));
    assert!(ran.output == "1\n1\n" && ["echo: write error: Bad", "cat: -: Bad"].iter().all(|text| ran.errors.contains(text)), "{ran:?}");
}

#[test]
fn a_script_needs_no_first_line_that_names_its_shell() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("script");
    fs::write(&script, "echo ran $1; exit 3\n").expect("a file");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("its own file");
    let ran = Ran::of(arc_token().arg("exec").arg(&script).arg("it"));
    assert_eq!((ran.code, ran.output.as_str()), (3, "ran it\n"), "{ran:?}");
}

#[test]
fn the_terminals_keys_reach_the_child_once() {
    let emulator = Emulator::start(&[]);
    // The terminal makes a signal of the key, for the whole group.
    let script = "trap 'echo got' INT; stty -echo; for i in 1 2 3 4 5 6 7 8; do sleep 0.2; done; echo end";
    let Some(mut typed) = pressed(&emulator, script) else { return };
    std::thread::sleep(Duration::from_millis(700));
    typed.stdin.as_mut().expect("a pipe").write_all(b"\x03").expect("it is typed");
    let output = typed.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.matches("got").count() == 1 && text.contains("end"), "{text}");
}

/// A script below `arc-token exec` on a terminal that is typed on. `None` without the program `script`.
fn pressed(emulator: &Emulator, script: &str) -> Option<Child> {
    terminal(emulator, &["--version"], &[])?;
    let line = format!(
        "env --default-signal=INT '{}' exec --endpoint '{}' --key-directory '{}' -- bash -c \"{script}\"",
        env!("CARGO_BIN_EXE_arc-token"),
        emulator.endpoint,
        emulator.key_directory.display()
    );
    let mut command = Command::new("script");
    command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).env("TERM", "xterm").env("SHELL", "/bin/sh");
    Some(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts"))
}
