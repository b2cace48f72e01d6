//! Tokens, as C sees them.

use std::ffi::c_char;

use super::door::infallible;
use super::field::{Field, Texts, lend, lend_text};
use super::{FieldCode, input, live};
use crate::token::AccessToken;

/// A token and what is known about it. Immutable: any number of threads may read it at the same time.
///
/// Comes out of `arc_token_request_wait`; freed with `arc_token_result_free`, which wipes the token.
///
/// Methods:
/// - `arc_token_result_token`: the token itself
/// - `arc_token_result_expires_on`: when it ends
/// - `arc_token_result_text`: whose it is, where it came from, the steps taken
/// - `arc_token_result_free`: the end
pub struct ResultObject {
    token: AccessToken,
    texts: Texts,
}

impl ResultObject {
    pub(super) fn new(token: AccessToken) -> Self {
        let claims = token.claims();
        let texts = Texts::new([
            (Field::Resource, Some(token.resource().to_owned())),
            (Field::TenantId, claims.tenant_id.clone()),
            (Field::ClientId, claims.client_id.clone()),
            (Field::ObjectId, claims.object_id.clone()),
            (Field::MachineResourceId, claims.machine_resource_id.clone()),
            (Field::SubscriptionId, claims.subscription_id.clone()),
            (Field::Endpoint, Some(token.endpoint().to_owned())),
            (Field::EndpointSource, Some(token.endpoint_source())),
            (Field::Log, Some(token.log().steps())),
            (Field::LogDetail, Some(token.log().details())),
        ]);
        Self { token, texts }
    }
}

/// The token: its address, and its length in bytes in `*length_out`. Printable ASCII, not NUL-terminated. NULL and 0 for NULL.
///
/// It belongs to the result and is good until that is freed. Copies of it are the caller's to wipe.
///
/// # Safety
/// - `result` is NULL, or a result not freed yet.
/// - `length_out` is NULL, or valid for a write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_result_token(result: *const ResultObject, length_out: *mut usize) -> *const u8 {
    infallible(std::ptr::null(), || {
        // SAFETY: the caller's promises on `result` and on `length_out`.
        unsafe { lend(input::optional(result).map(|result| result.token.secret().as_bytes()), length_out) }
    })
}

/// When the token ends, in seconds since 1970-01-01 00:00 UTC. 0 for NULL.
///
/// # Safety
/// - `result` is NULL, or a result not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_result_expires_on(result: *const ResultObject) -> i64 {
    infallible(0, || {
        // SAFETY: the caller's promise on `result`.
        unsafe { input::optional(result) }.map_or(0, |result| result.token.expires_on())
    })
}

/// A text of the result: its address, and its length in bytes in `*length_out`. UTF-8, not NUL-terminated.
///
/// NULL and 0 where there is no such text: for a field that this result does not have, an unknown field, or NULL.
/// The text belongs to the result and is good until that is freed.
///
/// # Safety
/// - `result` is NULL, or a result not freed yet.
/// - `length_out` is NULL, or valid for a write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_result_text(result: *const ResultObject, field: FieldCode, length_out: *mut usize) -> *const c_char {
    infallible(std::ptr::null(), || {
        // SAFETY: the caller's promises on `result` and on `length_out`.
        unsafe { lend_text(input::optional(result).and_then(|result| result.texts.get(field)), length_out) }
    })
}

/// Frees a result, and with it the texts read from it; wipes the token. NULL is fine.
///
/// # Safety
/// - `result` is NULL, or a result not freed yet, which no other thread is using.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_result_free(result: *mut ResultObject) {
    infallible((), || {
        // SAFETY: the caller's promise on `result`.
        drop(unsafe { live::take_back(result) });
    });
}
