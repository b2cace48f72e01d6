//! Requests for the checks and for the machine, and the tables that they return.

use std::ptr;
use std::thread;
use std::time::{Duration, Instant};

use arc_token::Status;
use arc_token::ffi::*;

use crate::caller::{Caller, Request, Table};
use crate::server::Server;

const MACHINE: &str =
    r#"{"compute":{"name":"m","osType":"Linux","tagsList":[{"name":"a","value":"1"},{"name":"b","value":""}]},"status":"Connected"}"#;

fn start_check(request: &Request<'_>, caller: &Caller) {
    caller.ok(|error| unsafe { arc_token_request_start_check(request.0, error) });
}

fn start_machine(request: &Request<'_>, caller: &Caller) {
    caller.ok(|error| unsafe { arc_token_request_start_machine(request.0, error) });
}

#[test]
fn the_checks_come_out_as_rows_in_their_order() {
    let caller = Caller::alone();
    let server = Server::answering();
    let request = Request::new(&caller, "https://vault.azure.net").to(&server);
    start_check(&request, &caller);
    let table = request.wait_table(20_000).expect("a table");
    let texts = |column: Column| (0..table.rows()).map(|row| table.text(row, column as i32)).collect::<Vec<_>>();
    let names: Vec<_> = texts(Column::Name).into_iter().flatten().collect();
    assert_eq!(
        (names.len(), names[0].as_str(), names[7].as_str(), names[10].as_str()),
        (11, "Agent installed", "Token", "Proxy variables")
    );
    let known = ["Pass", "Warning", "Fail", "Skip"];
    assert!(texts(Column::Status).into_iter().all(|status| known.contains(&status.expect("a status").as_str())));
    assert!(texts(Column::Detail).into_iter().all(|detail| !detail.expect("a detail").contains(&server.token)));
    for (status, advice) in texts(Column::Status).into_iter().zip(texts(Column::Advice)) {
        assert!(status.as_deref() != Some("Pass") || advice.is_none());
    }
    for column in [Column::Value, Column::ResourceId, Column::Log, Column::Endpoint] {
        assert!(texts(column).iter().all(Option::is_none), "{column:?}");
    }
    let again = request.wait_table(0).expect("the same again");
    assert_eq!(again.text(3, Column::Detail as i32), table.text(3, Column::Detail as i32));
}

#[test]
fn an_agent_is_found_by_the_variables_of_the_request_and_not_by_those_of_the_process() {
    let caller = Caller::alone();
    let request = Request::new(&caller, "https://vault.azure.net");
    let found = || {
        let mut table = ptr::null_mut();
        // SAFETY: the request is live, and `table` outlives the call.
        let (status, _error) = caller.call(|error| unsafe { arc_token_request_find_agent(request.0, &mut table, error) });
        (status, (!table.is_null()).then(|| Table(table)))
    };
    let set = |variable: &str| {
        // SAFETY: the request is live, and `variable` outlives the call.
        caller.ok(|error| unsafe { arc_token_request_set_text(request.0, 7, variable.as_ptr().cast(), variable.len(), error) });
    };
    set("IMDS_ENDPOINT=x");
    set("IDENTITY_ENDPOINT=http://127.0.0.1:7/a=b");
    assert_eq!(found().0, Status::EndpointRefused);
    set("IDENTITY_ENDPOINT=http://127.0.0.1:7");
    let (status, table) = found();
    assert_eq!(status, Status::Ok);
    let text = |column: Column| table.as_ref().unwrap().text(0, column as i32).unwrap();
    assert_eq!(text(Column::Endpoint), "http://127.0.0.1:7/metadata/identity/oauth2/token");
    assert_eq!(text(Column::EndpointSource), "from IDENTITY_ENDPOINT");
    set("IDENTITY_HEADER=secret");
    assert_ne!(found().1.and_then(|table| table.text(0, Column::EndpointSource as i32)).as_deref(), Some("from IDENTITY_ENDPOINT"));
}

