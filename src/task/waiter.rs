//! `Waiter`: one caller of a task, with a deadline and a way to give up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Waker;
use std::time::{Duration, Instant};

use super::call_context::MAX_TIMEOUT;
use super::shared_outcome::{SharedOutcome, Waited};

/// A caller who waits. Dropping it gives up. A task without waiting callers ends by itself.
#[derive(Debug)]
pub(crate) struct Waiter<T> {
    outcome: Arc<SharedOutcome<T>>,
    deadline: Instant,
    cancelled: AtomicBool,
    /// Tells this caller from the others.
    id: u64,
}

impl<T> Waiter<T> {
    /// A caller that `outcome` already counts.
    pub(crate) fn new(outcome: Arc<SharedOutcome<T>>, deadline: Instant) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self { outcome, deadline, cancelled: AtomicBool::new(false), id: NEXT.fetch_add(1, Ordering::Relaxed) }
    }

    /// Waits at most `time`. `None` while there is no outcome. The outcome stays: another call returns it again.
    pub(crate) fn wait(&self, time: Duration) -> Option<Waited<T>>
    where
        T: Clone,
    {
        let until = self.deadline.min(Instant::now() + time.min(MAX_TIMEOUT));
        match self.outcome.wait(until, || self.cancelled.load(Ordering::Acquire)) {
            Waited::Late if Instant::now() < self.deadline => None,
            waited => Some(waited),
        }
    }

    /// The same without waiting. `None` while there is no outcome; then `waker` is called when there is one, or the time is up.
    pub(crate) fn poll(&self, waker: &Waker) -> Option<Waited<T>>
    where
        T: Clone,
    {
        self.outcome.poll(self.id, self.deadline, || self.cancelled.load(Ordering::Acquire), waker)
    }

    /// Gives up: every waiting call of this caller returns at once. May be called from any thread. Other callers are not affected.
    pub(crate) fn cancel(&self) {
        if !self.cancelled.swap(true, Ordering::AcqRel) {
            self.outcome.forget(self.id);
            self.outcome.leave();
        }
    }
}

impl<T> Drop for Waiter<T> {
    fn drop(&mut self) {
        self.cancel();
    }
}
