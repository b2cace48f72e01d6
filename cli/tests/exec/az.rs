//! `arc-token exec --az`.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::client::exec;
use crate::run::Ran;
use crate::support::Emulator;

#[test]
fn az_answers_what_credentials_ask_and_leaves_the_rest_to_the_next_one() {
    let emulator = Emulator::start(&[]);
    let real = tempfile::tempdir().expect("a folder");
    let script = "az account get-access-token --output json --resource https://management.azure.com | tr -d '\\n '; echo; \
        az account get-access-token --tenant 0a11ce00-0000-4000-8000-000000000000; echo $?; az login --identity; echo $?; \
        folder=$(dirname $(command -v az)); stat -c %a $folder; echo $folder";
    let path = std::env::var("PATH").expect("a path");
    let with_path = |path: &str| Ran::of(exec(&emulator, &["--az"], script).env("PATH", path));
    let ran = with_path(&path);
    let lines: Vec<_> = ran.output.lines().collect();
    let answer: Value = serde_json::from_str(lines[0]).expect("JSON");
    assert_eq!(answer["accessToken"], emulator.issued().tokens[0].as_str());
    assert!(answer["expires_on"].is_i64() && answer["tokenType"] == "Bearer" && answer["tenant"].is_string(), "{answer}");
    assert_eq!((lines[1], lines[2], lines[3]), ("1", "127", "700"), "{ran:?}");
    assert!(ran.errors.contains("tenant") && !fs::exists(lines[4]).expect("a look"), "{ran:?}");
    let file = real.path().join("az");
    fs::write(&file, "#!/bin/sh\necho real \"$@\" ${ARC_TOKEN_EXEC_AZ-none}\n").expect("a file");
    assert!(Command::new("chmod").args(["+x"]).arg(&file).status().expect("chmod runs").success());
    let ran = with_path(&format!("{}:{path}", real.path().display()));
    assert!(ran.output.contains("real login --identity none\n0\n"), "{ran:?}");
}
