//! `arc-token` with the agent emulator: output formats, options, terminals, and no secret in the wrong place.

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
fn json_has_a_short_name() {
    let emulator = Emulator::start(&[]);
    let ran = ran(&emulator, &["--json", "--timeout", "9.5"]);
    assert_eq!(serde_json::from_str::<Value>(&ran.output).expect("JSON")["access_token"], the_token(&emulator));
}

#[test]
fn options_reach_the_agent() {
    let emulator = Emulator::start(&[]);
    ran(&emulator, &["--resource-type", "keyVAULT", "--environment", "azureusgovernment"]);
    ran(&emulator, &["-r", "https://a", "--client-id", "0a11ce00-c11e-4000-8000-000000000005", "--force-refresh"]);
    ran(&emulator, &["-r", "https://b", "--api-version", "2019-11-01", "--object-id", "0a11ce00-0b1e-4000-8000-000000000006"]);
    ran(&emulator, &["--environment", "AzureChinaCloud"]);
    ran(&emulator, &["--environment", "AzurePublicCloud"]);
    let queries: Vec<_> = emulator.requests().into_iter().filter(|seen| seen.keyed).map(|seen| seen.query).collect();
    assert!(queries[0].ends_with("&resource=https%3A%2F%2Fvault.usgovcloudapi.net"), "{queries:?}");
    assert!(queries[1].ends_with("&client_id=0a11ce00-c11e-4000-8000-000000000005&bypass_cache=true"), "{queries:?}");
    assert!(queries[2].starts_with("api-version=2019-11-01&"), "{queries:?}");
    assert!(queries[3].ends_with("&resource=https%3A%2F%2Fmanagement.core.chinacloudapi.cn%2F"), "{queries:?}");
    assert!(queries[4].ends_with("&resource=https%3A%2F%2Fmanagement.core.windows.net%2F"), "{queries:?}");
    assert!(queries[2].ends_with("&object_id=0a11ce00-0b1e-4000-8000-000000000006"), "{queries:?}");
}

#[test]
fn on_a_machine_of_another_cloud_a_name_means_that_clouds_service() {
    let emulator = Emulator::start(&["--cloud", "AzureUSGovernment"]);
    ran(&emulator, &["--resource-type", "KeyVault"]);
    ran(&emulator, &["check"]);
    let last = emulator.requests().into_iter().filter(|seen| seen.keyed).map(|seen| seen.query).collect::<Vec<_>>();
    assert!(last[1].ends_with("&resource=https%3A%2F%2Fvault.usgovcloudapi.net"), "{last:?}");
    assert!(last.last().is_some_and(|query| query.ends_with("management.core.usgovcloudapi.net%2F")), "{last:?}");
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

/// These tests use the terminal of `script` (util-linux), which also records its output.
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

/// Runs the line with curl that `--help` shows, with `agent` as further options, against a service that grants tokens with the
/// beginning `bearer`, or whatever comes. `None` where there is no curl.
#[cfg(unix)]
fn documented_line(agent: &str, bearer: Option<&str>) -> Option<Ran> {
    use std::io::{Read as _, Write as _};
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        eprintln!("SKIP: no curl here");
        return None;
    }
    let help = Ran::of(arc_token().arg("--help")).output;
    let (_, example) = help.split_once("Examples:\n").expect("examples");
    let (example, _) = example.split_once("\n  token=").expect("the next example");
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).expect("README.md");
    assert!(example.lines().all(|line| readme.contains(line.trim())), "README has another line than {example}");

    let service = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let url = format!("http://{}/secret", service.local_addr().expect("its address"));
    let (start, rest) = example.split_once("'https://").expect("the service");
    let line = format!("{start}--noproxy '*' --max-time 20 '{url}'{}", rest.split_once('\'').expect("its end").1);
    let line = line.replace("arc-token ", &format!("'{}' {agent} ", env!("CARGO_BIN_EXE_arc-token")));
    let wanted = bearer.map(|bearer| format!("Authorization: Bearer {bearer}"));
    std::thread::spawn(move || {
        let (mut stream, _) = service.accept().expect("a connection");
        let (mut request, mut byte) = (Vec::new(), [0]);
        while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
            request.push(byte[0]);
        }
        let is_granted = wanted.is_none_or(|wanted| String::from_utf8_lossy(&request).lines().any(|line| line.starts_with(&wanted)));
        let status = if is_granted { "200 OK" } else { "401 Unauthorized" };
        let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{status}", status.len());
    });
    Some(Ran::of(std::process::Command::new("bash").arg("-c").arg(line)))
}

/// The token goes from program to program, and is on no command line.
#[test]
#[cfg(unix)]
fn the_documented_line_fails_without_a_token_and_when_the_service_refuses_it() {
    let emulator = Emulator::start(&[]);
    let agent = format!("--endpoint '{}' --key-directory '{}'", emulator.endpoint, emulator.key_directory.display());
    let Some(ran) = documented_line(&agent, Some("ey")) else { return };
    assert_eq!((ran.code, ran.output.as_str()), (0, "200 OK"), "{ran:?}");
    let ran = documented_line(&agent, Some("another")).expect("curl is there");
    assert!(ran.code == 22 && ran.output.is_empty() && ran.errors.contains("401"), "{ran:?}");
    // A service that would answer anybody.
    let ran = documented_line("--endpoint http://192.0.2.1/", None).expect("curl is there");
    assert!(ran.code == 20 && ran.errors.contains("EndpointRefused"), "{ran:?}");
}

