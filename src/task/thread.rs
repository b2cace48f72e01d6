//! Runs a task on a thread of its own, and leaves no secret on its stack.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use super::shared_outcome::{Outcome, SharedOutcome};
use crate::error::{Error, ErrorKind};
use crate::secret::bytes::wipe_stack;
use crate::text::plain::shown;

/// The name of each thread of this library. A panic on such a thread prints nothing.
pub(crate) const THREAD_NAME: &str = "arc-token";

/// Starts `work` on a new thread, and sets the outcome at its end. A panic, or a thread that does not start, is an outcome, too: so
/// no caller waits in vain.
///
/// `on_end` gets the outcome before the callers.
pub(crate) fn start<T: Send + 'static>(
    outcome: &Arc<SharedOutcome<T>>,
    work: impl FnOnce() -> Result<T, ErrorKind> + Send + 'static,
    failed: impl Fn(ErrorKind) -> Error + Clone + Send + 'static,
    on_end: impl FnOnce(&Outcome<T>) + Clone + Send + 'static,
) -> Result<(), Error> {
    let (shared, to_error, ended) = (outcome.clone(), failed.clone(), on_end.clone());
    let task = move || {
        let result = catch_panic(work).map_err(to_error);
        ended(&result);
        shared.finish(result);
    };
    spawn(task).map_err(|kind| {
        let error = failed(kind);
        let result = Err(error.clone());
        on_end(&result);
        outcome.finish(result); // Other callers may have joined already.
        error
    })
}

fn spawn(task: impl FnOnce() + Send + 'static) -> Result<(), ErrorKind> {
    let task = || {
        in_own_frame(task);
        wipe_stack();
    };
    let started = thread::Builder::new().name(THREAD_NAME.to_owned()).spawn(task);
    started.map(drop).map_err(|error| {
        let what = format!("no thread could be started ({})", shown(&error.to_string()));
        ErrorKind::UsedUp { what }
    })
}

/// Runs `task` in a stack frame of its own, which has ended when the stack is wiped: an open frame is not wiped.
#[inline(never)]
fn in_own_frame(task: impl FnOnce()) {
    task();
}

fn catch_panic<T>(work: impl FnOnce() -> Result<T, ErrorKind>) -> Result<T, ErrorKind> {
    let panicked = |_| Err(ErrorKind::Internal { what: "the work with the agent panicked".to_owned() });
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(panicked)
}
