//! The lines of docs/token-exchange.md for a shell, with a stand-in for curl.
#![cfg(unix)]

mod run;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use run::Ran;
use support::Emulator;

/// The blocks of the page that are for a shell.
fn blocks() -> Vec<String> {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/token-exchange.md")).expect("the page");
    page.split("```sh\n").skip(1).filter_map(|rest| Some(rest.split_once("```")?.0.to_owned())).collect()
}

fn script(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a script");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a mode");
}

/// Runs a block with `arc-token` that asks the emulator, and `curl` that keeps its words and its input.
fn run(block: &str, emulator: &Emulator, folder: &Path) -> Ran {
    let (program, keys) = (env!("CARGO_BIN_EXE_arc-token"), emulator.key_directory.display());
    script(folder, "arc-token", &format!("exec '{program}' --endpoint '{}' --key-directory '{keys}' \"$@\"", emulator.endpoint));
    script(folder, "curl", "printf '%s\\n' \"$@\" >\"$OUT/words\"; cat >\"$OUT/input\"");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").expect("a path"));
    let file = folder.join("federated");
    let mut shell = Command::new("sh");
    shell.args(["-euc", block]).env("PATH", path).env("OUT", folder).env("TENANT", "a-tenant").env("APP", "an-app");
    Ran::of(shell.env("AZURE_FEDERATED_TOKEN_FILE", file))
}

#[test]
fn the_exchange_gets_the_token_by_standard_input_alone() {
    let (emulator, folder) = (Emulator::start(&[]), tempfile::tempdir().expect("a folder"));
    let ran = run(&blocks()[0], &emulator, folder.path());
    assert_eq!((ran.code, ran.errors.as_str()), (0, ""), "{ran:?}");
    let [token] = emulator.issued().tokens.try_into().expect("one token");
    let words = fs::read_to_string(folder.path().join("words")).expect("words");
    assert_eq!(fs::read_to_string(folder.path().join("input")).expect("an input"), token, "byte for byte, without a line feed");
    assert!(!words.contains(&token) && words.contains("client_assertion@-") && words.contains("client_id=an-app"), "{words}");
    assert!(words.contains("https://login.microsoftonline.com/a-tenant/oauth2/v2.0/token"), "{words}");
    assert!(emulator.requests()[0].query.ends_with("resource=api%3A%2F%2FAzureADTokenExchange"));
}

#[test]
fn the_file_for_workload_identities_is_the_users_own() {
    let (emulator, folder) = (Emulator::start(&[]), tempfile::tempdir().expect("a folder"));
    let ran = run(&blocks()[1], &emulator, folder.path());
    assert_eq!((ran.code, ran.output.as_str(), ran.errors.as_str()), (0, "", ""), "{ran:?}");
    let file = folder.path().join("federated");
    let [token] = emulator.issued().tokens.try_into().expect("one token");
    assert_eq!(fs::read_to_string(&file).expect("a file"), token);
    assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o777, 0o600);
    assert_eq!(blocks().len(), 2, "each block of the page is run here");
}

#[test]
fn in_azure_government_the_audience_is_another_one() {
    let (emulator, folder) = (Emulator::start(&["--cloud", "AzureUSGovernment"]), tempfile::tempdir().expect("a folder"));
    assert_eq!(run(&blocks()[0], &emulator, folder.path()).code, 0);
    let last = emulator.requests().pop().expect("a request");
    assert!(last.query.ends_with("resource=api%3A%2F%2FAzureADTokenExchangeUSGov"), "{last:?}");
}
