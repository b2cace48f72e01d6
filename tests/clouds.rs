//! Machines of other clouds than the public one: which audiences are asked for, and how often.

#[path = "support/mod.rs"]
mod support;

use arc_token::{CheckStatus, Error, Status, TokenRequest, check, clear_cache};
use support::Emulator;

const GOVERNMENT: [&str; 2] = ["--cloud", "AzureUSGovernment"];
const VAULT: &str = "https://vault.azure.net";
const GOVERNMENT_VAULT: &str = "https://vault.usgovcloudapi.net";

fn to(emulator: &Emulator, request: TokenRequest) -> TokenRequest {
    request.endpoint(&emulator.endpoint).key_directory(&emulator.key_directory)
}

fn service(emulator: &Emulator, name: &str) -> TokenRequest {
    to(emulator, TokenRequest::default().service(name))
}

/// The audiences that the agent was asked for with a key, and `metadata` where it was asked for that.
fn asked(emulator: &Emulator) -> Vec<String> {
    let requests = emulator.requests().into_iter().filter(|seen| seen.keyed || seen.path == "/metadata/instance");
    let resource = |query: &str| {
        query.split('&').find_map(|pair| pair.strip_prefix("resource=")).map(|value| value.replace("%3A", ":").replace("%2F", "/"))
    };
    requests.map(|seen| resource(&seen.query).unwrap_or_else(|| "metadata".to_owned())).collect()
}

fn failure(request: &TokenRequest) -> Error {
    request.send().expect_err("no token")
}

#[test]
fn in_the_public_cloud_nobody_asks_for_the_machines_cloud() {
    let emulator = Emulator::start(&[]);
    assert_eq!(service(&emulator, "KeyVault").send().unwrap().resource(), VAULT);
    assert_eq!(to(&emulator, TokenRequest::default()).send().unwrap().resource(), "https://management.azure.com/");
    assert_eq!(asked(&emulator), [VAULT, "https://management.azure.com/"]);
}

#[test]
fn a_default_audience_is_that_of_the_machines_cloud_which_is_remembered() {
    let emulator = Emulator::start(&GOVERNMENT);
    let token = service(&emulator, "KeyVault").send().unwrap();
    assert_eq!(token.resource(), GOVERNMENT_VAULT);
    assert_eq!(asked(&emulator), [VAULT, "metadata", GOVERNMENT_VAULT]);
    assert!(token.log().steps().contains("The machine is in AzureUSGovernment."), "{}", token.log().steps());
    let again = service(&emulator, "vault").send().unwrap();
    assert_eq!((again.secret(), again.resource()), (token.secret(), GOVERNMENT_VAULT), "from the cache");
    emulator.reset();
    let manager = to(&emulator, TokenRequest::default()).send().unwrap();
    assert_eq!(manager.resource(), "https://management.core.usgovcloudapi.net/");
    service(&emulator, "KeyVault").force_refresh(true).send().unwrap();
    assert_eq!(asked(&emulator), ["https://management.core.usgovcloudapi.net/", GOVERNMENT_VAULT], "the cloud is known by now");
}

#[test]
fn an_explicit_resource_is_never_changed_also_where_the_default_is_in_the_cache() {
    let emulator = Emulator::start(&GOVERNMENT);
    service(&emulator, "KeyVault").send().unwrap();
    emulator.reset();
    let error = failure(&to(&emulator, TokenRequest::new(VAULT)));
    assert_eq!((error.status(), error.agent_code()), (Status::AgentError, Some("invalid_resource")), "{error}");
    assert_eq!(asked(&emulator), [VAULT]);
    let advice = error.advice();
    assert!(advice.starts_with(&format!("Check the resource '{VAULT}'")), "{advice}");
    assert!(advice.contains("-ResourceTypeName KeyVault -Environment AzureUSGovernment") && advice.contains(GOVERNMENT_VAULT), "{advice}");
    assert!(advice.contains("in place of -Resource"), "{advice}");
}

