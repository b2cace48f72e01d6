//! A caller that does anything it can get wrong without breaking its promises on pointers: see `crate::fuzzing`.

use std::ptr;

use super::*;
use crate::fuzzing::assert_plain;
use crate::status::Status;

/// More calls in one input find nothing that fewer do not.
const CALLS: usize = 16;

/// Reads `data` as calls: a byte that says which, one that says what of, one with a length, and that many bytes.
pub(crate) fn run(mut data: &[u8]) {
    let mut request = Request::new(b"https://vault.azure.net");
    for _ in 0..CALLS {
        let [call, of, length, rest @ ..] = data else { break };
        let (bytes, after) = rest.split_at(usize::from(*length).min(rest.len()));
        // Of the very length, so that AddressSanitizer sees a byte read too many.
        let bytes: Box<[u8]> = bytes.into();
        request.call(*call, i32::from(of.cast_signed()), &bytes);
        data = after;
    }
    drop(request);
    // Other tests of the same process have objects of their own.
    #[cfg(not(test))]
    assert_eq!(arc_token_live_objects(), 0);
}

struct Request(*mut RequestObject, bool);

impl Request {
    fn new(resource: &[u8]) -> Self {
        let mut request = ptr::null_mut();
        // SAFETY: the bytes are as many as said, and the output outlives the call.
        checked(|error| unsafe { arc_token_request_new(resource.as_ptr().cast(), resource.len(), &mut request, error) });
        Self(request, false)
    }

    fn call(&mut self, call: u8, of: i32, bytes: &[u8]) {
        let (text, length) = (bytes.as_ptr().cast(), bytes.len());
        // SAFETY: the request is live or NULL; the bytes are as many as said, and outputs outlive the call.
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
                // Without this it would ask an agent.
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
        // SAFETY: live or NULL, and freed once.
        unsafe { arc_token_request_free(self.0) }
    }
}

/// Makes a call that can fail, and looks at every text of its error.
fn checked(function: impl FnOnce(*mut *mut ErrorObject) -> Status) -> Status {
    let mut error = ptr::dangling_mut();
    let status = function(&mut error);
    assert!(matches!(status, Status::Ok | Status::InvalidArgument | Status::Cancelled), "{status:?}");
    assert_eq!(error.is_null(), status == Status::Ok);
    for field in [-1, 0, 7, 8, 20, 21, 30, 31, 32, 33, 34, 35] {
        let mut length = usize::MAX;
        // SAFETY: the error is live or NULL; what comes out is as long as said, and lives as long as the error.
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
