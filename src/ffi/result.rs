//! Tokens, as C sees them.

use std::ffi::c_char;
use std::sync::OnceLock;

use super::door::infallible;
use super::field::{Field, lend, lend_text};
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
    // Made when somebody reads them, which few do; they stay where they are from then on.
    endpoint_source: OnceLock<String>,
    log: OnceLock<String>,
    log_detail: OnceLock<String>,
}

impl ResultObject {
    pub(super) fn new(token: AccessToken) -> Self {
        Self { token, endpoint_source: OnceLock::new(), log: OnceLock::new(), log_detail: OnceLock::new() }
    }

    fn text(&self, code: FieldCode) -> Option<&str> {
        const RESOURCE: FieldCode = Field::Resource as FieldCode;
        const TENANT_ID: FieldCode = Field::TenantId as FieldCode;
        const CLIENT_ID: FieldCode = Field::ClientId as FieldCode;
        const OBJECT_ID: FieldCode = Field::ObjectId as FieldCode;
        const MACHINE_RESOURCE_ID: FieldCode = Field::MachineResourceId as FieldCode;
        const SUBSCRIPTION_ID: FieldCode = Field::SubscriptionId as FieldCode;
        const ENDPOINT: FieldCode = Field::Endpoint as FieldCode;
        const ENDPOINT_SOURCE: FieldCode = Field::EndpointSource as FieldCode;
        const LOG: FieldCode = Field::Log as FieldCode;
        const LOG_DETAIL: FieldCode = Field::LogDetail as FieldCode;

        let (token, claims) = (&self.token, self.token.claims());
        match code {
            RESOURCE => Some(token.resource()),
            TENANT_ID => claims.tenant_id.as_deref(),
            CLIENT_ID => claims.client_id.as_deref(),
            OBJECT_ID => claims.object_id.as_deref(),
            MACHINE_RESOURCE_ID => claims.machine_resource_id.as_deref(),
            SUBSCRIPTION_ID => claims.subscription_id.as_deref(),
            ENDPOINT => Some(token.endpoint()),
            ENDPOINT_SOURCE => Some(self.endpoint_source.get_or_init(|| token.endpoint_source())),
            LOG => Some(self.log.get_or_init(|| token.log().steps())),
            LOG_DETAIL => Some(self.log_detail.get_or_init(|| token.log().details())),
            _ => None,
        }
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
        unsafe { lend_text(input::optional(result).and_then(|result| result.text(field)), length_out) }
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
