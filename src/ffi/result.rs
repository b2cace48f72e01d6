//! Tokens, for C.

use std::ffi::c_char;
use std::sync::OnceLock;

use super::boundary::infallible;
use super::field::{Field, lend, lend_text};
use super::input::FieldCode;
use super::{handles, input};
use crate::token::access_token::AccessToken;

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
    // These texts are made only when a caller reads them, which few do. After that they do not move.
    log: OnceLock<String>,
    log_detail: OnceLock<String>,
    warnings: OnceLock<String>,
}

impl ResultObject {
    pub(super) fn new(token: AccessToken) -> Self {
        Self { token, log: OnceLock::new(), log_detail: OnceLock::new(), warnings: OnceLock::new() }
    }

    fn text(&self, code: FieldCode) -> Option<&str> {
        let (token, claims) = (&self.token, self.token.claims());
        match Field::from_number(code)? {
            Field::Resource => Some(token.resource()),
            Field::TenantId => claims.tenant_id.as_deref(),
            Field::ClientId => claims.client_id.as_deref(),
            Field::ObjectId => claims.object_id.as_deref(),
            Field::MachineResourceId => claims.machine_resource_id.as_deref(),
            Field::SubscriptionId => claims.subscription_id.as_deref(),
            Field::Endpoint => Some(token.agent().endpoint()),
            Field::EndpointSource => Some(token.agent().source()),
            Field::Log => Some(self.log.get_or_init(|| token.log().steps())),
            Field::LogDetail => Some(self.log_detail.get_or_init(|| token.log().details())),
            Field::Warnings => Some(self.warnings.get_or_init(|| token.log().warnings()).as_str()).filter(|warnings| !warnings.is_empty()),
            Field::Message
            | Field::Problem
            | Field::Advice
            | Field::Reason
            | Field::AgentCode
            | Field::AgentDescription
            | Field::TraceId
            | Field::CorrelationId
            | Field::Timestamp => None,
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
        unsafe { input::optional(result) }.map_or(0, |result| result.token.expires_on_seconds())
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
        drop(unsafe { handles::take_back(result) });
    });
}
