//! Connections to the agent that never come about: the error names the true cause, and its advice is for that cause.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "support/refused_calls.rs"]
mod refused_calls;
#[path = "support/mod.rs"]
mod support;

use std::env;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use arc_token::{TokenRequest, check};
use socket2::{Domain, Socket, Type};
use support::Emulator;

/// The error that `connect` gives in [`client`].
const CONNECT_FAILS: &str = "CLIENT_CONNECT_FAILS";
const ENDPOINT: &str = "CLIENT_ENDPOINT";
const KEYS: &str = "CLIENT_KEYS";

#[test]
#[ignore = "run by other tests in a process of its own"]
fn client() {
    if let Ok(code) = env::var(CONNECT_FAILS) {
        refused_calls::refuse(libc::SYS_connect, None, code.parse().unwrap());
    }
    let request = TokenRequest::default().endpoint(env::var(ENDPOINT).unwrap()).key_directory(env::var(KEYS).unwrap());
    let outcome = match request.clone().timeout(Duration::from_secs(4)).send() {
        Ok(_) => "token".to_owned(),
        Err(error) => format!("{} ({}) {error}", error.status().name(), error.reason().unwrap_or_default()),
    };
    println!("call: {outcome}");
    for row in check(&request).unwrap().checks().iter().filter(|row| row.name == "Port") {
        println!("row: {} {}", row.detail, row.advice);
    }
}

/// What `program` with `arguments` makes of the client: the error of a call, and the row 'Port'.
fn run(program: &[&str], emulator: &Emulator, variables: &[(&str, &str)]) -> (String, String) {
    let myself = env::current_exe().unwrap();
    let mut command = Command::new(program[0]);
    command.args(&program[1..]).arg(&myself).args(["client", "--exact", "--ignored", "--nocapture"]);
    command.env(ENDPOINT, &emulator.endpoint).env(KEYS, &emulator.key_directory).envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let line =
        |mark: &str| text.lines().find_map(|line| line.split_once(mark).map(|(_, rest)| rest.to_owned())).unwrap_or_else(|| text.clone());
    (line("call: "), line("row: "))
}

#[test]
fn a_connection_that_the_system_forbids_is_no_silent_agent() {
    let emulator = Emulator::start(&[]);
    for (code, reason, advice) in [
        (libc::EACCES, "denied", "SELinux"),
        (libc::EPERM, "denied", "packet"),
        (libc::EAFNOSUPPORT, "denied", "RestrictAddressFamilies="),
        (libc::EINVAL, "failed", "sandbox"),
        (libc::ECONNREFUSED, "filtered", "packet filter"),
        (libc::ETIMEDOUT, "dropped", "packet filter"),
    ] {
        let (call, row) = run(&["env"], &emulator, &[(CONNECT_FAILS, &code.to_string())]);
        assert!(call.starts_with(&format!("AgentNotRunning ({reason}) ")), "{code}: {call}");
        for text in [call, row] {
            assert!(text.contains(advice) && !text.contains("takes the connection") && !text.contains("systemctl start"), "{code}: {text}");
        }
    }
    assert_eq!(emulator.requests().len(), 0);
}

/// A container, or a unit with `PrivateNetwork=yes`, with and without its loopback interface up.
#[test]
fn a_network_of_its_own_is_named_and_starting_the_service_is_not_all() {
    if !support::is_root() {
        return eprintln!("SKIP: only root can make a network namespace");
    }
    let emulator = Emulator::start(&[]);
    for program in [&["unshare", "--net"][..], &["unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"]] {
        let (call, row) = run(program, &emulator, &[]);
        if call.contains("unshare failed") {
            return eprintln!("SKIP: no network namespaces here");
        }
        assert!(call.starts_with("AgentNotRunning (isolated) "), "{program:?}: {call}");
        for text in [call, row] {
            for part in ["a network of its own", "--network=host", "/var/opt/azcmagent/tokens", "PrivateNetwork="] {
                assert!(text.contains(part), "{part} is not in {text}");
            }
        }
    }
}

/// Wherever the files run out in the course of a call, it is neither a stranger nor a fault of ArcToken.
#[test]
fn a_process_without_free_file_descriptors_is_told_so() {
    let emulator = Emulator::start(&[]);
    let (mut used_up, mut tokens) = (0, 0);
    for files in 3..24 {
        let limit = format!("ulimit -n {files} && exec \"$@\"");
        let (call, _) = run(&["sh", "-c", &limit, "sh"], &emulator, &[]);
        if call == "token" {
            tokens += 1;
        } else if call.starts_with("Internal () This process has used up") && call.contains("ulimit -n") {
            used_up += 1;
        } else {
            // The program itself does not start with so few.
            assert!(call.contains("error while loading shared libraries") || !call.contains("() "), "{files}: {call}");
        }
    }
    assert!(used_up >= 3 && tokens >= 1, "{used_up} {tokens}");
}

/// The queue of the listener is full, so that the kernel drops the next packet, as a packet filter would.
#[test]
fn a_connection_that_does_not_come_about_is_told_from_one_without_an_answer() {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    socket.listen(0).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let mut queue = Vec::new();
    while let Ok(connection) = TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
        queue.push(connection);
        assert!(queue.len() < 20, "the queue is never full");
    }
    let keys = tempfile::tempdir().unwrap();
    let request = TokenRequest::default().endpoint(format!("http://{address}/")).key_directory(keys.path());
    let error = request.send().unwrap_err();
    assert_eq!((error.status().name(), error.reason()), ("AgentNotRunning", Some("dropped")), "{error}");
    let list = check(&request).unwrap();
    let row = list.checks().iter().find(|row| row.name == "Port").unwrap();
    for text in [error.to_string(), format!("{} {}", row.detail, row.advice)] {
        assert!(text.contains("no connection comes about within 2 s") && text.contains("packet filter"), "{text}");
        assert!(!text.contains("takes the connection"), "{text}");
    }
}
