//! Who gets tokens, and who does not.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use crate::client::{CLIENT, Running, exec, run};
use crate::run::Ran;
use crate::support::{self, Emulator, is_root};

#[test]
fn a_process_outside_of_the_tree_gets_no_token_though_it_knows_the_secret() {
    let emulator = Emulator::start(&[]);
    let running = Running::start(&emulator, &[]);
    let answers = [running.ask(), running.ask()];
    let errors = running.end();
    assert!(answers.iter().all(|answer| answer.starts_with("HTTP/1.1 403 ") && answer.contains("--any-process")), "{answers:?}");
    assert_eq!(errors.matches("--any-process").count(), 1, "{errors}");
    assert!(emulator.issued().tokens.is_empty());
    let running = Running::start(&emulator, &["--any-process"]);
    let answer = running.ask();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(running.end(), "");
}

#[test]
fn a_daemon_of_the_childs_is_adopted_and_gets_its_token() {
    let emulator = Emulator::start(&[]);
    let file = tempfile::NamedTempFile::new().expect("a file");
    let script = format!("out={}; (setsid bash -c 'sleep 0.2; :' ; app r >$out) & (exit 0); sleep 0; ", file.path().display());
    // The one in the middle ends at once, so its own child has lost its parent when it asks.
    let script = format!("{script} ( (sleep 0.3; app r >>$out; echo done >>$out) & ) ; while ! grep -q done $out; do sleep 0.1; done");
    let ran = run(&emulator, &[], &script);
    let text = fs::read_to_string(file.path()).expect("a text");
    assert!(ran.code == 0 && text.contains("HTTP/1.1 200 ") && !text.contains("HTTP/1.1 403 "), "{ran:?} {text}");
}

#[test]
fn another_user_gets_not_a_byte() {
    if !is_root() {
        eprintln!("SKIP: only root can be two users");
        return;
    }
    let emulator = Emulator::start(&[]);
    let running = Running::start(&emulator, &["--any-process"]);
    let script = format!("{CLIENT}app r");
    let mut stranger = Command::new("bash");
    stranger.args(["-c", &script]).uid(65534).env("IDENTITY_ENDPOINT", format!("http://127.0.0.1:{}/msi/token", running.port));
    // It is ended by a signal if it still writes when the connection is closed.
    let output = stranger.env("IDENTITY_HEADER", &running.secret).output().expect("it runs");
    running.end();
    assert!(!String::from_utf8_lossy(&output.stdout).contains("HTTP/"), "{output:?}");
    assert!(emulator.issued().tokens.is_empty());
}

/// Of a process with closed memory, as arc-token's own is, only root sees the sockets. The `az` that asks must not be one.
#[test]
fn a_user_who_is_not_root_has_callers_too() {
    let emulator = Emulator::start(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("arc-token");
    support::copy_program(env!("CARGO_BIN_EXE_arc-token").as_ref(), &program);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("its own folder");
    let inner = exec(&emulator, &["--az"], "app r; az account get-access-token");
    let mut words = inner.get_args().map(|word| if word == env!("CARGO_BIN_EXE_arc-token") { program.as_os_str() } else { word });
    let mut command = Command::new(if is_root() { "setpriv" } else { "env" });
    if is_root() {
        command.args(["--reuid", "64126", "--regid", "64126", "--clear-groups", "env"]);
    }
    let ran = Ran::of(command.args(&mut words).current_dir("/"));
    // Whether this user may have a token of the emulator is another question.
    for text in [&ran.output, &ran.errors] {
        assert!(!text.contains("processes below"), "{ran:?}");
    }
    assert!(ran.output.contains("HTTP/1.1 ") && (ran.errors.contains("KeyAccessDenied") || ran.output.contains("accessToken")), "{ran:?}");
}

/// A program that gives up its user is told nothing; whoever reads arc-token's standard error is.
#[test]
fn another_users_try_is_named_once() {
    if !is_root() {
        eprintln!("SKIP: only root can be two users");
        return;
    }
    let emulator = Emulator::start(&[]);
    let script = "for i in 1 2; do setpriv --reuid 64126 --clear-groups bash -c \"$(declare -f ask app); port=$port; app r\" 2>&1; done";
    let ran = run(&emulator, &[], script);
    assert!(!ran.output.contains("HTTP/"), "{ran:?}");
    assert_eq!(ran.errors.matches("a process of another user").count(), 1, "{ran:?}");
}
