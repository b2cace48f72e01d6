//! `CallContext`: everything that the work of a call needs to know about the call: time limit, demand, and log.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::shared_outcome::Demand;
use crate::error::ErrorKind;
use crate::log::Log;

// The rule for time limits is the same for Rust, C, the CLI and PowerShell.

/// The limit if the caller sets none. Agents from 1.56 on need more than a few seconds.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// The largest limit: one day. It keeps sums of times in range.
pub(crate) const MAX_TIMEOUT: Duration = Duration::from_secs(86_400);

/// The limit of a call with the caller's wish `wanted`. A limit that is no limit, or none that anybody waits for, is a mistake.
pub(crate) fn time_limit(wanted: Option<Duration>) -> Result<Duration, ErrorKind> {
    let limit = wanted.unwrap_or(DEFAULT_TIMEOUT);
    if limit.is_zero() || limit > MAX_TIMEOUT {
        let problem = format!("The time limit of {} s is not one.", limit.as_secs_f64());
        return Err(ErrorKind::InvalidArgument { problem, advice: "Give more than 0 and at most 86400 seconds, which is a day.".into() });
    }
    Ok(limit)
}

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
