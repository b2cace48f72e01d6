//! The exported functions, called like from C: what they accept and refuse, their promises, and no leaks.
#![cfg(feature = "c-api")]
// For all `unsafe` calls: objects are live because their owners are in scope, and outputs are local variables. A call that needs
// more than that has a comment.
#![allow(clippy::undocumented_unsafe_blocks)]
#![allow(clippy::unwrap_used)]

#[path = "abi/caller.rs"]
mod caller;
#[path = "abi/library.rs"]
mod library;
#[path = "abi/server.rs"]
mod server;
#[path = "abi/tables.rs"]
mod tables;

use std::ptr;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use arc_token::Status;
use arc_token::ffi::*;
use caller::{Caller, Request, error_text, result_text};
use server::Server;

const OPTIONS: [i32; 14] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 21, 22, 23, 24];
const FIELDS: [i32; 20] = [1, 2, 3, 4, 5, 6, 7, 8, 20, 21, 22, 30, 31, 32, 33, 34, 35, 36, 37, 38];

#[test]
fn versions_agree() {
    let _caller = Caller::alone();
    assert_eq!(caller::c_text(arc_token_version()), env!("CARGO_PKG_VERSION"));
    assert_eq!(arc_token_abi_version(), ARC_TOKEN_ABI_VERSION);
    assert!(library::header().contains(&format!("\n#define ARC_TOKEN_ABI_VERSION {ARC_TOKEN_ABI_VERSION}\n")));
}

#[test]
fn statuses_have_names_and_stand_in_the_header() {
    let _caller = Caller::alone();
    for status in Status::ALL {
        assert_eq!(caller::c_text(arc_token_status_name(status as i32)), status.name());
        let constant = status.name().chars().flat_map(|c| if c.is_uppercase() { vec!['_', c] } else { vec![c.to_ascii_uppercase()] });
        let constant: String = "ARC_TOKEN_STATUS".chars().chain(constant).collect();
        assert!(library::header().contains(&format!(" {constant} = {},\n", status as i32)), "{constant}");
    }
    for unknown in [-1, 2, 9, 1000, i32::MIN, i32::MAX] {
        assert_eq!(caller::c_text(arc_token_status_name(unknown)), "Unknown");
    }
}

#[test]
fn null_is_refused_or_fine_but_never_followed() {
    let caller = Caller::alone();
    // SAFETY: NULL is allowed everywhere here; this is the test of that.
    unsafe {
        caller.refused(|error| arc_token_get(ptr::null(), 0, ptr::null_mut(), error));
        caller.refused(|error| arc_token_request_new(ptr::null(), 0, ptr::null_mut(), error));
        caller.refused(|error| arc_token_request_start(ptr::null_mut(), error));
        caller.refused(|error| arc_token_request_start_check(ptr::null_mut(), error));
        caller.refused(|error| arc_token_request_start_machine(ptr::null_mut(), error));
        let mut result = ptr::null_mut();
        caller.refused(|error| arc_token_request_wait(ptr::null_mut(), 0, &mut result, error));
        let mut table = ptr::null_mut();
        caller.refused(|error| arc_token_request_wait_table(ptr::null_mut(), 0, &mut table, error));
        caller.refused(|error| arc_token_find_agent(ptr::null_mut(), error));
        caller.refused(|error| arc_token_audiences(ptr::null_mut(), error));
        caller.refused(|error| arc_token_request_find_agent(ptr::null_mut(), &mut table, error));
        caller.refused(|error| arc_token_request_check_endpoint(ptr::null_mut(), ptr::null(), 0, &mut table, error));
        arc_token_table_free(ptr::null_mut());
        for option in OPTIONS {
            caller.refused(|error| arc_token_request_set_text(ptr::null_mut(), option, ptr::null(), 0, error));
            caller.refused(|error| arc_token_request_set_number(ptr::null_mut(), option, 1, error));
        }
        arc_token_request_cancel(ptr::null_mut());
        arc_token_request_free(ptr::null_mut());
        arc_token_result_free(ptr::null_mut());
        arc_token_error_free(ptr::null_mut());
        arc_token_string_free(ptr::null_mut());

        for field in FIELDS {
            let mut length = 7;
            assert!(arc_token_result_text(ptr::null(), field, &mut length).is_null() && length == 0);
            length = 7;
            assert!(arc_token_error_text(ptr::null(), field, &mut length).is_null() && length == 0);
            assert!(arc_token_result_text(ptr::null(), field, ptr::null_mut()).is_null());
            assert!(arc_token_error_text(ptr::null(), field, ptr::null_mut()).is_null());
        }
        let mut length = 7;
        assert!(arc_token_result_token(ptr::null(), &mut length).is_null() && length == 0);
        assert!(arc_token_result_token(ptr::null(), ptr::null_mut()).is_null());
        assert_eq!(arc_token_result_expires_on(ptr::null()), 0);
        assert_eq!(arc_token_error_status(ptr::null()), Status::Internal);
        assert_eq!(arc_token_error_http_status(ptr::null()), 0);
    }
}