#[test]
fn an_address_for_others_is_checked_by_the_rules() {
    let caller = Caller::alone();
    let server = Server::answering();
    let request = Request::new(&caller, "https://vault.azure.net");
    let check = |text: &str| {
        let mut table = ptr::null_mut();
        let (data, length) = (text.as_ptr().cast(), text.len());
        // SAFETY: the request, `text` and `table` outlive the call.
        let (status, _error) = caller.call(|error| unsafe { arc_token_request_check_endpoint(request.0, data, length, &mut table, error) });
        (status, (!table.is_null()).then(|| Table(table)))
    };
    for text in ["", "http://192.0.2.1/", "https://127.0.0.1/"] {
        let (status, table) = check(text);
        assert_eq!((status, table.is_none()), (Status::EndpointRefused, true), "{text}");
    }
    assert_eq!(check("http://127.0.0.1:1/\0").0, Status::InvalidArgument);
    // This test's server is the agent's only where root runs the test, or where nobody tells who listens.
    match check(&server.endpoint()) {
        (Status::Ok, table) => assert_eq!(table.unwrap().text(0, Column::Endpoint as i32), Some(server.endpoint())),
        (status, _) => assert_eq!(status, Status::ForeignAnswer),
    }
}

#[test]
fn the_machine_is_a_row_and_each_of_its_tags_is_one() {
    let caller = Caller::alone();
    let server = Server::saying(MACHINE);
    let request = Request::new(&caller, "https://vault.azure.net").to(&server);
    start_machine(&request, &caller);
    let table = request.wait_table(20_000).expect("a table");
    let text = |row, column: Column| table.text(row, column as i32);
    assert_eq!(table.rows(), 3);
    assert_eq!((text(0, Column::Name).as_deref(), text(0, Column::OsType).as_deref()), (Some("m"), Some("Linux")));
    assert_eq!((text(0, Column::AgentStatus).as_deref(), text(0, Column::VmId)), (Some("Connected"), None));
    assert_eq!(text(0, Column::Endpoint), Some(server.endpoint()));
    assert!(text(0, Column::EndpointSource).is_some() && text(0, Column::Log).is_some());
    assert_eq!((text(1, Column::Name).as_deref(), text(1, Column::Value).as_deref()), (Some("a"), Some("1")));
    assert_eq!((text(2, Column::Name).as_deref(), text(2, Column::Value).as_deref()), (Some("b"), Some("")));
    for (row, column) in [(3, 10), (usize::MAX, 10), (0, 0), (0, -1), (0, 999), (0, i32::MAX)] {
        assert_eq!(table.text(row, column), None, "{row} {column}");
    }
}

#[test]
fn errors_of_the_machine_are_those_of_a_token() {
    let caller = Caller::alone();
    let request = Request::new(&caller, "https://vault.azure.net");
    caller.ok(|error| unsafe { arc_token_request_set_text(request.0, 1, c"http://192.0.2.1/".as_ptr(), 17, error) });
    let (status, _error) = caller.call(|error| unsafe { arc_token_request_start_machine(request.0, error) });
    assert_eq!(status, Status::EndpointRefused);
    let server = Server::saying("{}");
    let request = Request::new(&caller, "https://vault.azure.net").to(&server);
    start_machine(&request, &caller);
    assert_eq!(request.wait_table(20_000).unwrap_err(), Status::BadResponse);
}

#[test]
fn only_a_value_that_cannot_be_right_keeps_the_checks_from_starting() {
    let caller = Caller::alone();
    let request = Request::new(&caller, "/subscriptions/x");
    request.refused(|request, error| unsafe { arc_token_request_start_check(request, error) });
    let request = Request::new(&caller, "https://vault.azure.net");
    caller.ok(|error| unsafe { arc_token_request_set_text(request.0, 1, c"http://192.0.2.1/".as_ptr(), 17, error) });
    start_check(&request, &caller);
    let table = request.wait_table(20_000).expect("a table");
    assert_eq!(table.text(1, Column::Status as i32).as_deref(), Some("Fail"));
    assert!(table.text(1, Column::Detail as i32).expect("a detail").starts_with("EndpointRefused: "));
}