#[test]
fn no_agent_is_named_by_an_option_that_is_left_empty() {
    let ran = Ran::of(arc_token().args(["--endpoint", ""]));
    assert!(ran.code == 20 && ran.errors.starts_with("arc-token: EndpointRefused: "), "{ran:?}");
}

#[test]
fn an_agent_that_is_away_is_waited_for_with_a_word_on_it() {
    let mut emulator = Emulator::start(&[]);
    emulator.set_fault("restart-before-challenge");
    let ran = Ran::of(for_emulator(&emulator).args(["--wait-for-agent", "--timeout", "30"]));
    assert_eq!((ran.code, ran.errors.as_str()), (0, "arc-token: waiting for the agent.\n"), "{ran:?}");
    assert_eq!(ran.output.trim_end(), emulator.issued().tokens.last().expect("a token"));
    emulator.kill();
    let ran = Ran::of(for_emulator(&emulator).args(["--wait-for-agent", "--timeout", "2.5"]));
    // On a machine with much to do, the time can be up within the last try.
    assert!(ran.code == 20 && ran.errors.contains("AgentNotRunning") || ran.code == 60, "{ran:?}");
}

mod several {
    use super::*;
    use std::time::{Duration, Instant};

    const FIVE: [&str; 10] = ["-r", "https://a", "-r", "https://b", "-r", "https://c", "-r", "https://d", "-r", "https://e"];

    #[test]
    fn several_resources_are_an_array_in_their_order() {
        let emulator = Emulator::start(&[]);
        let ran = ran(&emulator, &[&["--json", "--force-refresh"], FIVE.as_slice()].concat());
        let array: Vec<Value> = serde_json::from_str(&ran.output).expect("a JSON array");
        let resources: Vec<_> = array.iter().filter_map(|token| token["resource"].as_str()).collect();
        assert_eq!(resources, ["https://a", "https://b", "https://c", "https://d", "https://e"]);
        let issued = emulator.issued().tokens;
        assert!(array.iter().all(|token| issued.contains(&token["access_token"].as_str().expect("a token").to_owned())));
        assert!(emulator.requests().iter().filter(|seen| seen.keyed).all(|seen| seen.query.ends_with("&bypass_cache=true")));
    }

    #[test]
    fn they_take_the_time_of_one() {
        let emulator = Emulator::start(&["--answer-after", "200"]);
        let timed = |arguments: &[&str]| {
            let begun = Instant::now();
            ran(&emulator, arguments);
            begun.elapsed()
        };
        timed(&["-r", "https://warm"]);
        let (one, five) = (timed(&["-r", "https://one"]), timed(&[&["--json"], FIVE.as_slice()].concat()));
        assert!(five <= one.mul_f64(1.3) + Duration::from_millis(20), "one: {one:?}, five: {five:?}");
    }

    #[test]
    fn one_that_fails_is_an_error_in_its_place_and_the_exit_code() {
        let emulator = Emulator::start(&[]);
        let ran = Ran::of(for_emulator(&emulator).args(["--json", "-r", "https://a", "-r", "/subscriptions/x", "-r", "https://b"]));
        let array: Vec<Value> = serde_json::from_str(&ran.output).expect("a JSON array");
        assert!(array.len() == 3 && array[0]["access_token"].is_string() && array[2]["access_token"].is_string(), "{ran:?}");
        assert_eq!(
            (array[1]["resource"].as_str(), array[1]["error"]["status"].as_str()),
            (Some("/subscriptions/x"), Some("InvalidArgument"))
        );
        assert!(array[1]["error"]["advice"].as_str().is_some_and(|advice| advice.contains("--identity-resource-id")), "{ran:?}");
        assert!(array[1].get("access_token").is_none(), "{ran:?}");
        assert!(
            ran.code == 10 && ran.errors.starts_with("arc-token: no token for '/subscriptions/x':\narc-token: InvalidArgument: "),
            "{ran:?}"
        );
    }

    /// Two lines of headers, or a missing line, would send one service another's token.
    #[test]
    fn other_formats_are_for_one_resource() {
        let emulator = Emulator::start(&[]);
        for arguments in [["-r", "https://a", "-r", "https://b"].as_slice(), &["--format", "header", "-r", "https://a", "-r", "https://b"]]
        {
            let ran = Ran::of(for_emulator(&emulator).args(arguments));
            assert!(ran.code == 10 && ran.output.is_empty() && ran.errors.contains("--format json"), "{ran:?}");
        }
        let ran = Ran::of(for_emulator(&emulator).args(["-r", "https://a", "-r", "https://b"]).arg("check"));
        assert!(ran.code == 10 && ran.output.is_empty() && ran.errors.contains("check tries one"), "{ran:?}");
        assert!(emulator.requests().is_empty());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_terminal_shows_what_is_known_of_each() {
        let emulator = Emulator::start(&[]);
        let Some(ran) = run::on_a_terminal(&emulator, &["--json", "-r", "https://a", "-r", "https://b"]) else { return };
        assert!(ran.code == 0 && ran.output.matches("Client id").count() == 2 && ran.output.contains("--show"), "{ran:?}");
        assert!(emulator.issued().tokens.iter().all(|token| !ran.output.contains(token.as_str())), "{ran:?}");
    }
}