#[test]
fn texts_that_are_none_are_refused_before_they_are_read_too_far() {
    let caller = Caller::alone();
    let request = Request::new(&caller, "https://vault.azure.net");
    let bad: [(&[u8], usize); 7] = [
        (b"x", usize::MAX),
        (b"x", isize::MAX as usize + 1),
        (b"x", 65_537),
        (b"\xff\xfe", 2),
        (b"a\xc3", 2),
        (b"\xed\xa0\x80", 3),
        (b"a\0b", 3),
    ];
    for (bytes, length) in bad {
        let text = bytes.as_ptr().cast();
        let mut untouched = ptr::dangling_mut();
        let mut token = ptr::dangling_mut();
        // SAFETY: lengths are right or beyond the documented limit; outputs outlive the calls.
        unsafe {
            caller.refused(|error| arc_token_request_new(text, length, &mut untouched, error));
            caller.refused(|error| arc_token_get(text, length, &mut token, error));
            for option in &OPTIONS[..9] {
                caller.refused(|error| arc_token_request_set_text(request.0, *option, text, length, error));
            }
        }
        assert_eq!(untouched, ptr::dangling_mut());
        assert_eq!(token, ptr::dangling_mut());
    }
    // SAFETY: the functions refuse NULL with a length that is not zero.
    unsafe {
        caller.refused(|error| arc_token_request_set_text(request.0, 1, ptr::null(), 1, error));
        caller.refused(|error| arc_token_request_new(ptr::null(), usize::MAX, &mut ptr::null_mut(), error));
    }
}

#[test]
fn options_of_another_kind_or_none_are_refused() {
    let caller = Caller::alone();
    let request = Request::new(&caller, "https://vault.azure.net");
    let unknown = [0, 10, 19, 25, -1, i32::MIN, i32::MAX];
    for option in OPTIONS[9..].iter().chain(&unknown) {
        request.refused(|request, error| unsafe { arc_token_request_set_text(request, *option, c"1".as_ptr(), 1, error) });
    }
    for option in OPTIONS[..9].iter().chain(&unknown) {
        request.refused(|request, error| unsafe { arc_token_request_set_number(request, *option, 1, error) });
    }
    for value in [c"", c"=", c"=x", c"IDENTITY_ENDPOINT"] {
        request.refused(|request, error| unsafe { arc_token_request_set_text(request, 7, value.as_ptr(), value.count_bytes(), error) });
    }
    for (option, value) in [(20, 0), (20, 86_400_001), (20, u64::MAX), (21, 2), (21, u64::MAX), (22, 2), (23, 2), (24, 2)] {
        request.refused(|request, error| unsafe { arc_token_request_set_number(request, option, value, error) });
    }
}

