//! The texts that can be read from results and errors.

use std::ffi::c_char;
use std::ptr;

use super::input::FieldCode;
use crate::numbered::numbered;

numbered! {
    /// What text to read from a result (`arc_token_result_text`) or from an error (`arc_token_error_text`).
    ///
    /// None of them ever holds a token or a key.
    #[repr(i32)]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Field {
        /// The resource (audience) the token is for, as it was sent. Results only.
        Resource = 1,
        /// The tenant of the identity, as the token itself says (unverified). Results only.
        TenantId = 2,
        /// The client (application) id of the identity, as the token itself says (unverified). Results only.
        ClientId = 3,
        /// The object (principal) id of the identity, as the token itself says (unverified). Results only.
        ObjectId = 4,
        /// The Azure resource id of the machine or identity, as the token itself says (unverified). Results only.
        MachineResourceId = 5,
        /// The Azure subscription, as the token itself says (unverified). Results only.
        SubscriptionId = 6,
        /// The address of the agent. Absent from errors that came before one was known.
        Endpoint = 7,
        /// What named that address.
        EndpointSource = 8,

        /// The steps taken, one a line, each with the milliseconds since the call began.
        Log = 20,
        /// The finer steps, in the same form.
        LogDetail = 21,
        /// Warnings, one a line: the call went on, and somebody should know. Absent where there are none.
        Warnings = 22,

        /// The full text: what is wrong, then what to do about it. Errors only.
        Message = 30,
        /// What is wrong. Errors only.
        Problem = 31,
        /// What to do about it. Absent where there is nothing to do. Errors only.
        Advice = 32,
        /// One lower-case word that tells apart the cases of one status. `ARC_TOKEN_STATUS_KEY_FILE_REFUSED` has
        /// path, kind, owner, size, content, vanished, unreadable; `ARC_TOKEN_STATUS_AGENT_NOT_RUNNING` has refused, isolated, filtered,
        /// denied, unreachable, dropped, failed, silent. Errors only.
        Reason = 33,
        /// The agent's own `error`. Errors only.
        AgentCode = 34,
        /// The agent's own `error_description`. Errors only.
        AgentDescription = 35,
        /// Microsoft Entra's trace id in the agent's answer, which Microsoft's support asks for. Errors only.
        TraceId = 36,
        /// Microsoft Entra's correlation id in the agent's answer, which Microsoft's support asks for. Errors only.
        CorrelationId = 37,
        /// The time of Microsoft Entra's answer, as it wrote it. Errors only.
        Timestamp = 38,
    }
}

/// Texts by field. They are made only once, so that pointers to them stay valid as long as the object that owns them.
pub(crate) struct Texts(Vec<(Field, String)>);

impl Texts {
    /// Keeps the texts that are not `None`.
    pub(super) fn new(texts: impl IntoIterator<Item = (Field, Option<String>)>) -> Self {
        Self(texts.into_iter().filter_map(|(field, text)| Some((field, text?))).collect())
    }

    /// The text of the field with this number. `None` for unknown numbers, too.
    pub(super) fn get(&self, code: FieldCode) -> Option<&str> {
        self.0.iter().find(|(field, _)| *field as FieldCode == code).map(|(_, text)| text.as_str())
    }
}

/// Lends `bytes` to C: returns their address, and writes their length to `length_out`. NULL and 0 for `None`.
///
/// # Safety
/// - `length_out` is NULL, or valid for a write.
pub(super) unsafe fn lend(bytes: Option<&[u8]>, length_out: *mut usize) -> *const u8 {
    if !length_out.is_null() {
        // SAFETY: not NULL, so valid for a write by the caller's promise.
        unsafe { length_out.write(bytes.map_or(0, <[u8]>::len)) }
    }
    bytes.map_or(ptr::null(), <[u8]>::as_ptr)
}

/// Like [`lend`], for text.
///
/// # Safety
/// - As for [`lend`].
pub(super) unsafe fn lend_text(text: Option<&str>, length_out: *mut usize) -> *const c_char {
    // SAFETY: the caller's promise.
    unsafe { lend(text.map(str::as_bytes), length_out) }.cast()
}
