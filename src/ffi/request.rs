//! Requests, for C: work on a thread of the library, mostly an exchange with the agent, and the callers who wait for it.

use std::ffi::c_char;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::boundary::{fallible, infallible};
use super::error_object::ErrorObject;
use super::input::OptionCode;
use super::result::ResultObject;
use super::started::Started;
use super::table::TableObject;
use super::{handles, input, option};
use crate::error::status::Status;
use crate::error::{Error, ErrorKind};
use crate::log::Log;
use crate::request::token_request::TokenRequest;

/// One call: made, given options, started once, waited for as often as wanted. Mostly for a token; it can be started for the
/// checks of the agent or for the machine's metadata instead.
///
/// All functions but `arc_token_request_free` may be called from several threads at the same time.
/// Made by `arc_token_request_new`; freed with `arc_token_request_free`.
///
/// Methods:
/// - `arc_token_request_new`: the beginning
/// - `arc_token_request_set_text`, `arc_token_request_set_number`: options, before the start
/// - `arc_token_request_start`: begins the exchange with the agent, and returns at once
/// - `arc_token_request_wait`: the token, or the error, or "not yet"
/// - `arc_token_request_start_check`, `arc_token_request_start_machine`: begin something else with the agent
/// - `arc_token_request_wait_table`: what came of that, or the error, or "not yet"
/// - `arc_token_request_cancel`: gives up, from any thread
/// - `arc_token_request_free`: the end
pub struct RequestObject(Mutex<RequestState>);

struct RequestState {
    request: TokenRequest,
    started: Option<Started>,
    cancelled: bool,
}

impl RequestObject {
    fn state(&self) -> MutexGuard<'_, RequestState> {
        // The state is whole at every step, so a panic of another thread does not break it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The request as it is now.
    pub(super) fn request(&self) -> TokenRequest {
        self.state().request.clone()
    }

    fn change(&self, with: impl FnOnce(TokenRequest) -> Result<TokenRequest, Error>) -> Result<Status, Error> {
        let mut state = self.state();
        if state.started.is_some() {
            return Err(Error::invalid_argument("The request was started already.", "Set options before arc_token_request_start."));
        }
        state.request = with(state.request.clone())?;
        Ok(Status::Ok)
    }

    pub(super) fn start(&self, begin: impl FnOnce(&TokenRequest) -> Result<Started, Error>) -> Result<Status, Error> {
        let mut state = self.state();
        if state.started.is_some() {
            return Err(Error::invalid_argument("The request was started already.", "Make a new request for each call."));
        }
        if state.cancelled {
            return Err(cancelled());
        }
        state.started = Some(begin(&state.request)?);
        Ok(Status::Ok)
    }

    /// The work under way. It is cloned, so that a waiting caller does not hold the lock, and others can cancel.
    fn started(&self) -> Result<Started, Error> {
        let state = self.state();
        match &state.started {
            Some(started) => Ok(started.clone()),
            None if state.cancelled => Err(cancelled()),
            None => Err(Error::invalid_argument("The request was not started.", "Call arc_token_request_start first.")),
        }
    }

    fn cancel(&self) {
        let mut state = self.state();
        state.cancelled = true;
        if let Some(started) = &state.started {
            started.cancel();
        }
    }
}

fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, None, Log::new())
}

/// Makes a request for a token for `resource` (`resource_length` bytes of UTF-8), for example "https://vault.azure.net".
///
/// NULL with length 0 asks for Azure Resource Manager, that of the machine's cloud, or for what `ARC_TOKEN_OPTION_RESOURCE_TYPE_NAME` and
/// `ARC_TOKEN_OPTION_ENVIRONMENT` name. The name of a service is no resource. Nothing is sent yet, and no value is judged before the start.
///
/// # Errors
/// `ARC_TOKEN_STATUS_INVALID_ARGUMENT`.
///
/// # Safety
/// - `resource` is NULL with length 0, or valid for reads of `resource_length` bytes.
/// - `request_out` is NULL (an error), or valid for a write. The request it gets is the caller's to free.
/// - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_request_new(
    resource: *const c_char,
    resource_length: usize,
    request_out: *mut *mut RequestObject,
    error_out: *mut *mut ErrorObject,
) -> Status {
    // SAFETY: the caller's promises on each argument, in the order of the list above.
    unsafe {
        fallible(error_out, || {
            let request_out = input::output(request_out, "request_out")?;
            let resource = input::text(resource, resource_length, "resource")?;
            let request = resource.map_or_else(TokenRequest::default, TokenRequest::new);
            request_out.write(handles::hand_out(RequestObject(Mutex::new(RequestState { request, started: None, cancelled: false }))));
            Ok(Status::Ok)
        })
    }
}

/// Sets an option that is a text, in place of what it was before.
///
/// # Errors
/// `ARC_TOKEN_STATUS_INVALID_ARGUMENT`, also for an unknown option, one that is a number, and after the start.
///
/// # Safety
/// - `request` is NULL (an error), or a request not freed yet.
/// - `value` is NULL with length 0 (an empty text), or valid for reads of `value_length` bytes.
/// - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_request_set_text(
    request: *mut RequestObject,
    option: OptionCode,
    value: *const c_char,
    value_length: usize,
    error_out: *mut *mut ErrorObject,
) -> Status {
    // SAFETY: the caller's promises on each argument, in the order of the list above.
    unsafe {
        fallible(error_out, || {
            let request = input::object(request, "request")?;
            let value = input::text(value, value_length, "value")?.unwrap_or_default();
            request.change(|request| option::with_text(request, option, value))
        })
    }
}

