//! Exchanges run on threads of their own; callers wait, each with their own deadline, and can stop waiting at any time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::discovery::{Agent, Machine};
use crate::error::{Error, ErrorKind};
use crate::exchange;
use crate::log::Log;
use crate::plan::{Plan, Wishes};
use crate::token::AccessToken;

/// The time for a call, if the caller does not say. Agents from 1.56 on take longer themselves than the seconds of old.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// A day; keeps sums of times in range.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(86_400);

/// A token that has been asked for. Dropping it abandons the exchange, which then ends by itself.
#[derive(Debug)]
pub struct PendingToken {
    exchange: Arc<Exchange>,
    agent: Agent,
    timeout: Duration,
    deadline: Instant,
    log: Log,
    cancelled: AtomicBool,
}

/// What caller and worker share.
#[derive(Debug, Default)]
struct Exchange {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    outcome: Option<Result<AccessToken, Error>>,
    abandoned: bool,
}

impl Exchange {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, time: Duration) -> MutexGuard<'a, State> {
        self.changed.wait_timeout(state, time).unwrap_or_else(PoisonError::into_inner).0
    }
}

impl PendingToken {
    pub(crate) fn start(wishes: &Wishes) -> Result<Self, Error> {
        let log = Log::new();
        let plan = Plan::new(wishes, &Machine::this(), &log).map_err(|kind| Error::new(kind, None, log.clone()))?;
        let timeout = wishes.timeout.unwrap_or(DEFAULT_TIMEOUT).min(LONGEST_TIMEOUT);
        let deadline = Instant::now() + timeout;
        let exchange = Arc::new(Exchange::default());
        let agent = plan.agent.clone();

        let run = Run { exchange: exchange.clone(), deadline, timeout, log: log.clone() };
        let started = thread::Builder::new().name("arc-token".to_owned()).spawn(move || run.carry_out(&plan));
        if let Err(error) = started {
            let kind = ErrorKind::Internal { what: format!("no thread could be started ({})", crate::text::shown(&error.to_string())) };
            return Err(Error::new(kind, Some(agent), log));
        }
        Ok(Self { exchange, agent, timeout, deadline, log, cancelled: AtomicBool::new(false) })
    }

    /// Waits at most `time`. `None` when there is no outcome yet. The outcome stays: another call gives it again.
    ///
    /// May be called from several threads at once. When the request's own time is up, that is an outcome too.
    pub fn wait(&self, time: Duration) -> Option<Result<AccessToken, Error>> {
        let until = Instant::now() + time.min(LONGEST_TIMEOUT);
        let mut state = self.exchange.state();
        loop {
            if self.cancelled.load(Ordering::Acquire) {
                return Some(Err(self.failed(ErrorKind::Cancelled)));
            }
            if let Some(outcome) = &state.outcome {
                return Some(outcome.clone());
            }
            let now = Instant::now();
            if now >= self.deadline {
                return Some(Err(
                    self.failed(ErrorKind::Timeout { limit: self.timeout, waiting_for: "waiting for the exchange with the agent" })
                ));
            }
            if now >= until {
                return None;
            }
            state = self.exchange.wait(state, until.min(self.deadline) - now);
        }
    }

    pub(crate) fn wait_to_the_end(&self) -> Result<AccessToken, Error> {
        loop {
            if let Some(outcome) = self.wait(LONGEST_TIMEOUT) {
                return outcome;
            }
        }
    }

    /// Gives up: every waiting call returns [`Cancelled`](crate::Status::Cancelled) at once. May be called from any thread.
    pub fn cancel(&self) {
        // Under the lock, so that no waiting call misses it.
        let mut state = self.exchange.state();
        self.cancelled.store(true, Ordering::Release);
        state.abandoned = true;
        self.exchange.changed.notify_all();
    }

    /// The steps taken so far.
    pub fn log(&self) -> &Log {
        &self.log
    }

    fn failed(&self, kind: ErrorKind) -> Error {
        Error::new(kind, Some(self.agent.clone()), self.log.clone())
    }
}

impl Drop for PendingToken {
    fn drop(&mut self) {
        self.exchange.state().abandoned = true;
        self.exchange.changed.notify_all();
    }
}

/// An exchange's own side: its deadline, its log, and whether anybody still wants its outcome.
pub(crate) struct Run {
    exchange: Arc<Exchange>,
    pub(crate) deadline: Instant,
    timeout: Duration,
    pub(crate) log: Log,
}

impl Run {
    fn carry_out(self, plan: &Plan) {
        // A panic must not leave the callers waiting.
        let outcome = catch_unwind(AssertUnwindSafe(|| exchange::run(plan, &self)))
            .unwrap_or_else(|_| Err(ErrorKind::Internal { what: "the exchange panicked".to_owned() }))
            .map_err(|kind| Error::new(kind, Some(plan.agent.clone()), self.log.clone()));
        let mut state = self.exchange.state();
        if !state.abandoned {
            state.outcome = Some(outcome);
        }
        self.exchange.changed.notify_all();
    }

    /// Fails when there is no point in going on.
    pub(crate) fn check(&self) -> Result<(), ErrorKind> {
        if self.exchange.state().abandoned {
            return Err(ErrorKind::Cancelled);
        }
        if self.remaining().is_zero() { Err(self.timed_out("talking to the agent")) } else { Ok(()) }
    }

    pub(crate) fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    pub(crate) fn timed_out(&self, waiting_for: &'static str) -> ErrorKind {
        ErrorKind::Timeout { limit: self.timeout, waiting_for }
    }

    /// Waits for `time`, unless nobody wants the outcome any more.
    pub(crate) fn pause(&self, time: Duration) -> Result<(), ErrorKind> {
        let until = Instant::now() + time;
        let mut state = self.exchange.state();
        while !state.abandoned {
            let now = Instant::now();
            if now >= until {
                drop(state);
                return self.check();
            }
            state = self.exchange.wait(state, until - now);
        }
        Err(ErrorKind::Cancelled)
    }

    #[cfg(test)]
    pub(crate) fn for_tests(timeout: Duration) -> Self {
        Self { exchange: Arc::default(), deadline: Instant::now() + timeout, timeout, log: Log::new() }
    }
}
