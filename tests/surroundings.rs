//! Unusual surroundings of a correct agent: links on the path of the key directory, and proxies in the environment. The table of
//! faults has more of them, under "Surroundings".
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "support/mod.rs"]
mod support;

use std::os::unix::fs::{DirBuilderExt as _, symlink};
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
    std::fs::DirBuilder::new().mode(0o700).create(&real).unwrap();
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
    // The temporary folder itself may be behind a link, and the agent uses the real path.
    let folder = folder.path().canonicalize().unwrap();
    let [real, link, _] = directories(&folder);
    let (real, linked) = (real.join("tokens"), link.join("tokens"));
    for named in [&linked, &real] {
        assert!(send(&emulator_in(named), &linked).is_ok(), "{}", named.display());
    }
}

/// A link that the client does not know is refused, even if it leads to the key directory: its owner can redirect it at any time.
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

/// An agent that lists the variables by which programs use a proxy, or do without one.
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
    // Both names of this machine: some programs bypass a proxy for only one of them.
    for host in ["127.0.0.1", "localhost"] {
        let mut test = Command::new(std::env::current_exe().unwrap());
        test.args(["--exact", "a_call_behind_proxies", "--ignored", "--nocapture"]);
        test.env("ARC_TOKEN_TEST_ENDPOINT", agent.endpoint.replace("127.0.0.1", host)).env("ARC_TOKEN_TEST_KEYS", &agent.key_directory);
        let output = behind_proxies(&mut test, &agent, &proxy).output().unwrap();
        assert!(output.status.success(), "{host}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!((agent.count("requests"), proxy.count("connections")), (4, 0));
}

/// Proves that the test above works: curl follows the variables, and the proxy sees its request.
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
