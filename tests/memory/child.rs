//! The child process whose memory is searched. It reads commands, one per line, runs them through the C ABI and prints the status.
//! It gets secrets only from the library, except in the test that proves the search.
// For all `unsafe` calls: objects are held until they are freed, once, and outputs are local variables.
#![allow(clippy::undocumented_unsafe_blocks)]

use std::ffi::c_char;
use std::io::{BufRead as _, Write as _};
use std::ptr;

use arc_token::Status;
use arc_token::ffi::*;

/// The objects that a program can hold.
#[derive(Default)]
struct Held {
    request: Option<*mut RequestObject>,
    result: Option<*mut ResultObject>,
    error: Option<*mut ErrorObject>,
    string: Option<*mut c_char>,
    file: Vec<u8>,
    wide: Vec<u16>,
}

pub(crate) fn run_commands() {
    let mut held = Held::default();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("UTF-8");
        let words: Vec<_> = line.split(' ').collect();
        let answer = match words[..] {
            ["ask", endpoint, keys, client_id, milliseconds] => match held.start(endpoint, keys, client_id, milliseconds) {
                Status::Ok => held.wait(),
                failed => failed,
            },
            ["start", endpoint, keys, client_id, milliseconds] => held.start(endpoint, keys, client_id, milliseconds),
            ["cancel"] => {
                unsafe { arc_token_request_cancel(held.request.expect("a request")) };
                held.wait()
            }
            // This is the only function without an endpoint.
            ["get"] => held.get(),
            ["free"] => held.free(),
            ["clear"] => {
                arc_token_cache_clear();
                Status::Ok
            }
            ["read", file] => {
                held.file = std::fs::read(file).expect("a file");
                Status::Ok
            }
            ["widen"] => {
                held.wide = held.file.iter().map(|byte| u16::from(*byte)).collect();
                Status::Ok
            }
            _ => panic!("'{line}' is not understood"),
        };
        println!("\n> {}", answer.name());
        std::io::stdout().flush().expect("the parent listens");
    }
}

impl Held {
    fn start(&mut self, endpoint: &str, keys: &str, client_id: &str, milliseconds: &str) -> Status {
        let (mut request, mut error) = (ptr::null_mut(), ptr::null_mut());
        let resource = "https://vault.azure.net";
        let status = unsafe { arc_token_request_new(resource.as_ptr().cast(), resource.len(), &mut request, &mut error) };
        assert_eq!(status, Status::Ok);
        let options = [(RequestOption::Endpoint, endpoint), (RequestOption::KeyDirectory, keys), (RequestOption::ClientId, client_id)];
        for (option, value) in options.into_iter().filter(|(_, value)| *value != "-") {
            let (text, length) = (value.as_ptr().cast(), value.len());
            let status = unsafe { arc_token_request_set_text(request, option as i32, text, length, &mut error) };
            assert_eq!(status, Status::Ok);
        }
        let milliseconds = milliseconds.parse().expect("a number");
        let status = unsafe { arc_token_request_set_number(request, RequestOption::TimeoutMs as i32, milliseconds, &mut error) };
        assert_eq!(status, Status::Ok);
        self.request = Some(request);
        let status = unsafe { arc_token_request_start(request, &mut error) };
        self.error = (!error.is_null()).then_some(error);
        status
    }

    fn wait(&mut self) -> Status {
        let (mut result, mut error) = (ptr::null_mut(), ptr::null_mut());
        let status = unsafe { arc_token_request_wait(self.request.expect("a request"), u32::MAX, &mut result, &mut error) };
        self.result = (!result.is_null()).then_some(result);
        self.error = (!error.is_null()).then_some(error);
        status
    }

    fn get(&mut self) -> Status {
        let (mut string, mut error) = (ptr::null_mut(), ptr::null_mut());
        let status = unsafe { arc_token_get(ptr::null(), 0, &mut string, &mut error) };
        self.string = (!string.is_null()).then_some(string);
        self.error = (!error.is_null()).then_some(error);
        status
    }

    fn free(&mut self) -> Status {
        let held = std::mem::take(self);
        unsafe {
            arc_token_request_free(held.request.unwrap_or_default());
            arc_token_result_free(held.result.unwrap_or_default());
            arc_token_error_free(held.error.unwrap_or_default());
            arc_token_string_free(held.string.unwrap_or_default());
        }
        assert_eq!(arc_token_live_objects(), 0);
        Status::Ok
    }
}