/// Sets an option that is a number, in place of what it was before.
///
/// # Errors
/// `ARC_TOKEN_STATUS_INVALID_ARGUMENT`, also for an unknown option, one that is a text, and after the start.
///
/// # Safety
/// - `request` is NULL (an error), or a request not freed yet.
/// - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_request_set_number(
    request: *mut RequestObject,
    option: OptionCode,
    value: u64,
    error_out: *mut *mut ErrorObject,
) -> Status {
    // SAFETY: the caller's promises on `request` and on `error_out`.
    unsafe {
        fallible(error_out, || {
            let request = input::object(request, "request")?;
            request.change(|request| option::with_number(request, option, value))
        })
    }
}

/// Begins the exchange with the agent on a thread of the library, and returns at once. Once for each request.
///
/// # Errors
/// What can be told without asking the agent: `ARC_TOKEN_STATUS_INVALID_ARGUMENT` for a value that cannot be right, and for a
/// second start; `ARC_TOKEN_STATUS_ENDPOINT_REFUSED`; `ARC_TOKEN_STATUS_AGENT_NOT_INSTALLED`; `ARC_TOKEN_STATUS_CANCELLED`
/// after `arc_token_request_cancel`; `ARC_TOKEN_STATUS_INTERNAL` when no thread can be had. All others come out of
/// `arc_token_request_wait`.
///
/// # Safety
/// - `request` is NULL (an error), or a request not freed yet.
/// - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_request_start(request: *mut RequestObject, error_out: *mut *mut ErrorObject) -> Status {
    // SAFETY: the caller's promises on `request` and on `error_out`.
    unsafe { fallible(error_out, || input::object(request, "request")?.start(|request| Ok(Started::Token(Arc::new(request.start()?))))) }
}

/// Waits at most `wait_ms` milliseconds (0: just looks) for the token.
///
/// `ARC_TOKEN_STATUS_OK`: `*result_out` is the token, a new object each time. `ARC_TOKEN_STATUS_PENDING`: not finished within
/// `wait_ms`, which is no error; neither output is touched but that `*error_out` is NULL. The call as a whole ends at its own
/// time-out (`ARC_TOKEN_OPTION_TIMEOUT_MS`) at the latest, however often it is waited for.
///
/// # Errors
/// What went wrong with the exchange; `ARC_TOKEN_STATUS_CANCELLED`, at once, after `arc_token_request_cancel`;
/// `ARC_TOKEN_STATUS_INVALID_ARGUMENT` before the start, and for a request that was started for something else.
///
/// # Safety
/// - `request` is NULL (an error), or a request not freed before this returns.
/// - `result_out` is NULL (an error), or valid for a write. The result it gets is the caller's to free.
/// - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_request_wait(
    request: *mut RequestObject,
    wait_ms: u32,
    result_out: *mut *mut ResultObject,
    error_out: *mut *mut ErrorObject,
) -> Status {
    // SAFETY: the caller's promises on each argument, in the order of the list above.
    unsafe {
        fallible(error_out, || {
            let request = input::object(request, "request")?;
            let result_out = input::output(result_out, "result_out")?;
            let Some(result) = request.started()?.token(Duration::from_millis(wait_ms.into()))? else { return Ok(Status::Pending) };
            result_out.write(handles::hand_out(result));
            Ok(Status::Ok)
        })
    }
}

/// Like `arc_token_request_wait`, for a request that was started with `arc_token_request_start_check` or
/// `arc_token_request_start_machine`: `*table_out` is what came of it, a new object each time.
///
/// # Errors
/// As for `arc_token_request_wait`, but for those about keys and identities; after `arc_token_request_start_check` only
/// `ARC_TOKEN_STATUS_CANCELLED` and `ARC_TOKEN_STATUS_INTERNAL`. `ARC_TOKEN_STATUS_INVALID_ARGUMENT` before the start, and
/// for a request that was started for a token.
///
/// # Safety
/// - `request` is NULL (an error), or a request not freed before this returns.
/// - `table_out` is NULL (an error), or valid for a write. The table it gets is the caller's to free.
/// - `error_out` is NULL, or valid for a write. An error it gets is the caller's to free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_request_wait_table(
    request: *mut RequestObject,
    wait_ms: u32,
    table_out: *mut *mut TableObject,
    error_out: *mut *mut ErrorObject,
) -> Status {
    // SAFETY: the caller's promises on each argument, in the order of the list above.
    unsafe {
        fallible(error_out, || {
            let request = input::object(request, "request")?;
            let table_out = input::output(table_out, "table_out")?;
            let Some(table) = request.started()?.table(Duration::from_millis(wait_ms.into()))? else { return Ok(Status::Pending) };
            table_out.write(handles::hand_out(table));
            Ok(Status::Ok)
        })
    }
}

/// Gives up: everyone who waits for the request gets `ARC_TOKEN_STATUS_CANCELLED` at once. The exchange itself ends on its
/// own, at its time-out at the latest, and keeps nobody waiting. NULL is fine, and so are a second time and one too late.
///
/// # Safety
/// - `request` is NULL, or a request not freed before this returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_request_cancel(request: *mut RequestObject) {
    infallible((), || {
        // SAFETY: the caller's promise on `request`.
        if let Some(request) = unsafe { input::optional(request) } {
            request.cancel();
        }
    });
}

/// Frees a request; one that is still under way is cancelled. Results and errors it gave stay good. NULL is fine.
///
/// # Safety
/// - `request` is NULL, or a request not freed yet, which no other thread is using.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_request_free(request: *mut RequestObject) {
    infallible((), || {
        // SAFETY: the caller's promise on `request`.
        if let Some(request) = unsafe { handles::take_back(request) } {
            request.cancel();
        }
    });
}
