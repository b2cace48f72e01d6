//! Tests of the endpoints without a challenge, and of the record of requests.

use crate::client::{get, raw};
use crate::support::Emulator;

const VERSION: &str = "?api-version=2020-06-01";

#[test]
fn the_machine_is_described_to_anybody() {
    let emulator = Emulator::start(&[]);
    let whole = get(&emulator, &format!("/metadata/instance{VERSION}"), &["Metadata: true"]).json();
    let compute = get(&emulator, &format!("/metadata/instance/compute{VERSION}"), &["Metadata: true"]).json();
    assert_eq!(whole["compute"], compute);
    assert_eq!(compute["provider"], "Microsoft.HybridCompute");
    for field in ["azEnvironment", "location", "name", "osType", "resourceGroupName", "resourceId", "subscriptionId", "tags", "vmId"] {
        assert!(compute[field].as_str().is_some_and(|text| !text.is_empty()), "{field}");
    }
    assert!(compute["tagsList"].is_array() && whole["network"].is_object());
    assert!(!whole.to_string().contains("tenant"), "the agent does not tell");
}

#[test]
fn the_machine_is_described_only_with_header_and_version() {
    let emulator = Emulator::start(&[]);
    assert_eq!(get(&emulator, &format!("/metadata/instance{VERSION}"), &[]).status, 400);
    assert_eq!(get(&emulator, "/metadata/instance", &["Metadata: true"]).status, 400);
    assert_eq!(raw(&emulator, b"PUT /metadata/instance HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").status, 405);
}

#[test]
fn the_agent_says_that_it_is_connected() {
    let emulator = Emulator::start(&[]);
    assert_eq!(get(&emulator, "/agentstatus", &[]).json()["status"], "Connected");
}

#[test]
fn other_paths_are_go_s_404() {
    let emulator = Emulator::start(&[]);
    let answer = get(&emulator, "/nothing", &[]);
    assert_eq!((answer.status, answer.body.as_str()), (404, "404 page not found\n"));
}

#[test]
fn requests_are_recorded_without_their_keys() {
    let emulator = Emulator::start(&[]);
    get(&emulator, "/some/where?a=b", &["Client-Id: Someone/1", "Authorization: Basic c2VjcmV0", "Proxy-Authorization: Basic c2VjcmV0"]);
    let requests = emulator.requests();
    let request = &requests[0];
    assert_eq!((request.method.as_str(), request.path.as_str(), request.query.as_str()), ("GET", "/some/where", "a=b"));
    assert_eq!((request.client_id.as_deref(), request.keyed, request.status), (Some("Someone/1"), true, 404));
    assert!(request.headers.iter().any(|(name, _)| name == "Authorization"));
    assert!(!format!("{requests:?}").contains("c2VjcmV0"));
    emulator.reset();
    assert_eq!(emulator.count("requests"), 0);
}
