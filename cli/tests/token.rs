//! `arc-token` against the agent emulator: what goes where, in which form, and what does not.

mod run;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::fs;
use std::process::Stdio;

use run::{Ran, arc_token, for_emulator};
use serde_json::Value;
use support::Emulator;

fn ran(emulator: &Emulator, arguments: &[&str]) -> Ran {
    let ran = Ran::of(for_emulator(emulator).args(arguments));
    assert_eq!((ran.code, ran.errors.as_str()), (0, ""), "{ran:?}");
    ran
}

fn the_token(emulator: &Emulator) -> String {
    let [token] = emulator.issued().tokens.try_into().expect("one token");
    token
}

#[test]
fn a_pipe_gets_the_token_and_nothing_else() {
    let emulator = Emulator::start(&[]);
    let ran = ran(&emulator, &[]);
    assert_eq!(ran.output, format!("{}\n", the_token(&emulator)));
    assert!(emulator.requests()[0].query.ends_with("resource=https%3A%2F%2Fmanagement.azure.com%2F"));
}

#[test]
fn a_file_gets_the_token_too() {
    let (emulator, folder) = (Emulator::start(&[]), tempfile::tempdir().expect("a folder"));
    let path = folder.path().join("token");
    let file = fs::File::create(&path).expect("a file");
    assert!(for_emulator(&emulator).stdout(Stdio::from(file)).status().expect("it runs").success());
    assert_eq!(fs::read_to_string(&path).expect("text").trim_end(), the_token(&emulator));
}

#[test]
fn json_has_the_token_and_what_is_known_about_it() {
    let emulator = Emulator::start(&[]);
    let ran = ran(&emulator, &["--format", "json", "--resource", "https://vault.azure.net"]);
    let object: Value = serde_json::from_str(&ran.output).expect("JSON");
    assert_eq!(object["access_token"], the_token(&emulator));
    assert_eq!((object["token_type"].as_str(), object["resource"].as_str()), (Some("Bearer"), Some("https://vault.azure.net")));
    assert!(object["expires_on"].as_i64().is_some_and(|end| end > 1_700_000_000), "{}", object["expires_on"]);
    for name in ["tenant_id", "client_id", "object_id", "machine_resource_id", "subscription_id"] {
        assert!(object[name].as_str().is_some_and(|id| id.contains("0a11ce00")), "{name}");
    }
}

#[test]
fn options_reach_the_agent() {
    let emulator = Emulator::start(&[]);
    ran(&emulator, &["--resource-type", "keyVAULT", "--environment", "azureusgovernment"]);
    ran(&emulator, &["-r", "https://a", "--client-id", "0a11ce00-c11e-4000-8000-000000000005", "--force-refresh"]);
    ran(&emulator, &["-r", "https://b", "--api-version", "2019-11-01", "--object-id", "0a11ce00-0b1e-4000-8000-000000000006"]);
    ran(&emulator, &["--environment", "AzureChinaCloud"]);
    let queries: Vec<_> = emulator.requests().into_iter().filter(|seen| seen.keyed).map(|seen| seen.query).collect();
    assert!(queries[0].ends_with("&resource=https%3A%2F%2Fvault.usgovcloudapi.net"), "{queries:?}");
    assert!(queries[1].ends_with("&client_id=0a11ce00-c11e-4000-8000-000000000005&bypass_cache=true"), "{queries:?}");
    assert!(queries[2].starts_with("api-version=2019-11-01&"), "{queries:?}");
    assert!(queries[3].ends_with("&resource=https%3A%2F%2Fmanagement.core.chinacloudapi.cn%2F"), "{queries:?}");
    assert!(queries[2].ends_with("&object_id=0a11ce00-0b1e-4000-8000-000000000006"), "{queries:?}");
}

#[test]
fn verbose_tells_the_steps_on_standard_error_without_a_secret() {
    let emulator = Emulator::start(&[]);
    let ran = Ran::of(for_emulator(&emulator).arg("--verbose"));
    assert!(ran.code == 0 && ran.errors.contains("Asking the agent for a token") && ran.errors.contains("Got a token"), "{ran:?}");
    let issued = emulator.issued();
    assert!(issued.tokens.iter().chain(&issued.keys).all(|secret| !ran.errors.contains(secret.as_str())));
}

#[test]
fn a_reader_who_leaves_early_is_no_trouble() {
    let emulator = Emulator::start(&[]);
    let mut child = for_emulator(&emulator).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(1), b"".as_slice()));
}

#[test]
#[cfg(target_os = "linux")]
fn output_that_cannot_be_written_is_an_error() {
    let emulator = Emulator::start(&[]);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a full disk");
    let ran = Ran::of(for_emulator(&emulator).stdout(full));
    assert!(ran.code == 1 && ran.errors.starts_with("arc-token: The output cannot be written: "), "{ran:?}");
}

/// The terminal is `script`'s (util-linux), which also writes down what it shows.
#[cfg(target_os = "linux")]
mod terminal {
    use super::*;
    use run::on_a_terminal;

    #[test]
    fn a_terminal_shows_what_is_known_but_not_the_token() {
        let emulator = Emulator::start(&[]);
        for format in ["token", "json", "header"] {
            let Some(ran) = on_a_terminal(&emulator, &["--format", format]) else { return };
            assert_eq!(ran.code, 0, "{ran:?}");
            assert!(!ran.output.contains(&emulator.issued().tokens[0]), "{format}");
            assert!(ran.output.contains("Client id  0a11ce00-c11e-4000-8000-000000000003"), "{ran:?}");
            assert!(ran.output.contains("UTC (in ") && ran.output.contains("--show"), "{ran:?}");
        }
    }

    #[test]
    fn a_terminal_shows_the_token_when_it_is_told_to() {
        let emulator = Emulator::start(&[]);
        let Some(ran) = on_a_terminal(&emulator, &["--show"]) else { return };
        assert_eq!(ran.output.trim(), the_token(&emulator));
    }
}

/// What the documentation says: the token goes from program to program, and stands on no command line.
#[test]
fn curl_takes_the_header_from_standard_input() {
    use std::io::{Read as _, Write as _};
    let emulator = Emulator::start(&[]);
    let service = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let address = service.local_addr().expect("its address");
    let mut token = for_emulator(&emulator).args(["--format", "header"]).stdout(Stdio::piped()).spawn().expect("it runs");
    let mut curl = std::process::Command::new("curl");
    curl.args(["-sS", "--max-time", "20", "--noproxy", "*", "-H", "@-", &format!("http://{address}/secret")]);
    let header = token.stdout.take().expect("piped");
    let Ok(curl) = curl.stdin(header).stdout(Stdio::piped()).spawn() else {
        token.wait().expect("it ends");
        return eprintln!("SKIP: no curl here");
    };
    assert!(token.wait().expect("it ends").success());
    let (mut stream, _) = service.accept().expect("a connection");
    let (mut request, mut byte) = (Vec::new(), [0]);
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
        request.push(byte[0]);
    }
    let request = String::from_utf8(request).expect("ASCII");
    let bearer = format!("Authorization: Bearer {}", the_token(&emulator));
    let status = if request.lines().any(|line| line == bearer) { "200 OK" } else { "401 Unauthorized" };
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{status}", status.len()).expect("it listens");
    drop(stream);
    let output = curl.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "200 OK");
}

#[test]
fn no_agent_is_named_by_an_option_that_is_left_empty() {
    let ran = Ran::of(arc_token().args(["--endpoint", ""]));
    assert!(ran.code == 20 && ran.errors.starts_with("arc-token: EndpointRefused: "), "{ran:?}");
}
