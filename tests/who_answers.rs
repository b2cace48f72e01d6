//! The relay attack: a process of another user passes the real agent's challenge on, and gets the key from a client that can read
//! it. The relay keeps every rule about key files. Only a look at the owner of the port stops it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "support/mod.rs"]
mod support;

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use arc_token::{DEFAULT_RESOURCE, Status, TokenRequest};
use support::{Emulator, copy_program, emulator_program, is_root};

/// A user id that no user has. It is neither root's nor the agent's.
const OTHER_USER: &str = "64123";

/// Starts a relay to `agent` as another user. Only root can do this.
fn relay(agent: &Emulator, folder: &tempfile::TempDir) -> Option<Emulator> {
    if !is_root() {
        eprintln!("SKIP: only root can start a process of another user");
        return None;
    }
    // Other users may not be able to read the build directory, so the program is copied.
    let program = folder.path().join("relay");
    copy_program(&emulator_program(), &program);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new("setpriv");
    command.args(["--reuid", OTHER_USER, "--regid", OTHER_USER, "--clear-groups"]).arg(program);
    Some(Emulator::start_by(&mut command, &["--relay", &format!("127.0.0.1:{}", agent.port)]))
}

/// Proves that the tests below work: the relay gets a key from a client without this check.
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
    assert!(text.contains(&format!("port {}", relay.port)) && text.contains(OTHER_USER), "{text}");
    assert_eq!((relay.count("connections"), agent.requests().len()), (0, 0));
}

#[test]
fn a_relay_named_by_the_environment_is_refused_before_a_byte_is_sent() {
    let (agent, folder) = (Emulator::start(&[]), tempfile::tempdir().unwrap());
    let Some(relay) = relay(&agent, &folder) else { return };
    let output = probe(&mut Command::new(std::env::current_exe().unwrap()), &relay.endpoint);
    assert!(output.contains("ForeignAnswer") && output.contains(OTHER_USER) && output.contains("from IDENTITY_ENDPOINT"), "{output}");
    assert_eq!((relay.count("connections"), agent.requests().len()), (0, 0));
}

/// The test runs in new namespaces, so that it does not touch a real agent on this machine.
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
         cat <&3 | setpriv --reuid {OTHER_USER} --regid {OTHER_USER} --clear-groups {}/relay --port 40342 --until-stdin-closes >/dev/null &
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
    assert!(output.contains("ForeignAnswer") && output.contains(OTHER_USER), "{output}");
    assert!(output.contains("the installed agent's usual address"), "{output}");
}

/// The relay listens only for short moments. In some calls, the port has no listener during the check and has one during the
/// connect. The relay then accepts one connection, passes the challenge on, and closes the port before the next check. A client
/// that checks only the listener sends it the key within a few dozen calls.
#[test]
fn a_relay_that_hides_whenever_it_is_looked_for_gets_no_key() {
    if !is_root() {
        return eprintln!("SKIP: only root can start a process of another user");
    }
    let (agent, folder) = (Emulator::start(&[]), tempfile::tempdir().unwrap());
    let program = folder.path().join("test");
    copy_program(&std::env::current_exe().unwrap(), &program);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new("setpriv");
    command.args(["--reuid", OTHER_USER, "--regid", OTHER_USER, "--clear-groups"]).arg(program);
    command.args(["--exact", "hiding", "--ignored", "--nocapture"]).env("RELAY_FROM_TO", format!("{port} {}", agent.port));
    let mut relay = command.stdout(Stdio::piped()).spawn().unwrap();

    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(5) && relay.try_wait().unwrap().is_none() {
        let request = TokenRequest::new(DEFAULT_RESOURCE).endpoint(format!("http://127.0.0.1:{port}/")).key_directory(&agent.key_directory);
        drop(request.timeout(Duration::from_millis(1500)).force_refresh(true).send());
    }
    let _ = relay.kill();
    let output = String::from_utf8(relay.wait_with_output().unwrap().stdout).unwrap();
    assert!(output.contains("running 1 test"), "{output}");
    assert!(!output.contains("got "), "{output}");
    assert_eq!(agent.requests().len(), 0);
}

#[test]
#[ignore = "run by another test as another user"]
fn hiding() {
    let ports: Vec<u16> = std::env::var("RELAY_FROM_TO").unwrap().split(' ').map(|port| port.parse().unwrap()).collect();
    let take = |open: Duration| {
        let listener = TcpListener::bind(("127.0.0.1", ports[0])).ok()?;
        listener.set_nonblocking(true).unwrap();
        let until = Instant::now() + open;
        while Instant::now() < until {
            if let Ok((stream, _)) = listener.accept() {
                stream.set_nonblocking(false).unwrap();
                stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
                return Some(stream);
            }
        }
        None
    };
    let request = |stream: &mut TcpStream| {
        let (mut bytes, mut byte) = (Vec::new(), [0]);
        while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
            bytes.push(byte[0]);
        }
        String::from_utf8(bytes).unwrap()
    };
    for round in 0_u64.. {
        let (closed, until) = (Duration::from_micros(600), Instant::now());
        while until.elapsed() < closed {}
        let Some(mut stream) = take(Duration::from_micros(600)) else { continue };
        let asked = request(&mut stream);
        if asked.is_empty() {
            continue;
        }
        println!("got a request");
        let mut real = TcpStream::connect(("127.0.0.1", ports[1])).unwrap();
        real.write_all(asked.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
        let mut answer = Vec::new();
        real.read_to_end(&mut answer).unwrap();
        stream.write_all(&answer).unwrap();
        drop(stream);
        let (gone, until) = (Duration::from_micros(50 * (1 + round % 40)), Instant::now());
        while until.elapsed() < gone {}
        if take(Duration::from_millis(50))
            .is_some_and(|mut stream| request(&mut stream).to_ascii_lowercase().contains("authorization: basic"))
        {
            return println!("got a key");
        }
    }
}

/// Runs [`probed`] in a new process with these environment variables.
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
