//! Calls of the C interface, with every mistake that keeps the promises on pointers.

#![cfg_attr(not(test), no_main)]

use std::ptr;

use arc_token::Status;
use arc_token::ffi::{
    ErrorObject, RequestObject, arc_token_error_free, arc_token_error_text, arc_token_get, arc_token_request_cancel,
    arc_token_request_free, arc_token_request_new, arc_token_request_set_number, arc_token_request_set_text, arc_token_request_start,
    arc_token_request_start_check, arc_token_request_start_machine, arc_token_request_wait, arc_token_request_wait_table,
    arc_token_status_name,
};
use arc_token::fuzzing::assert_plain;

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// The largest number of calls in one input. More calls find no other faults.
const CALLS: usize = 16;

/// Reads `data` as calls. Each has a byte for the function, a byte for the option or status, a byte for a length, and as many bytes.
pub(crate) fn run(mut data: &[u8]) {
    let mut request = Request::new(b"https://vault.azure.net");
    for _ in 0..CALLS {
        let [call, of, length, rest @ ..] = data else { break };
        let (bytes, after) = rest.split_at(usize::from(*length).min(rest.len()));
        // The box has exactly this length, so that AddressSanitizer sees a read past its end.
        let bytes: Box<[u8]> = bytes.into();
        request.call(*call, i32::from(of.cast_signed()), &bytes);
        data = after;
    }
    drop(request);
    // As a test, other tests of the same process have objects, too.
    #[cfg(not(test))]
    assert_eq!(arc_token::ffi::arc_token_live_objects(), 0);
}

struct Request(*mut RequestObject, bool);

impl Request {
    fn new(resource: &[u8]) -> Self {
        let mut request = ptr::null_mut();
        // SAFETY: the length is that of the bytes, and the output outlives the call.
        checked(|error| unsafe { arc_token_request_new(resource.as_ptr().cast(), resource.len(), &mut request, error) });
        Self(request, false)
    }

    fn call(&mut self, call: u8, of: i32, bytes: &[u8]) {
        let (text, length) = (bytes.as_ptr().cast(), bytes.len());
        // SAFETY: the request is live or NULL; the length is that of the bytes, and outputs outlive the call.
        unsafe {
            match call % 8 {
                0 => *self = Self::new(bytes),
                1 => drop(checked(|error| arc_token_request_set_text(self.0, of, text, length, error))),
                2 => {
                    let value = bytes.iter().fold(0, |value: u64, byte| value << 8 | u64::from(*byte));
                    checked(|error| arc_token_request_set_number(self.0, of, value, error));
                }
                3 => {
                    arc_token_request_cancel(self.0);
                    self.1 = true;
                }
                // Only a cancelled request is started: another would ask an agent.
                4 if self.1 => {
                    assert_ne!(checked(|error| arc_token_request_start(self.0, error)), Status::Ok);
                    assert_ne!(checked(|error| arc_token_request_start_check(self.0, error)), Status::Ok);
                    assert_ne!(checked(|error| arc_token_request_start_machine(self.0, error)), Status::Ok);
                }
                4 | 5 => {
                    let (mut result, mut table) = (ptr::null_mut(), ptr::null_mut());
                    assert_ne!(checked(|error| arc_token_request_wait(self.0, 0, &mut result, error)), Status::Ok);
                    assert_ne!(checked(|error| arc_token_request_wait_table(self.0, 0, &mut table, error)), Status::Ok);
                }
                6 => assert_eq!(checked(|error| arc_token_get(text, length, ptr::null_mut(), error)), Status::InvalidArgument),
                _ => assert!(!arc_token_status_name(of).is_null()),
            }
        }
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        // SAFETY: the request is live or NULL, and freed once.
        unsafe { arc_token_request_free(self.0) }
    }
}

/// Makes a call that can fail, and checks every text of its error.
fn checked(function: impl FnOnce(*mut *mut ErrorObject) -> Status) -> Status {
    let mut error = ptr::dangling_mut();
    let status = function(&mut error);
    assert!(matches!(status, Status::Ok | Status::InvalidArgument | Status::Cancelled), "{status:?}");
    assert_eq!(error.is_null(), status == Status::Ok);
    for field in [-1, 0, 7, 8, 20, 21, 30, 31, 32, 33, 34, 35] {
        let mut length = usize::MAX;
        // SAFETY: the error is live or NULL; a text has the length that is written, and lives as long as the error.
        unsafe {
            let text = arc_token_error_text(error, field, &mut length);
            assert!(!text.is_null() || length == 0);
            if !text.is_null() {
                let text = std::str::from_utf8(std::slice::from_raw_parts(text.cast(), length)).expect("UTF-8");
                text.lines().for_each(assert_plain);
            }
        }
    }
    // SAFETY: the error is live or NULL, and freed once.
    unsafe { arc_token_error_free(error) };
    status
}
