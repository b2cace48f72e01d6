//! `CallContext`: everything that the work of a call needs to know about the call: time limit, demand, and log.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::shared_outcome::Demand;
use crate::error::ErrorKind;
use crate::log::Log;

/// The limits and the log of one call. The work of a task checks them before each step.
pub(crate) struct CallContext {
    demand: Arc<dyn Demand>,
    pub(crate) timeout: Duration,
    pub(crate) log: Log,
    /// True for a renewal: the old token is still good, so a second try is not worth it.
    pub(crate) single_try: bool,
}

impl CallContext {
    pub(crate) fn new(demand: Arc<dyn Demand>, timeout: Duration, single_try: bool, log: Log) -> Self {
        Self { demand, timeout, log, single_try }
    }

    /// Fails when the time is up, or nobody wants the outcome any more.
    pub(crate) fn check(&self) -> Result<(), ErrorKind> {
        if self.demand.is_abandoned() {
            return Err(ErrorKind::Cancelled);
        }
        if self.remaining().is_zero() { Err(self.timed_out("talking to the agent")) } else { Ok(()) }
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.demand.deadline()
    }

    /// The present deadline, which other callers can extend. `None` when nobody wants the outcome any more. Callers whose time is up
    /// learn it here, so the work asks often.
    pub(crate) fn wanted_until(&self) -> Option<Instant> {
        self.demand.wake_late();
        (!self.demand.is_abandoned()).then(|| self.deadline())
    }

    pub(crate) fn remaining(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
    }

    pub(crate) fn timed_out(&self, waiting_for: &'static str) -> ErrorKind {
        ErrorKind::Timeout { limit: self.timeout, waiting_for }
    }

    /// Waits for `time`. Fails as [`check`](Self::check) does.
    pub(crate) fn pause(&self, time: Duration) -> Result<(), ErrorKind> {
        if self.demand.pause(time) { self.check() } else { Err(ErrorKind::Cancelled) }
    }
}

#[cfg(test)]
impl CallContext {
    pub(crate) fn for_tests(timeout: Duration) -> Self {
        let outcome = super::shared_outcome::SharedOutcome::<()>::new(Instant::now() + timeout);
        Self::new(Arc::new(outcome), timeout, false, Log::new())
    }
}
