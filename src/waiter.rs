//! One caller's side of work that is done on another thread: a deadline of its own, and giving up.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::ErrorKind;
use crate::exchange_state::{ExchangeState, Waited};
use crate::secret::wipe_stack;
use crate::text::shown;

/// The time for a call, if the caller does not say. Agents from 1.56 on take longer themselves than the seconds of old.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// A day; keeps sums of times in range.
pub(crate) const LONGEST_TIMEOUT: Duration = Duration::from_secs(86_400);

/// The time for a call for which the caller wishes this.
pub(crate) fn timeout(wished: Option<Duration>) -> Duration {
    wished.unwrap_or(DEFAULT_TIMEOUT).min(LONGEST_TIMEOUT)
}

/// A caller who waits. Dropping it gives up; work that nobody waits for any more ends by itself.
#[derive(Debug)]
pub(crate) struct Waiter<T> {
    exchange: Arc<ExchangeState<T>>,
    deadline: Instant,
    cancelled: AtomicBool,
}

impl<T> Waiter<T> {
    /// For a caller that `exchange` counts already.
    pub(crate) fn new(exchange: Arc<ExchangeState<T>>, deadline: Instant) -> Self {
        Self { exchange, deadline, cancelled: AtomicBool::new(false) }
    }

    /// Waits at most `time`. `None` when there is nothing to tell yet. What came of it stays: another call tells it again.
    pub(crate) fn wait(&self, time: Duration) -> Option<Waited<T>>
    where
        T: Clone,
    {
        let until = self.deadline.min(Instant::now() + time.min(LONGEST_TIMEOUT));
        match self.exchange.wait(until, || self.cancelled.load(Ordering::Acquire)) {
            Waited::Late if Instant::now() < self.deadline => None,
            waited => Some(waited),
        }
    }

    /// Gives up: every waiting call returns at once. May be called from any thread; others who wait are not disturbed.
    pub(crate) fn cancel(&self) {
        if !self.cancelled.swap(true, Ordering::AcqRel) {
            self.exchange.leave();
        }
    }
}

impl<T> Drop for Waiter<T> {
    fn drop(&mut self) {
        self.cancel();
    }
}

/// Does `work` on a thread of its own.
pub(crate) fn begin(work: impl FnOnce() + Send + 'static) -> Result<(), ErrorKind> {
    let work = || {
        in_its_own_frame(work);
        wipe_stack();
    };
    let started = thread::Builder::new().name("arc-token".to_owned()).spawn(work);
    started.map(drop).map_err(|error| ErrorKind::Internal { what: format!("no thread could be started ({})", shown(&error.to_string())) })
}

/// What a frame holds that is not over yet would not be wiped.
#[inline(never)]
fn in_its_own_frame(work: impl FnOnce()) {
    work();
}

/// What comes of `work`. A panic in it must not leave those who wait without an outcome.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, ErrorKind> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| ErrorKind::Internal { what: "the work with the agent panicked".to_owned() })
}