#[test]
fn errors_say_what_is_wrong_and_what_to_do() {
    let caller = Caller::alone();
    let request = Request::new(&caller, "https://vault.azure.net");
    let error = request.refused(|request, error| unsafe { arc_token_request_set_number(request, 21, 5, error) });
    let (problem, advice) = (error_text(&error, Field::Problem).unwrap(), error_text(&error, Field::Advice).unwrap());
    assert_eq!(error_text(&error, Field::Message).unwrap(), format!("{problem} {advice}"));
    assert!(problem.contains("'value'") && problem.contains('5') && advice.contains("0 or 1"), "{problem} {advice}");
    assert_eq!(error_text(&error, Field::Resource), None);
    // SAFETY: the error is live.
    assert!(
        [0, 9, -1, i32::MIN, i32::MAX].iter().all(|unknown| unsafe { arc_token_error_text(error.0, *unknown, ptr::null_mut()) }.is_null())
    );
}

#[test]
fn a_request_is_started_once_and_only_then_waited_for() {
    let caller = Caller::alone();
    let server = Server::silent();
    let request = Request::new(&caller, "https://vault.azure.net").to(&server);
    let mut result = ptr::dangling_mut();
    request.refused(|request, error| unsafe { arc_token_request_wait(request, 0, &mut result, error) });
    request.start();
    request.refused(|request, error| unsafe { arc_token_request_start(request, error) });
    request.refused(|request, error| unsafe { arc_token_request_set_text(request, 1, c"x".as_ptr(), 1, error) });
    request.refused(|request, error| unsafe { arc_token_request_set_number(request, 20, 1, error) });
    request.refused(|request, error| unsafe { arc_token_request_wait(request, 0, ptr::null_mut(), error) });
    let (status, error) = caller.call(|error| unsafe { arc_token_request_wait(request.0, 20, &mut result, error) });
    assert!(status == Status::Pending && error.is_none(), "{status:?}");
    assert_eq!(result, ptr::dangling_mut());
    // The request is freed while it runs. The count of live objects at the end proves that this works.
}

#[test]
fn a_token_comes_out_with_all_that_is_known_about_it() {
    let caller = Caller::alone();
    let server = Server::answering();
    let request = Request::new(&caller, "https://vault.azure.net").to(&server);
    request.start();
    let first = request.wait(10_000).expect("a token");
    let second = request.wait(0).expect("the same token again");
    drop(request);
    for result in [&first, &second] {
        assert_eq!(caller::token(result), server.token);
        // SAFETY: the result is live.
        assert_eq!(unsafe { arc_token_result_expires_on(result.0) }, server.expires_on);
        assert_eq!(result_text(result, Field::Resource).unwrap(), "https://vault.azure.net");
        assert_eq!(result_text(result, Field::TenantId).unwrap(), "the-tenant");
        assert_eq!(result_text(result, Field::Endpoint).unwrap(), server.endpoint());
        assert!(!result_text(result, Field::EndpointSource).unwrap().is_empty());
        assert_eq!(result_text(result, Field::SubscriptionId), None);
        assert_eq!(result_text(result, Field::Message), None);
        let log = result_text(result, Field::Log).unwrap();
        assert!(!log.is_empty() && FIELDS.iter().all(|field| !caller::result_text_by_code(result, *field).contains(&server.token)));
    }
}

#[test]
fn cancelling_ends_every_wait_at_once() {
    let caller = Caller::alone();
    let server = Server::silent();
    let request = Request::new(&caller, "https://vault.azure.net").to(&server);
    request.start();
    let start = Instant::now();
    let ready = Barrier::new(5);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                ready.wait();
                assert_eq!(request.wait(50_000).unwrap_err(), Status::Cancelled);
            });
        }
        ready.wait();
        thread::sleep(Duration::from_millis(50));
        request.cancel();
        request.cancel();
    });
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(request.wait(0).unwrap_err(), Status::Cancelled);
}

#[test]
fn a_request_cancelled_before_its_start_is_never_started() {
    let caller = Caller::alone();
    let server = Server::silent();
    let request = Request::new(&caller, "https://vault.azure.net").to(&server);
    request.cancel();
    let (status, error) = caller.call(|error| unsafe { arc_token_request_start(request.0, error) });
    assert_eq!((status, error.is_some()), (Status::Cancelled, true));
    assert_eq!(request.wait(0).unwrap_err(), Status::Cancelled);
    assert_eq!(server.connections(), 0);
}

