//! The relay: a process of another user that passes the real agent's challenge on, to get the key from whoever may read it.
//! Every rule about key files is kept by it; only looking up who answers stops it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "support/mod.rs"]
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use arc_token::{DEFAULT_RESOURCE, Status, TokenRequest};
use support::{Emulator, copy_program, emulator_program};

/// Nobody's, and neither root's nor the agent's.
const STRANGER: &str = "64123";

/// Starts a relay to `agent` as another user. It must be root's doing, since only root can become another user.
fn relay(agent: &Emulator, folder: &tempfile::TempDir) -> Option<Emulator> {
    if !is_root() {
        eprintln!("SKIP: only root can start a process of another user");
        return None;
    }
    // The build directory may be closed to others.
    let program = folder.path().join("relay");
    copy_program(&emulator_program(), &program);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new("setpriv");
    command.args(["--reuid", STRANGER, "--regid", STRANGER, "--clear-groups"]).arg(program);
    Some(Emulator::start_by(&mut command, &["--relay", &format!("127.0.0.1:{}", agent.port)]))
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// The relay works against clients that do not look: otherwise the tests below would show nothing.
#[test]
fn a_relay_gets_a_key_from_a_client_that_does_not_look() {
    let (agent, folder) = (Emulator::start(&[]), tempfile::tempdir().unwrap());
    let Some(relay) = relay(&agent, &folder) else { return };
    let url = format!("{}?api-version=2020-06-01&resource=x", relay.endpoint);
    let get = |header: String| {
        Command::new("curl").args(["-si", "--noproxy", "*", "-H", "Metadata: true", "-H", &header, &url]).output().unwrap()
    };
    let challenge = String::from_utf8(get("X: y".into()).stdout).unwrap();
    let path = challenge.lines().find_map(|line| line.split_once("realm=")).expect("a challenge").1.trim();
    let answer = get(format!("Authorization: Basic {}", fs::read_to_string(path).unwrap()));
    assert!(String::from_utf8(answer.stdout).unwrap().contains("access_token"));
    assert_eq!(agent.issued().tokens.len(), 1);
}

#[test]
fn a_relay_at_an_explicit_endpoint_is_refused_before_a_byte_is_sent() {
    let (agent, folder) = (Emulator::start(&[]), tempfile::tempdir().unwrap());
    let Some(relay) = relay(&agent, &folder) else { return };
    let error = TokenRequest::new(DEFAULT_RESOURCE).endpoint(&relay.endpoint).key_directory(&agent.key_directory).send().unwrap_err();
    assert_eq!(error.status(), Status::ForeignAnswer, "{error}");
    let text = error.to_string();
    assert!(text.contains(&format!("port {}", relay.port)) && text.contains(STRANGER), "{text}");
    assert_eq!((relay.count("connections"), agent.requests().len()), (0, 0));
}

#[test]
fn a_relay_named_by_the_environment_is_refused_before_a_byte_is_sent() {
    let (agent, folder) = (Emulator::start(&[]), tempfile::tempdir().unwrap());
    let Some(relay) = relay(&agent, &folder) else { return };
    let output = probe(&mut Command::new(std::env::current_exe().unwrap()), &relay.endpoint);
    assert!(output.contains("ForeignAnswer") && output.contains(STRANGER) && output.contains("from IDENTITY_ENDPOINT"), "{output}");
    assert_eq!((relay.count("connections"), agent.requests().len()), (0, 0));
}

/// In namespaces of its own: nothing of a real agent on this machine is touched.
#[test]
fn a_stranger_on_the_agents_own_port_is_refused() {
    if !is_root() {
        eprintln!("SKIP: only root can make namespaces and start a process of another user");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    copy_program(&emulator_program(), &folder.path().join("relay"));
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let script = format!(
        "set -e
         mount -t tmpfs none /opt
         mkdir -p /opt/azcmagent/bin; : >/opt/azcmagent/bin/himds
         cat <&3 | setpriv --reuid {STRANGER} --regid {STRANGER} --clear-groups {}/relay --port 40342 --until-stdin-closes >/dev/null &
         while ! grep -q 0100007F:9D96 /proc/net/tcp; do sleep 0.05; done
         exec \"$@\" 3<&-",
        folder.path().display()
    );
    let mut command = Command::new("unshare");
    command.args(["--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c", &format!("exec 3<&0; {script}"), "sh"]);
    command.arg(std::env::current_exe().unwrap());
    let output = probe(&mut command, "");
    if output.contains("Operation not permitted") {
        eprintln!("SKIP: this machine lets root make no namespaces");
        return;
    }
    assert!(output.contains("ForeignAnswer") && output.contains(STRANGER), "{output}");
    assert!(output.contains("the installed agent's usual address"), "{output}");
}

/// Runs [`probed`] in another process, so that this one's environment stays as it is.
fn probe(command: &mut Command, endpoint: &str) -> String {
    command.args(["--exact", "probed", "--ignored", "--nocapture"]);
    command.stdin(std::process::Stdio::piped());
    command.env("IDENTITY_ENDPOINT", endpoint).env("IMDS_ENDPOINT", endpoint);
    let output = command.output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
#[ignore = "run by other tests in a process of its own"]
fn probed() {
    match TokenRequest::new(DEFAULT_RESOURCE).send() {
        Ok(token) => println!("Ok {token:?}"),
        Err(error) => println!("{:?} {error}", error.status()),
    }
}
