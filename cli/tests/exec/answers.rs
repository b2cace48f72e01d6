//! What a program below `arc-token exec` is answered.

use crate::client::{bodies, exec, run};
use crate::run::{Ran, arc_token};
use crate::support::Emulator;

#[test]
fn each_family_gets_the_agents_token_in_its_own_form() {
    let emulator = Emulator::start(&[]);
    let script = r#"
        app https%3A%2F%2Fvault.azure.net
        ask "/msi/token?api-version=2017-09-01&resource=https://vault.azure.net" "Secret: $MSI_SECRET"
        ask "/${ARM_MSI_ENDPOINT#http://127.0.0.1:*/}?api-version=2018-02-01&resource=https://vault.azure.net/.default" "Metadata: true"
        echo "thumb:${IDENTITY_SERVER_THUMBPRINT-none} imds:${IMDS_ENDPOINT-none} no:$NO_PROXY""#;
    let ran = Ran::of(exec(&emulator, &["--verbose"], script).env("IDENTITY_SERVER_THUMBPRINT", "x"));
    let answers = bodies(&ran);
    let issued = emulator.issued();
    assert!(ran.code == 0 && answers.len() == 3 && issued.tokens.len() == 1, "{ran:?}");
    for answer in &answers {
        assert_eq!(answer["access_token"], issued.tokens[0].as_str());
        assert_eq!((&answer["resource"], &answer["token_type"]), (&"https://vault.azure.net".into(), &"Bearer".into()));
    }
    let end: i64 = answers[0]["expires_on"].as_str().expect("a text").parse().expect("Unix seconds");
    let date = chrono::DateTime::parse_from_str(answers[1]["expires_on"].as_str().expect("a text"), "%m/%d/%Y %H:%M:%S %:z");
    assert_eq!(date.expect("App Service's date").timestamp(), end);
    assert_eq!(answers[2]["expires_on"], end.to_string());
    assert!(["expires_in", "ext_expires_in", "not_before", "client_id"].iter().all(|name| answers[2][name].is_string()), "{answers:?}");
    assert!(ran.output.contains("thumb:none imds:none no:127.0.0.1,localhost"), "{ran:?}");
    assert!(ran.errors.contains("HTTP 200 in ") && !ran.errors.contains(&issued.tokens[0]), "{ran:?}");
}

#[test]
fn errors_come_in_the_familys_form_and_with_the_agents_words() {
    let emulator = Emulator::start(&["--fault", "403-before-challenge"]);
    let script = r#"app r; ask "/${ARM_MSI_ENDPOINT#http://127.0.0.1:*/}?api-version=2018-02-01&resource=r" "Metadata: true""#;
    let ran = run(&emulator, &[], script);
    let answers = bodies(&ran);
    assert_eq!(ran.output.matches("HTTP/1.1 403 ").count(), 2, "{ran:?}");
    assert_eq!(answers[0]["statusCode"], 403, "{ran:?}");
    let (app, machine) = (answers[0]["message"].as_str().expect("a text"), answers[1]["error_description"].as_str().expect("a text"));
    assert!(app == machine && app.starts_with("AgentError: ") && app.contains("HTTP 403"), "{ran:?}");
}

/// Azure CLI before 2.67 and msrestazure post a form to MSI_ENDPOINT, without a secret of its own.
#[test]
fn a_client_of_cloud_shell_gets_its_token_by_the_address_alone() {
    let emulator = Emulator::start(&[]);
    let script = r#"
        post() { exec 3<>"/dev/tcp/127.0.0.1/$port"
          printf 'POST %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nMetadata: true\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s' "$1" "$port" "${#2}" "$2" >&3
          cat <&3; exec 3>&-; echo; }
        post "/${MSI_ENDPOINT#http://127.0.0.1:*/}" resource=https%3A%2F%2Fvault.azure.net
        post /msi/token resource=r
        post "/${MSI_ENDPOINT#http://127.0.0.1:*/}" "resource=$(head -c 9000 /dev/zero | tr '\0' a)""#;
    let ran = run(&emulator, &[], script);
    let statuses: Vec<_> = ran.output.lines().filter(|line| line.starts_with("HTTP/1.1")).map(|line| &line[9..12]).collect();
    let answers = bodies(&ran);
    assert_eq!(statuses, ["200", "401", "400"], "{ran:?}");
    assert_eq!(answers[0]["access_token"], emulator.issued().tokens[0].as_str());
    assert!(answers[2]["error"]["message"].is_string(), "{ran:?}");
}

#[test]
fn the_pause_that_the_agent_asks_for_is_passed_on() {
    let emulator = Emulator::start(&["--fault", "503-once-retry-after-seconds-before-challenge"]);
    let ran = run(&emulator, &["--timeout", "0.9"], "app r");
    assert!(ran.output.starts_with("HTTP/1.1 503 ") && ran.output.contains("\nretry-after: 1\r\n"), "{ran:?}");
}

#[test]
fn audiences_that_are_not_allowed_are_refused() {
    let emulator = Emulator::start(&[]);
    let ran =
        run(&emulator, &["--allow-resource", "https://vault.azure.net/"], "app https://vault.azure.net; app https://vault.azure.net.evil");
    assert_eq!((ran.output.matches("HTTP/1.1 200 ").count(), ran.output.matches("HTTP/1.1 403 ").count()), (1, 1), "{ran:?}");
    assert!(emulator.issued().tokens.len() == 1 && ran.output.contains("--allow-resource"), "{ran:?}");
    let ran = run(&emulator, &["--allow-resource", "vault"], "app vault");
    assert!(ran.code == 2 && ran.errors.contains("its audience is https://vault.azure.net"), "{ran:?}");
}

#[test]
fn names_are_printed_and_no_values() {
    let ran = Ran::of(arc_token().args(["exec", "--print-env", "--env-only", "msi_secret"]).env("IMDS_ENDPOINT", "x"));
    assert_eq!(
        (ran.code, ran.output.as_str()),
        (0, "set      MSI_ENDPOINT\nset      MSI_SECRET\nset      NO_PROXY\nset      no_proxy\nremoved  IMDS_ENDPOINT\n")
    );
}