#[test]
fn the_time_of_a_call_is_its_own() {
    let caller = Caller::alone();
    let server = Server::silent();
    let request = Request::new(&caller, "https://vault.azure.net").to(&server);
    caller.ok(|error| unsafe { arc_token_request_set_number(request.0, 20, 200, error) });
    let start = Instant::now();
    request.start();
    assert_eq!(request.wait(u32::MAX).unwrap_err(), Status::Timeout);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn what_can_be_told_without_the_agent_comes_out_of_the_start() {
    let caller = Caller::alone();
    let request = Request::new(&caller, "https://vault.azure.net");
    caller.ok(|error| unsafe { arc_token_request_set_text(request.0, 1, c"http://192.0.2.1/".as_ptr(), 17, error) });
    let (status, _error) = caller.call(|error| unsafe { arc_token_request_start(request.0, error) });
    assert_eq!(status, Status::EndpointRefused);
    let request = Request::new(&caller, "/subscriptions/x");
    request.refused(|request, error| unsafe { arc_token_request_start(request, error) });
}

/// Calls the function that takes no endpoint. The environment names the endpoint, so the next test starts this one in a new
/// process. Without that it does nothing.
#[test]
fn the_simplest_call() {
    let Ok(expected) = std::env::var("ARC_TOKEN_TEST_EXPECTED") else { return };
    let caller = Caller::alone();
    let mut token = ptr::null_mut();
    caller.ok(|error| unsafe { arc_token_get(ptr::null(), 0, &mut token, error) });
    assert_eq!(arc_token_live_objects(), 1);
    assert_eq!(caller::c_text(token), expected);
    // SAFETY: given to us, and freed once.
    unsafe { arc_token_string_free(token) };
}

#[test]
#[cfg(target_os = "linux")]
fn the_simplest_call_gives_a_token() {
    let server = Server::answering();
    let mut test = std::process::Command::new(std::env::current_exe().expect("this test's path"));
    test.args(["--exact", "the_simplest_call"]).env("ARC_TOKEN_TEST_EXPECTED", &server.token);
    test.env("IDENTITY_ENDPOINT", server.endpoint()).env("IMDS_ENDPOINT", "http://localhost:40342");
    let output = test.output().expect("this test, again");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    // An endpoint from the environment must belong to root here. If another user runs this test, his server must be refused.
    let trusted = std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    assert_eq!(output.status.success(), trusted, "{said}");
    assert!(trusted || said.contains("ForeignAnswer") || said.contains("Something other than"), "{said}");
}

#[test]
#[cfg(target_os = "linux")]
fn freed_memory_is_wiped() {
    let _caller = Caller::alone();
    assert_eq!(library::left_after(drop), 0, "after freeing");
    let grow = |mut block: Vec<u8>| {
        block.reserve(1 << 20);
        std::hint::black_box(&block);
    };
    assert_eq!(library::left_after(grow), 0, "after growing");
}

#[test]
#[cfg(target_os = "linux")]
fn exactly_the_headers_functions_are_exported() {
    let Some(exported) = library::exported() else { return eprintln!("skipped: no nm here") };
    assert_eq!(exported, library::declared());
}

#[test]
#[cfg(target_os = "linux")]
fn the_library_is_linked_hard() {
    let Some(headers) = library::elf_headers() else { return eprintln!("skipped: no readelf here") };
    let line = |start: &str| headers.lines().find(|line| line.contains(start)).unwrap_or_else(|| panic!("no {start}:\n{headers}"));
    // Full RELRO is this segment together with the flag NOW.
    line("GNU_RELRO");
    assert!(line("(FLAGS_1)").contains("NOW"));
    assert!(line("(FLAGS_1)").contains("NODELETE"), "could be unloaded under its own threads");
    assert!(!headers.contains("(SONAME)"), "programs linked with a file of another name would not find it");
    assert!(line("GNU_STACK").contains(" RW "), "the stack is executable");
    assert!(!headers.contains(" RWE "), "there is writable code");
    assert!(!headers.contains("TEXTREL"));
    assert!(!headers.contains("(RPATH)") && !headers.contains("(RUNPATH)"), "libraries are looked for where somebody may put theirs");
}
