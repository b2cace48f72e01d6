//! One call through the C ABI, and everything that it returns.
// For all `unsafe` calls: each object is freed once, at the end of this function, and outputs are local variables.
#![allow(clippy::undocumented_unsafe_blocks)]

use std::path::Path;
use std::ptr;
use std::time::{Duration, Instant};

use arc_token::Status;
use arc_token::ffi::*;

/// The user-assigned identity that every emulator knows, by each of its ids.
const IDENTITIES: [(&str, RequestOption, &str); 3] = [
    ("client-id", RequestOption::ClientId, "0a11ce00-c11e-4000-8000-000000000005"),
    ("object-id", RequestOption::ObjectId, "0a11ce00-0b1e-4000-8000-000000000006"),
    (
        "resource-id",
        RequestOption::IdentityResourceId,
        "/subscriptions/0a11ce00-5ab5-4000-8000-000000000002/resourcegroups/emulated/providers/Microsoft.ManagedIdentity/userAssignedIdentities/emulated",
    ),
];

pub(crate) struct Reply {
    pub(crate) status: Status,
    pub(crate) http_status: i32,
    pub(crate) token: Option<String>,
    pub(crate) expires_on: i64,
    /// All texts of the result or the error.
    pub(crate) texts: Vec<(i32, String)>,
    pub(crate) took: Duration,
}

impl Reply {
    pub(crate) fn text(&self, field: Field) -> &str {
        self.texts.iter().find(|(number, _)| *number == field as i32).map_or("", |(_, text)| text)
    }
}

/// Gets a token for `resource` from the agent at `endpoint`. An empty endpoint stands for the agent that the library finds.
pub(crate) fn call(endpoint: &str, keys: &Path, resource: &str, asks: &str, limit: Duration) -> Reply {
    let (mut request, mut result, mut error) = (ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
    let begun = Instant::now();
    let mut status = unsafe { arc_token_request_new(resource.as_ptr().cast(), resource.len(), &mut request, &mut error) };
    assert_eq!(status, Status::Ok);
    let set = |option: RequestOption, value: &str| {
        let status = unsafe { arc_token_request_set_text(request, option as i32, value.as_ptr().cast(), value.len(), ptr::null_mut()) };
        assert_eq!(status, Status::Ok, "{option:?} {value}");
    };
    if !endpoint.is_empty() {
        set(RequestOption::Endpoint, endpoint);
        set(RequestOption::KeyDirectory, keys.to_str().expect("UTF-8"));
    }
    if let Some((_, option, value)) = IDENTITIES.into_iter().find(|(name, ..)| *name == asks) {
        set(option, value);
    } else {
        assert_eq!(asks, "", "an identity that is not known");
    }
    let milliseconds = limit.as_millis().try_into().expect("a short time");
    status = unsafe { arc_token_request_set_number(request, RequestOption::TimeoutMs as i32, milliseconds, ptr::null_mut()) };
    assert_eq!(status, Status::Ok);

    status = unsafe { arc_token_request_start(request, &mut error) };
    if status == Status::Ok {
        status = unsafe { arc_token_request_wait(request, u32::MAX, &mut result, &mut error) };
    }
    let took = begun.elapsed();
    assert_eq!((result.is_null(), error.is_null()), (status != Status::Ok, status == Status::Ok));

    let fields = (0..=50).filter_map(|field| {
        let mut length = 0;
        let text = unsafe {
            if error.is_null() {
                arc_token_result_text(result, field, &mut length)
            } else {
                arc_token_error_text(error, field, &mut length)
            }
        };
        Some((field, copy(text.cast(), length)?))
    });
    let texts = fields.collect();
    let mut length = 0;
    let token = copy(unsafe { arc_token_result_token(result, &mut length) }, length);
    let expires_on = unsafe { arc_token_result_expires_on(result) };
    let http_status = if error.is_null() { 0 } else { unsafe { arc_token_error_http_status(error) } };
    unsafe {
        arc_token_result_free(result);
        arc_token_error_free(error);
        arc_token_request_free(request);
    }
    Reply { status, http_status, token, expires_on, texts, took }
}

fn copy(text: *const u8, length: usize) -> Option<String> {
    let bytes = (!text.is_null()).then(|| unsafe { std::slice::from_raw_parts(text, length) });
    bytes.map(|bytes| String::from_utf8(bytes.to_vec()).expect("UTF-8"))
}
