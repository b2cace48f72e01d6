//! What is no fault of the agent's, but of the place: links on the way to the key directory, and proxies in the environment. More of
//! it stands in the table of faults, under "Surroundings".
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "support/mod.rs"]
mod support;

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use arc_token::{AccessToken, Error, Status, TokenRequest};
use support::Emulator;

fn send(emulator: &Emulator, keys: &Path) -> Result<AccessToken, Error> {
    TokenRequest::new("https://vault.azure.net").endpoint(&emulator.endpoint).key_directory(keys).send()
}

/// A real directory, and two links to it.
fn directories(folder: &Path) -> [std::path::PathBuf; 3] {
    let [real, link, other_link] = ["real", "link", "other-link"].map(|name| folder.join(name));
    std::fs::create_dir(&real).unwrap();
    symlink(&real, &link).unwrap();
    symlink(&real, &other_link).unwrap();
    [real, link, other_link]
}

fn emulator_in(keys: &Path) -> Emulator {
    Emulator::start(&["--key-directory", keys.to_str().unwrap()])
}

#[test]
fn a_link_further_up_is_fine_in_either_spelling() {
    let folder = tempfile::tempdir().unwrap();
    // Of what it is in, too: the agent names what the system calls it.
    let folder = folder.path().canonicalize().unwrap();
    let [real, link, _] = directories(&folder);
    let (real, linked) = (real.join("tokens"), link.join("tokens"));
    std::fs::create_dir(&real).unwrap();
    for named in [&linked, &real] {
        assert!(send(&emulator_in(named), &linked).is_ok(), "{}", named.display());
    }
}

/// Another link to our directory is not ours: who made it may point it elsewhere in the next moment.
#[test]
fn a_link_that_only_the_agent_knows_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let [real, link, other_link] = directories(&folder);
    for ours in [&real, &link] {
        let emulator = emulator_in(&other_link);
        let error = send(&emulator, ours).unwrap_err();
        assert_eq!((error.status(), error.reason()), (Status::KeyFileRefused, Some("path")), "{error}");
        assert!(emulator.requests().iter().all(|request| !request.keyed));
    }
}

/// An agent that knows the variables which make some program use a proxy, or keep it from that.
fn agent_behind_proxies() -> Emulator {
    Emulator::start(&["--fault", "proxy-in-every-variable"])
}

fn behind_proxies<'a>(command: &'a mut Command, agent: &Emulator, proxy: &Emulator) -> &'a mut Command {
    let url = format!("http://127.0.0.1:{}", proxy.port);
    let variables = agent.environment.iter().map(|(name, value)| (name, if value.is_empty() { "" } else { &url }));
    command.env_remove("REQUEST_METHOD").envs(variables)
}

#[test]
fn no_proxy_variable_is_followed() {
    let (agent, proxy) = (agent_behind_proxies(), Emulator::start(&[]));
    // Each spelling of our own machine: some programs leave out one or the other.
    for host in ["127.0.0.1", "localhost"] {
        let mut test = Command::new(std::env::current_exe().unwrap());
        test.args(["--exact", "a_call_behind_proxies", "--ignored", "--nocapture"]);
        test.env("ARC_TOKEN_TEST_ENDPOINT", agent.endpoint.replace("127.0.0.1", host)).env("ARC_TOKEN_TEST_KEYS", &agent.key_directory);
        let output = behind_proxies(&mut test, &agent, &proxy).output().unwrap();
        assert!(output.status.success(), "{host}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!((agent.count("requests"), proxy.count("connections")), (4, 0));
}

/// A program that does follow them shows that the variables are right, and that the proxy would have seen it.
#[test]
fn the_proxy_variables_work_for_others() {
    let (agent, proxy) = (agent_behind_proxies(), Emulator::start(&[]));
    let mut curl = Command::new("curl");
    curl.args(["-s", "-o", "/dev/null", "-H", "Metadata: true", &agent.endpoint]);
    let Ok(status) = behind_proxies(&mut curl, &agent, &proxy).status() else { return eprintln!("SKIP: there is no curl") };
    assert!(status.success());
    assert_eq!((agent.count("connections"), proxy.count("requests")), (0, 1));
}

#[test]
#[ignore = "run by another test in an environment of its own"]
fn a_call_behind_proxies() {
    let [endpoint, keys] = ["ARC_TOKEN_TEST_ENDPOINT", "ARC_TOKEN_TEST_KEYS"].map(|name| std::env::var(name).unwrap());
    TokenRequest::new("https://vault.azure.net").endpoint(endpoint).key_directory(keys).send().unwrap();
}
