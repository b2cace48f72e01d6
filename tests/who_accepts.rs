//! Connections that a stranger accepts, or makes, in place of the agent, although the listener looks like the agent's or is gone.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "support/own_agent.rs"]
mod own_agent;
#[path = "support/mod.rs"]
mod support;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use arc_token::{CheckStatus, DEFAULT_RESOURCE, Status, TokenRequest};
use own_agent::{OwnAgent, has_key, read_request};
use socket2::{Domain, Socket, Type};
use support::{Emulator, copy_program, is_root};

/// A user id that no user has. It is neither root's nor the agent's.
const OTHER_USER: u32 = 64124;
/// The environment variable with the ports, or other words, for a program of a test.
const ARGUMENTS: &str = "ARC_TOKEN_TEST_ARGUMENTS";

/// This program, run as one of the ignored tests below. `as_other` runs it as the other user.
fn program(folder: &tempfile::TempDir, name: &str, as_other: bool, arguments: &str) -> Command {
    let program = folder.path().join("test");
    if !program.exists() {
        // Other users may not be able to read the build directory.
        copy_program(&std::env::current_exe().unwrap(), &program);
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let user = OTHER_USER.to_string();
    let mut command = Command::new(if as_other { "setpriv" } else { "env" });
    if as_other {
        command.args(["--reuid", &user, "--regid", &user, "--clear-groups"]);
    }
    command.arg(program).args(["--exact", name, "--ignored", "--nocapture"]).env(ARGUMENTS, arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

fn arguments() -> Vec<u16> {
    std::env::var(ARGUMENTS).unwrap().split(' ').map(|number| number.parse().unwrap()).collect()
}

fn skip() -> bool {
    if !is_root() {
        eprintln!("SKIP: only root can start a process of another user");
    }
    !is_root()
}

/// Passes one request on to the agent, and the answer back, as the agent gives it to clients that want no kept connection.
fn relay(stream: &mut TcpStream, agent: u16, keep: bool) -> bool {
    let asked = read_request(stream);
    if asked.is_empty() {
        return false;
    }
    println!("{}", if has_key(&asked) { "got a key" } else { "got a request" });
    let mut real = TcpStream::connect(("127.0.0.1", agent)).unwrap();
    let asked = asked.replace("Connection: close\r\n", "").replace("connection: close\r\n", "");
    real.write_all(asked.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
    let mut answer = Vec::new();
    real.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let answer = if keep { answer.replace("Connection: close\r\n", "").replace("connection: close\r\n", "") } else { answer };
    stream.write_all(answer.as_bytes()).is_ok()
}

/// The other user accepts from a listener that root has made, as of a web server's worker.
#[test]
fn a_stranger_who_accepts_from_roots_listener_gets_no_key() {
    if skip() {
        return;
    }
    for (keep, late) in [(0, 50), (0, 0), (1, 50)] {
        let (agent, folder) = (Emulator::start(&[]), tempfile::tempdir().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}/", listener.local_addr().unwrap());
        let mut command = program(&folder, "accepting", true, &format!("{} {keep} {late}", agent.port));
        let mut stranger = command.stdin(OwnedFd::from(listener)).spawn().unwrap();
        drop(command);
        let request = TokenRequest::new(DEFAULT_RESOURCE).endpoint(endpoint).key_directory(&agent.key_directory);
        let outcome = request.timeout(Duration::from_secs(10)).send();
        stranger.kill().unwrap();
        let output = String::from_utf8(stranger.wait_with_output().unwrap().stdout).unwrap();
        assert!(!output.contains("got a key") && output.contains("running 1 test"), "{keep} {late}: {output}");
        let error = outcome.unwrap_err();
        assert!(error.status() == Status::ForeignAnswer && error.to_string().contains(&OTHER_USER.to_string()), "{error}");
        assert!(late == 0 || output.contains("got a request"), "{keep} {late}: {output}");
    }
}

/// The row 'Listener' is right: root listens. What the other user says over the connection stands in no row.
#[test]
fn a_stranger_who_accepts_from_roots_listener_is_believed_in_no_row() {
    if skip() {
        return;
    }
    for late in [0, 50] {
        let (agent, folder) = (Emulator::start(&[]), tempfile::tempdir().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}/", listener.local_addr().unwrap());
        let mut command = program(&folder, "accepting", true, &format!("{} 1 {late}", agent.port));
        let mut stranger = command.stdin(OwnedFd::from(listener)).spawn().unwrap();
        drop(command);
        let request = TokenRequest::new(DEFAULT_RESOURCE).endpoint(endpoint).key_directory(&agent.key_directory);
        let rows = arc_token::check(&request.timeout(Duration::from_secs(10))).unwrap();
        stranger.kill().unwrap();
        let output = String::from_utf8(stranger.wait_with_output().unwrap().stdout).unwrap();
        assert!(output.contains("running 1 test") && !output.contains("got "), "{late}: {output}");
        for row in rows.checks() {
            let wanted = match row.name {
                "Agent connected" | "Token" => CheckStatus::Fail,
                "Clock" | "Identity" => CheckStatus::Skip,
                _ => continue,
            };
            assert_eq!(row.status, wanted, "{late}: {row:?}");
            assert!(wanted == CheckStatus::Skip || row.detail.starts_with("ForeignAnswer"), "{late}: {row:?}");
        }
    }
}

#[test]
#[ignore = "run by another test as another user"]
fn accepting() {
    let [agent, keep, late] = arguments()[..] else { panic!("three numbers") };
    let listener = TcpListener::from(std::io::stdin().as_fd().try_clone_to_owned().unwrap());
    println!("accepting");
    for _ in 0..20 {
        thread::sleep(Duration::from_millis(late.into()));
        let mut stream = own_agent::accept(&listener);
        while relay(&mut stream, agent, keep == 1) && keep == 1 {}
    }
}

/// The listener is the other user's, comes and goes, and is gone once it has a connection. Root accepts the connection, as the
/// kernel does for AF_SMC.
#[test]
fn what_the_kernel_accepts_as_root_for_a_strangers_listener_gets_no_key() {
    if skip() {
        return;
    }
    let (agent, folder) = (Emulator::start(&[]), tempfile::tempdir().unwrap());
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut relay = program(&folder, "accepting_as_root", false, &format!("{port} {}", agent.port)).spawn().unwrap();
    let endpoint = format!("http://127.0.0.1:{port}/");
    let begun = Instant::now();
    for _ in 0..50 {
        if begun.elapsed() > Duration::from_secs(10) || relay.try_wait().unwrap().is_some() {
            break;
        }
        let request = TokenRequest::new(DEFAULT_RESOURCE).endpoint(&endpoint).key_directory(&agent.key_directory);
        drop(request.timeout(Duration::from_millis(700)).force_refresh(true).send());
        thread::sleep(Duration::from_millis(20)); // The calls meet the listener in other moments.
    }
    let _ = relay.kill();
    let output = String::from_utf8(relay.wait_with_output().unwrap().stdout).unwrap();
    assert!(output.contains("listening") && !output.contains("got "), "{output}");
    assert_eq!(agent.requests().len(), 0);
}

#[test]
#[ignore = "run by another test as root"]
fn accepting_as_root() {
    let [port, agent] = arguments()[..] else { panic!("two numbers") };
    let become_user = |user| {
        // SAFETY: seteuid has no preconditions.
        assert_eq!(unsafe { libc::seteuid(user) }, 0);
    };
    let until = Instant::now() + Duration::from_secs(60);
    let wait = |time: u64| {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_micros(time) {}
    };
    while Instant::now() < until {
        become_user(OTHER_USER);
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        become_user(0);
        socket.set_reuse_address(true).unwrap();
        socket.set_nonblocking(true).unwrap();
        if socket.bind(&SocketAddr::from(([127, 0, 0, 1], port)).into()).is_err() {
            continue;
        }
        println!("listening");
        loop {
            socket.listen(5).unwrap();
            let begun = Instant::now();
            let mut taken = None;
            while taken.is_none() && begun.elapsed() < Duration::from_micros(200) {
                taken = socket.accept().ok();
            }
            let _ = socket.shutdown(std::net::Shutdown::Read); // It listens no more.
            if let Some((stream, _)) = taken {
                stream.set_nonblocking(false).unwrap();
                let mut stream = TcpStream::from(stream);
                stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
                while relay(&mut stream, agent, true) {}
                break;
            }
            if Instant::now() >= until {
                return;
            }
            wait(300);
        }
    }
}

/// The other user has bound the agent's port, and connects from it to a client that tries to connect. The client's `connect` then
/// succeeds, although nobody has accepted it, and the agent listens.
#[test]
fn a_stranger_who_crosses_the_connection_gets_no_byte() {
    if skip() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut stranger = program(&folder, "crossing", true, "").spawn().unwrap();
    let mut lines = BufReader::new(stranger.stdout.take().unwrap()).lines().map(Result::unwrap);
    let line = lines.find(|line| line.contains("bound ")).unwrap();
    let port: u16 = line.split_once("bound ").unwrap().1.parse().unwrap();

    // The agent's queue is full, so that a client's attempt to connect takes some time.
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.bind(&address.into()).unwrap();
    socket.listen(0).unwrap();
    let full: Vec<_> = std::iter::from_fn(|| TcpStream::connect_timeout(&address, Duration::from_millis(300)).ok()).take(10).collect();
    assert!(!full.is_empty() && full.len() < 10);
    writeln!(stranger.stdin.as_ref().unwrap()).unwrap();

    let outcome = OwnAgent::at(address).request(Duration::from_secs(20)).send();
    drop(socket);
    let output = lines.collect::<Vec<_>>().join("\n");
    stranger.wait().unwrap();
    assert!(output.contains("connected") && output.contains("got 0 bytes"), "{output}");
    let error = outcome.unwrap_err();
    assert!(error.status() == Status::ForeignAnswer && error.to_string().contains(&OTHER_USER.to_string()), "{error}");
}

#[test]
#[ignore = "run by another test as another user"]
fn crossing() {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port();
    println!("bound {port}");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    let target = format!("0100007F:{port:04X}");
    let until = Instant::now() + Duration::from_secs(20);
    while Instant::now() < until {
        let table = fs::read_to_string("/proc/net/tcp").unwrap();
        // A client that waits for the answer to its attempt.
        let client = table.lines().find_map(|line| {
            let fields: Vec<_> = line.split_ascii_whitespace().collect();
            (fields[2] == target && fields[3] == "02").then(|| fields[1].split_once(':').unwrap().1.to_owned())
        });
        let Some(client) = client else { continue };
        let client = SocketAddr::from(([127, 0, 0, 1], u16::from_str_radix(&client, 16).unwrap()));
        if socket.connect_timeout(&client.into(), Duration::from_secs(2)).is_err() {
            println!("the attempt was over");
            return;
        }
        println!("connected");
        let mut got = Vec::new();
        let _ = TcpStream::from(socket).read_to_end(&mut got);
        return println!("got {} bytes", got.len());
    }
}
