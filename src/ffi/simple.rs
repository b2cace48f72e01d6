//! The simplest use, for C: a resource in, a token out.

use std::ffi::{CString, c_char};

use zeroize::Zeroizing;

use super::boundary::{fallible, infallible};
use super::error_object::ErrorObject;
use super::{handles, input};
use crate::error::Error;
use crate::error::status::Status;
use crate::request::token_request::TokenRequest;

/// Gets a token for `resource` (`resource_length` bytes of UTF-8), for example "https://vault.azure.net".
///
/// NULL with length 0 asks for Azure Resource Manager, that of the machine's cloud. Blocks until there is a token or an error, 60 seconds at most; to wait
/// otherwise, to cancel, or to know when the token ends, use a request. `*token_out` is NUL-terminated, printable ASCII; it
/// must not be changed, and is freed with `arc_token_string_free`. Any number of threads may call this at the same time.
///
/// # Errors
/// Any status but `ARC_TOKEN_STATUS_PENDING` and `ARC_TOKEN_STATUS_CANCELLED`.
///
/// # Safety
/// - `resource` is NULL with length 0, or valid for reads of `resource_length` bytes.
/// - `token_out` is NULL (an error), or valid for a write. The string it gets is the caller's to free.
/// - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_get(
    resource: *const c_char,
    resource_length: usize,
    token_out: *mut *mut c_char,
    error_out: *mut *mut ErrorObject,
) -> Status {
    // SAFETY: the caller's promises on each argument, in the order of the list above.
    unsafe {
        fallible(error_out, || {
            let token_out = input::output(token_out, "token_out")?;
            let resource = input::text(resource, resource_length, "resource")?;
            let token = resource.map_or_else(TokenRequest::default, TokenRequest::new).send()?;
            // A token has no NUL: the exchange refuses tokens that are not printable.
            let text = CString::new(token.secret()).map_err(|_| Error::internal("a token with a NUL"))?;
            token_out.write(handles::hand_out_string(text));
            Ok(Status::Ok)
        })
    }
}

/// Wipes and frees a string that `arc_token_get` gave. NULL is fine.
///
/// # Safety
/// - `string` is NULL, or came from `arc_token_get`, was not changed and not freed yet, and no other thread is using it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_string_free(string: *mut c_char) {
    infallible((), || {
        // SAFETY: the caller's promise on `string`.
        let text = unsafe { handles::take_back_string(string) };
        drop(text.map(|text| Zeroizing::new(text.into_bytes())));
    });
}
