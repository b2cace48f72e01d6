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

/// Whoever names no resource means the machine's own cloud, also for `az account show`. A resource that is named is not changed.
#[test]
fn az_is_of_the_machines_own_cloud() {
    const SCRIPT: &str = "az account show --query environmentName -o tsv; az account get-access-token >/dev/null && echo manager; \
        az account get-access-token --resource-type ms-graph >/dev/null && echo graph; \
        az account get-access-token --resource https://graph.microsoft.com/ >/dev/null; echo $?";
    for (cloud, manager, graph, public) in [
        ("AzureCloud", "https://management.core.windows.net/", "https://graph.microsoft.com/", 0),
        ("AzureUSGovernment", "https://management.core.usgovcloudapi.net/", "https://graph.microsoft.us/", 1),
        ("AzureChinaCloud", "https://management.core.chinacloudapi.cn/", "https://microsoftgraph.chinacloudapi.cn/", 1),
    ] {
        let emulator = Emulator::start(&["--cloud", cloud]);
        let ran = Ran::of(&mut exec(&emulator, &["--az", "--verbose"], SCRIPT));
        assert_eq!(ran.output, format!("{cloud}\nmanager\ngraph\n{public}\n"), "{ran:?}");
        for resource in [manager, graph] {
            assert!(ran.errors.lines().any(|line| line.contains(" HTTP 200 ") && line.contains(&format!("'{resource}'"))), "{ran:?}");
        }
    }
}

#[test]
fn an_empty_resource_is_none_that_anybody_means() {
    let emulator = Emulator::start(&[]);
    let ran = Ran::of(&mut exec(&emulator, &["--az"], "az account get-access-token --resource ''"));
    assert!(ran.code == 1 && ran.output.is_empty() && ran.errors.contains("'resource' is missing"), "{ran:?}");
}

#[test]
fn audiences_of_another_cloud_count_for_what_may_be_had() {
    let emulator = Emulator::start(&["--cloud", "AzureUSGovernment"]);
    let code = |allowed: &str| Ran::of(&mut exec(&emulator, &["--az", "--allow-resource", allowed], "az account get-access-token")).code;
    assert_eq!(code("https://management.core.usgovcloudapi.net"), 0);
    // The token is of an audience that was not known before it was there.
    assert_eq!(code("https://management.core.windows.net/"), 1);
    let requests = emulator.requests().len();
    assert_eq!(code("https://vault.azure.net"), 1);
    assert_eq!(emulator.requests().len(), requests, "the agent is not asked for what can only be refused");
}
