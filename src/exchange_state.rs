//! What a piece of work for callers, mostly an exchange with the agent, and those who wait for it share.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::token::AccessToken;

pub(crate) type Outcome<T> = Result<T, Error>;

/// One exchange: its outcome once there is one, and how many still want it.
#[derive(Debug)]
pub(crate) struct ExchangeState<T = AccessToken> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    outcome: Option<Outcome<T>>,
    waiting: usize,
    deadline: Instant,
}

/// What came of waiting.
pub(crate) enum Waited<T> {
    Outcome(Outcome<T>),
    /// What was asked to interrupt the waiting did so.
    Interrupted,
    /// The time is up.
    Late,
}

impl<T> ExchangeState<T> {
    /// An exchange that one caller waits for until `deadline`.
    pub(crate) fn new(deadline: Instant) -> Self {
        Self { state: Mutex::new(State { outcome: None, waiting: 1, deadline }), changed: Condvar::new() }
    }

    /// One that has ended already.
    pub(crate) fn ended(outcome: Outcome<T>) -> Self {
        let state = State { outcome: Some(outcome), waiting: 1, deadline: Instant::now() };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sleep<'a>(&self, state: MutexGuard<'a, State<T>>, time: Duration) -> MutexGuard<'a, State<T>> {
        self.changed.wait_timeout(state, time).unwrap_or_else(PoisonError::into_inner).0
    }

    /// One more caller waits, until `deadline`; the exchange then has that long. False when it is too late to join: all
    /// others have given up, so it may be ending already.
    pub(crate) fn join(&self, deadline: Instant) -> bool {
        let mut state = self.state();
        if state.waiting == 0 {
            return false;
        }
        state.waiting += 1;
        state.deadline = state.deadline.max(deadline);
        true
    }

    /// One caller less, whom this wakes. After the last the outcome is wanted by nobody, and wiped.
    pub(crate) fn leave(&self) {
        let mut state = self.state();
        state.waiting = state.waiting.saturating_sub(1);
        let has_ended = state.outcome.is_some();
        if state.waiting == 0 {
            state.outcome = None;
        }
        if !has_ended {
            self.changed.notify_all(); // Else nobody sleeps.
        }
    }

    /// Ends the exchange.
    pub(crate) fn finish(&self, outcome: Outcome<T>) {
        let mut state = self.state();
        if state.waiting > 0 {
            state.outcome = Some(outcome);
        }
        self.changed.notify_all();
    }

    /// Waits for the outcome until `until`, or until `interrupted` says so.
    pub(crate) fn wait(&self, until: Instant, interrupted: impl Fn() -> bool) -> Waited<T>
    where
        T: Clone,
    {
        let mut state = self.state();
        loop {
            if interrupted() {
                return Waited::Interrupted;
            }
            if let Some(outcome) = &state.outcome {
                return Waited::Outcome(outcome.clone());
            }
            let now = Instant::now();
            if now >= until {
                return Waited::Late;
            }
            state = self.sleep(state, until - now);
        }
    }

    /// For the exchange: sleeps for `time`; false when nobody waits for it any more.
    pub(crate) fn pause(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        let mut state = self.state();
        loop {
            if state.waiting == 0 {
                return false;
            }
            let now = Instant::now();
            if now >= until {
                return true;
            }
            state = self.sleep(state, until - now);
        }
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.state().waiting == 0
    }

    /// The latest time that anybody waits until.
    pub(crate) fn deadline(&self) -> Instant {
        self.state().deadline
    }
}
