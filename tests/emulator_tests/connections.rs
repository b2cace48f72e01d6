//! Tests of connections, and of requests that are not valid HTTP.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::client::{TOKEN_PATH, VAULT, ask, connect, raw};
use crate::support::Emulator;

/// Requests a token in a single write, because Nagle's algorithm delays a second one.
fn ask_on(stream: &mut TcpStream) {
    let request = format!("GET {TOKEN_PATH}{VAULT} HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it listens");
}

/// Reads one answer with a Content-Length from a connection that stays open.
fn read_answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("a head");
        answer.push(byte[0]);
    }
    let head = String::from_utf8(answer).expect("UTF-8");
    let length = head.split("Content-Length: ").nth(1).and_then(|rest| rest.lines().next()).expect("a length");
    let mut body = vec![0; length.parse().expect("a number")];
    stream.read_exact(&mut body).expect("a body");
    head + &String::from_utf8(body).expect("UTF-8")
}

#[test]
fn a_connection_serves_many_requests() {
    let emulator = Emulator::start(&[]);
    let mut stream = connect(&emulator);
    for _ in 0..3 {
        ask_on(&mut stream);
        assert!(read_answer(&mut stream).starts_with("HTTP/1.1 401 "));
    }
    assert_eq!((emulator.count("connections"), emulator.count("requests")), (1, 3));
}

#[test]
fn what_is_not_http_is_refused_and_the_emulator_lives_on() {
    let emulator = Emulator::start(&[]);
    for nonsense in [
        "\0\u{1}\u{2}\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
    ] {
        assert_eq!(raw(&emulator, nonsense.as_bytes()).status, 400, "{nonsense:?}");
    }
    assert_eq!(raw(&emulator, b"GET / HTTP/1.0\r\n\r\n").status, 404, "HTTP/1.0 needs no Host, and closes by itself");
    let long = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}", "x".repeat(1 << 20));
    assert_eq!(raw(&emulator, long.as_bytes()).status, 431);
    assert_eq!(ask(&emulator, "").status, 401);
}

#[test]
fn refused_connections_and_back() {
    let emulator = Emulator::start(&[]);
    let mut old = connect(&emulator);
    ask_on(&mut old);
    read_answer(&mut old);
    emulator.set_fault("connection-refused");
    let error = TcpStream::connect(("127.0.0.1", emulator.port)).expect_err("refused");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
    ask_on(&mut old);
    assert_eq!(old.read(&mut [0]).expect("an orderly end"), 0, "is not served either");
    emulator.set_fault("");
    assert_eq!(ask(&emulator, "").status, 401, "on the same port");
}

#[test]
#[cfg_attr(windows, ignore = "in Wine, the sockets of all tests wait for one server: times tell nothing")]
fn answers_are_not_held_back() {
    let emulator = Emulator::start(&[]);
    let mut stream = connect(&emulator);
    let time = |_| {
        let start = Instant::now();
        ask_on(&mut stream);
        read_answer(&mut stream);
        start.elapsed()
    };
    let mut times: Vec<_> = (0..200).map(time).collect();
    times.sort_unstable();
    // The middle one: those of a busy machine's pauses are fewer.
    assert!(times[100] < Duration::from_millis(20), "{:?} for one answer: held back, it takes 40 ms", times[100]);
}

#[test]
fn a_relay_passes_everything_on() {
    let real = Emulator::start(&[]);
    let relay = Emulator::start(&["--relay", &format!("127.0.0.1:{}", real.port)]);
    let answer = crate::client::exchange(&relay, "");
    assert_eq!(answer.status, 200);
    assert_eq!(real.issued().tokens, [answer.json()["access_token"].as_str().expect("a token")]);
    let keyed: Vec<bool> = relay.requests().iter().map(|request| request.keyed).collect();
    assert_eq!(keyed, [false, true]);
}

#[cfg(target_os = "linux")]
#[test]
fn connections_end_as_the_row_says() {
    use std::io::ErrorKind::ConnectionReset;
    let emulator = Emulator::start(&[]);
    let end = |fault: &str| {
        emulator.set_fault(fault);
        let mut stream = connect(&emulator);
        ask_on(&mut stream);
        let mut answer = String::new();
        let end = stream.read_to_string(&mut answer).map_err(|error| error.kind());
        (answer, end)
    };
    assert_eq!(end("closed-before-headers-before-challenge"), (String::new(), Ok(0)));
    let (answer, ended) = end("closed-after-headers-before-challenge");
    assert!(ended.is_ok() && answer.ends_with("\r\n\r\n"), "{answer}");
    assert_eq!(end("reset-before-headers-before-challenge").1, Err(ConnectionReset));
    let (answer, ended) = end("reset-within-body-before-challenge");
    assert_eq!(ended, Err(ConnectionReset));
    assert!(answer.is_empty() || answer.contains("unauthorized_client"), "{answer}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_restart_refuses_connections_for_a_while() {
    let emulator = Emulator::start(&["--fault", "restart-before-challenge"]);
    assert!(ask(&emulator, "").bytes.is_empty());
    let start = Instant::now();
    assert!(TcpStream::connect(("127.0.0.1", emulator.port)).is_err());
    while TcpStream::connect(("127.0.0.1", emulator.port)).is_err() {
        assert!(start.elapsed() < Duration::from_secs(5), "it does not come back");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(start.elapsed() > Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!(ask(&emulator, "").status, 401);
}
