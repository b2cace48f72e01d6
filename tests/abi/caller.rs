//! A careful C caller, in Rust: it frees every object that it gets, and checks at its end that no object is left.

use std::ffi::{CStr, c_char};
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use arc_token::Status;
use arc_token::ffi::*;

use crate::server::Server;

/// A caller that is alone in the process: the count of live objects is for the whole process, so only one test runs at a time.
pub(crate) struct Caller {
    _turn: MutexGuard<'static, ()>,
    /// The objects at the start. It is zero, except after a failed test.
    live_before: u64,
}

impl Caller {
    pub(crate) fn alone() -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        Self { _turn: turn, live_before: arc_token_live_objects() }
    }

    /// Calls a function that can fail, and takes its error.
    pub(crate) fn call(&self, function: impl FnOnce(*mut *mut ErrorObject) -> Status) -> (Status, Option<Error>) {
        let mut error = ptr::dangling_mut();
        let status = function(&mut error);
        assert_ne!(error, ptr::dangling_mut(), "the error output was not written");
        let error = (!error.is_null()).then_some(Error(error));
        assert_eq!(error.is_some(), !matches!(status, Status::Ok | Status::Pending), "{status:?}");
        if let Some(error) = &error {
            // SAFETY: the error is live.
            assert_eq!(unsafe { arc_token_error_status(error.0) }, status);
        }
        (status, error)
    }

    pub(crate) fn ok(&self, function: impl FnOnce(*mut *mut ErrorObject) -> Status) {
        let (status, error) = self.call(function);
        assert_eq!(status, Status::Ok, "{:?}", error.and_then(|error| error_text(&error, Field::Message)));
    }

    /// Calls a function that must refuse an argument, also without an output for the error.
    pub(crate) fn refused(&self, mut function: impl FnMut(*mut *mut ErrorObject) -> Status) -> Error {
        assert_eq!(function(ptr::null_mut()), Status::InvalidArgument);
        let (status, error) = self.call(function);
        assert_eq!(status, Status::InvalidArgument);
        error.expect("an error")
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(arc_token_live_objects(), self.live_before, "objects were left");
        }
    }
}

pub(crate) struct Error(pub(crate) *mut ErrorObject);

impl Drop for Error {
    fn drop(&mut self) {
        // SAFETY: given to us, and freed once.
        unsafe { arc_token_error_free(self.0) }
    }
}

#[derive(Debug)]
pub(crate) struct Token(pub(crate) *mut ResultObject);

impl Drop for Token {
    fn drop(&mut self) {
        // SAFETY: given to us, and freed once.
        unsafe { arc_token_result_free(self.0) }
    }
}

#[derive(Debug)]
pub(crate) struct Table(pub(crate) *mut TableObject);

impl Table {
    pub(crate) fn rows(&self) -> usize {
        // SAFETY: the table is live.
        unsafe { arc_token_table_rows(self.0) }
    }

    pub(crate) fn text(&self, row: usize, column: i32) -> Option<String> {
        let mut length = usize::MAX;
        // SAFETY: the table is live.
        let text = unsafe { arc_token_table_text(self.0, row, column, &mut length) };
        assert!(!text.is_null() || length == 0);
        owned(text, length)
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        // SAFETY: given to us, and freed once.
        unsafe { arc_token_table_free(self.0) }
    }
}

pub(crate) struct Request<'a>(pub(crate) *mut RequestObject, &'a Caller);

// SAFETY: the header promises that all functions used here may be called from several threads at the same time.
unsafe impl Sync for Request<'_> {}

impl<'a> Request<'a> {
    pub(crate) fn new(caller: &'a Caller, resource: &str) -> Self {
        let mut request = ptr::null_mut();
        // SAFETY: `resource` and `request` outlive the call.
        caller.ok(|error| unsafe { arc_token_request_new(resource.as_ptr().cast(), resource.len(), &mut request, error) });
        Self(request, caller)
    }

    pub(crate) fn to(self, server: &Server) -> Self {
        let endpoint = server.endpoint();
        // SAFETY: the request is live, and `endpoint` outlives the call.
        self.1.ok(|error| unsafe { arc_token_request_set_text(self.0, 1, endpoint.as_ptr().cast(), endpoint.len(), error) });
        self
    }

    /// Waits for a table, and gives its rows.
    pub(crate) fn wait_table(&self, wait_ms: u32) -> Result<Table, Status> {
        let mut table = ptr::null_mut();
        // SAFETY: the request is live, and `table` outlives the call.
        let (status, _error) = self.1.call(|error| unsafe { arc_token_request_wait_table(self.0, wait_ms, &mut table, error) });
        assert_eq!(table.is_null(), status != Status::Ok);
        if status == Status::Ok { Ok(Table(table)) } else { Err(status) }
    }

    pub(crate) fn start(&self) {
        // SAFETY: the request is live.
        self.1.ok(|error| unsafe { arc_token_request_start(self.0, error) });
    }

    pub(crate) fn wait(&self, wait_ms: u32) -> Result<Token, Status> {
        let mut result = ptr::null_mut();
        // SAFETY: the request is live, and `result` outlives the call.
        let (status, _error) = self.1.call(|error| unsafe { arc_token_request_wait(self.0, wait_ms, &mut result, error) });
        assert_eq!(result.is_null(), status != Status::Ok);
        if status == Status::Ok { Ok(Token(result)) } else { Err(status) }
    }

    pub(crate) fn cancel(&self) {
        // SAFETY: the request is live.
        unsafe { arc_token_request_cancel(self.0) }
    }

    pub(crate) fn refused(&self, mut function: impl FnMut(*mut RequestObject, *mut *mut ErrorObject) -> Status) -> Error {
        self.1.refused(|error| function(self.0, error))
    }
}

impl Drop for Request<'_> {
    fn drop(&mut self) {
        // SAFETY: given to us, and freed once.
        unsafe { arc_token_request_free(self.0) }
    }
}

pub(crate) fn c_text(text: *const c_char) -> &'static str {
    // SAFETY: all callers pass a string that ends with a NUL and lives long enough.
    unsafe { CStr::from_ptr(text) }.to_str().expect("ASCII")
}

fn owned(text: *const c_char, length: usize) -> Option<String> {
    // SAFETY: a text lives as long as its object, and the callers below hold the object.
    (!text.is_null())
        .then(|| unsafe { std::slice::from_raw_parts(text.cast(), length) })
        .map(|bytes| String::from_utf8(bytes.to_vec()).expect("UTF-8"))
}

pub(crate) fn error_text(error: &Error, field: Field) -> Option<String> {
    let mut length = usize::MAX;
    // SAFETY: the error is live.
    let text = unsafe { arc_token_error_text(error.0, field as i32, &mut length) };
    owned(text, length)
}

pub(crate) fn result_text(result: &Token, field: Field) -> Option<String> {
    let mut length = usize::MAX;
    // SAFETY: the result is live.
    let text = unsafe { arc_token_result_text(result.0, field as i32, &mut length) };
    owned(text, length)
}

pub(crate) fn result_text_by_code(result: &Token, field: i32) -> String {
    let mut length = usize::MAX;
    // SAFETY: the result is live.
    let text = unsafe { arc_token_result_text(result.0, field, &mut length) };
    owned(text, length).unwrap_or_default()
}

pub(crate) fn token(result: &Token) -> String {
    let mut length = usize::MAX;
    // SAFETY: the result is live.
    let token = unsafe { arc_token_result_token(result.0, &mut length) };
    owned(token.cast(), length).expect("a token")
}