#[test]
fn a_request_is_waited_for_as_what_it_was_started_for() {
    let caller = Caller::alone();
    let server = Server::silent();
    let new = || Request::new(&caller, "https://vault.azure.net").to(&server);
    let (token, check, machine) = (new(), new(), new());
    let (mut table, mut result) = (ptr::dangling_mut(), ptr::dangling_mut());
    token.refused(|request, error| unsafe { arc_token_request_wait_table(request, 0, &mut table, error) });
    token.start();
    start_check(&check, &caller);
    start_machine(&machine, &caller);
    token.refused(|request, error| unsafe { arc_token_request_wait_table(request, 0, &mut table, error) });
    for request in [&check, &machine] {
        request.refused(|request, error| unsafe { arc_token_request_wait(request, 0, &mut result, error) });
        request.refused(|request, error| unsafe { arc_token_request_wait_table(request, 0, ptr::null_mut(), error) });
    }
    for request in [&token, &check, &machine] {
        request.refused(|request, error| unsafe { arc_token_request_start(request, error) });
        request.refused(|request, error| unsafe { arc_token_request_start_check(request, error) });
        request.refused(|request, error| unsafe { arc_token_request_start_machine(request, error) });
        request.refused(|request, error| unsafe { arc_token_request_set_number(request, 20, 1, error) });
    }
    assert_eq!(machine.wait_table(20).unwrap_err(), Status::Pending);
    assert_eq!((table, result), (ptr::dangling_mut(), ptr::dangling_mut()));
    // The requests are freed while they run. The count of live objects at the end proves that this works.
}

#[test]
fn cancelling_ends_the_wait_for_a_table_at_once() {
    let caller = Caller::alone();
    let server = Server::silent();
    for start in [start_check, start_machine] {
        let request = Request::new(&caller, "https://vault.azure.net").to(&server);
        start(&request, &caller);
        let begun = Instant::now();
        thread::scope(|scope| {
            scope.spawn(|| assert_eq!(request.wait_table(50_000).unwrap_err(), Status::Cancelled));
            thread::sleep(Duration::from_millis(50));
            request.cancel();
        });
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
        assert_eq!(request.wait_table(0).unwrap_err(), Status::Cancelled);
    }
    let request = Request::new(&caller, "https://vault.azure.net").to(&server);
    request.cancel();
    let (status, error) = caller.call(|error| unsafe { arc_token_request_start_check(request.0, error) });
    assert_eq!((status, error.is_some()), (Status::Cancelled, true));
}

#[test]
fn the_checks_end_in_their_own_time_whoever_answers() {
    let caller = Caller::alone();
    let server = Server::silent();
    let request = Request::new(&caller, "https://vault.azure.net").to(&server);
    caller.ok(|error| unsafe { arc_token_request_set_number(request.0, 20, 300, error) });
    let begun = Instant::now();
    start_check(&request, &caller);
    assert_eq!(request.wait_table(u32::MAX).expect("a table all the same").rows(), 11);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[test]
fn the_audiences_are_rows_of_services_and_clouds() {
    let caller = Caller::alone();
    let mut table = ptr::null_mut();
    // SAFETY: `table` outlives the call.
    caller.ok(|error| unsafe { arc_token_audiences(&mut table, error) });
    let table = Table(table);
    let row =
        |row: usize| [Column::Name, Column::Environment, Column::Audience].map(|column| table.text(row, column as i32).unwrap_or_default());
    let vault = (0..table.rows()).map(row).find(|row| row[0] == "KeyVault" && row[1] == "AzureUSGovernment");
    assert_eq!(vault.map(|row| row[2].clone()).as_deref(), Some("https://vault.usgovcloudapi.net"));
    assert_eq!(row(0)[1], "AzureCloud");
    assert!(table.text(0, Column::OtherNames as i32).unwrap().split(',').any(|name| name == "AzurePublicCloud"));
    assert!((0..table.rows()).map(row).all(|row| row.iter().all(|text| !text.is_empty())));
}

#[test]
fn a_service_is_asked_for_by_name_and_cloud() {
    let caller = Caller::alone();
    let server = Server::answering();
    let request = Request::new(&caller, "https://in.its.place").to(&server);
    for (option, value) in [(RequestOption::ResourceTypeName, "keyvault"), (RequestOption::Environment, "AzureChinaCloud")] {
        // SAFETY: the request is live, and `value` outlives the call.
        caller.ok(|error| unsafe { arc_token_request_set_text(request.0, option as i32, value.as_ptr().cast(), value.len(), error) });
    }
    start_check(&request, &caller);
    let table = request.wait_table(20_000).expect("a table");
    let details: Vec<_> = (0..table.rows()).filter_map(|row| table.text(row, Column::Detail as i32)).collect();
    assert!(details.iter().any(|detail| detail.contains("https://vault.azure.cn")), "{details:?}");
}