#[test]
fn a_cloud_that_is_named_is_asked_for_alone() {
    let emulator = Emulator::start(&GOVERNMENT);
    let in_cloud = |cloud: &str| service(&emulator, "KeyVault").environment(cloud);
    assert_eq!(in_cloud("AzureUSGovernmentCloud").send().unwrap().resource(), GOVERNMENT_VAULT);
    assert_eq!(asked(&emulator), [GOVERNMENT_VAULT]);
    emulator.reset();
    assert_eq!(failure(&in_cloud("AzureCloud")).status(), Status::AgentError);
    assert_eq!(failure(&in_cloud("AzureChinaCloud")).status(), Status::AgentError);
    assert_eq!(asked(&emulator), [VAULT, "https://vault.azure.cn"]);
}

#[test]
fn a_cloud_that_nobody_knows_leaves_entras_words() {
    let emulator = Emulator::start(&["--cloud", "Moon"]);
    let error = failure(&service(&emulator, "KeyVault"));
    assert_eq!((error.status(), error.agent_code()), (Status::AgentError, Some("invalid_resource")), "{error}");
    assert_eq!(asked(&emulator), [VAULT, "metadata"], "and nothing is asked for twice");
}

#[test]
fn a_service_without_a_known_audience_in_the_machines_cloud_leaves_entras_words() {
    let emulator = Emulator::start(&GOVERNMENT);
    assert_eq!(failure(&service(&emulator, "Sql")).agent_code(), Some("invalid_resource"));
    assert_eq!(asked(&emulator), ["https://database.windows.net/", "metadata"]);
}

#[test]
fn other_errors_are_no_reason_to_ask_for_the_cloud() {
    let emulator = Emulator::start(&["--cloud", "AzureUSGovernment", "--fault", "403-after-challenge"]);
    assert_eq!(failure(&service(&emulator, "KeyVault")).http_status(), Some(403));
    assert_eq!(asked(&emulator), [VAULT]);
}

#[test]
fn the_checks_are_for_the_machines_cloud_too() {
    let emulator = Emulator::start(&GOVERNMENT);
    let report = check(&to(&emulator, TokenRequest::default())).unwrap();
    let row = report.checks().iter().find(|check| check.name == "Token").expect("a row");
    assert_eq!(row.status, CheckStatus::Pass, "{row:?}");
    assert!(row.detail.contains("https://management.core.usgovcloudapi.net/"), "{row:?}");
}

#[test]
fn the_name_of_a_service_is_no_resource_and_is_not_sent() {
    let emulator = Emulator::start(&[]);
    for name in ["KeyVault", "vault", "MSGRAPH", "arm"] {
        let error = failure(&to(&emulator, TokenRequest::new(name)));
        assert!(error.status() == Status::InvalidArgument && error.advice().contains("https://"), "{error}");
        assert!(error.advice().contains("-ResourceTypeName"), "{error}");
    }
    assert!(emulator.requests().is_empty());
    clear_cache();
}

#[test]
fn a_machine_that_was_connected_anew_in_another_cloud_is_not_taken_for_the_old_one() {
    let keys = tempfile::tempdir().unwrap();
    let keys = keys.path().to_str().unwrap();
    let old = Emulator::start(&[&GOVERNMENT[..], &["--key-directory", keys]].concat());
    let request = service(&old, "KeyVault").force_refresh(true);
    assert_eq!(request.send().unwrap().resource(), GOVERNMENT_VAULT);
    let port = old.port.to_string();
    drop(old);
    let new = Emulator::start(&["--cloud", "AzureChinaCloud", "--key-directory", keys, "--port", &port]);
    assert_eq!(request.send().unwrap().resource(), "https://vault.azure.cn");
    assert_eq!(asked(&new), [GOVERNMENT_VAULT, VAULT, "metadata", "https://vault.azure.cn"]);
}
