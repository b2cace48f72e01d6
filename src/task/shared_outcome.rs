//! `SharedOutcome`: the outcome of a task, shared by the work and by all callers who wait for it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use crate::error::Error;

pub(crate) type Outcome<T> = Result<T, Error>;

/// The outcome of one task, if there is one yet, and the number of callers who still want it.
#[derive(Debug)]
pub(crate) struct SharedOutcome<T> {
    state: Mutex<Shared<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct Shared<T> {
    outcome: Option<Outcome<T>>,
    waiting: usize,
    deadline: Instant,
    /// Callers who wait as futures do.
    sleepers: Vec<Sleeper>,
}

/// A future that waits: it is woken at the end, and when its own time is up.
#[derive(Debug)]
struct Sleeper {
    id: u64,
    until: Instant,
    waker: Waker,
}

/// The end of one wait.
pub(crate) enum Waited<T> {
    Outcome(Outcome<T>),
    /// The wait was interrupted.
    Interrupted,
    /// The time is up.
    Late,
}

impl<T> SharedOutcome<T> {
    /// The outcome of a new task, for one caller who waits until `deadline`.
    pub(crate) fn new(deadline: Instant) -> Self {
        Self { state: Mutex::new(Shared { outcome: None, waiting: 1, deadline, sleepers: Vec::new() }), changed: Condvar::new() }
    }

    /// The outcome of a task that has already ended, for one caller.
    pub(crate) fn ended(outcome: Outcome<T>) -> Self {
        let state = Shared { outcome: Some(outcome), waiting: 1, deadline: Instant::now(), sleepers: Vec::new() };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, Shared<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sleep<'a>(&self, state: MutexGuard<'a, Shared<T>>, time: Duration) -> MutexGuard<'a, Shared<T>> {
        self.changed.wait_timeout(state, time).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Adds a caller who waits until `deadline`. False when all others have given up: the work may be ending already, so it is too
    /// late to join.
    pub(crate) fn join(&self, deadline: Instant) -> bool {
        let mut state = self.state();
        if state.waiting == 0 {
            return false;
        }
        state.waiting += 1;
        state.deadline = state.deadline.max(deadline);
        true
    }

    /// Drops the waker of the caller `id`.
    pub(crate) fn forget(&self, id: u64) {
        self.state().sleepers.retain(|sleeper| sleeper.id != id);
    }

    /// Removes a caller, and wakes it. When the last caller has left, the outcome is wiped.
    pub(crate) fn leave(&self) {
        let mut state = self.state();
        state.waiting = state.waiting.saturating_sub(1);
        let has_ended = state.outcome.is_some();
        if state.waiting == 0 {
            state.outcome = None;
        }
        if !has_ended {
            self.changed.notify_all(); // Nobody sleeps once there is an outcome.
        }
    }

    /// Sets the outcome, and wakes all callers.
    pub(crate) fn finish(&self, outcome: Outcome<T>) {
        let mut state = self.state();
        if state.waiting > 0 {
            state.outcome = Some(outcome);
        }
        self.changed.notify_all();
        let sleepers = std::mem::take(&mut state.sleepers);
        drop(state); // A waker may run the future at once.
        sleepers.into_iter().for_each(|sleeper| sleeper.waker.wake());
    }

    /// Waits for the outcome until `until`, or until `interrupted` is true.
    pub(crate) fn wait(&self, until: Instant, interrupted: impl Fn() -> bool) -> Waited<T>
    where
        T: Clone,
    {
        let mut state = self.state();
        loop {
            if let Some(waited) = state.waited(until, &interrupted) {
                return waited;
            }
            state = self.sleep(state, until.saturating_duration_since(Instant::now()));
        }
    }

    /// The same for the caller `id` without waiting: `None` when there is no outcome yet, and then `waker` is called once there may be.
    pub(crate) fn poll(&self, id: u64, until: Instant, interrupted: impl Fn() -> bool, waker: &Waker) -> Option<Waited<T>>
    where
        T: Clone,
    {
        let mut state = self.state();
        let waited = state.waited(until, &interrupted);
        if waited.is_none() {
            match state.sleepers.iter_mut().find(|sleeper| sleeper.id == id) {
                Some(sleeper) => sleeper.waker.clone_from(waker),
                None => state.sleepers.push(Sleeper { id, until, waker: waker.clone() }),
            }
            self.changed.notify_all(); // The work may pause for longer than this caller waits.
        }
        waited
    }

    /// Wakes the futures whose time is up. The work does this, so that no other thread is needed.
    fn wake_late(&self) {
        let mut state = self.state();
        let now = Instant::now();
        let (late, others) = std::mem::take(&mut state.sleepers).into_iter().partition(|sleeper| sleeper.until <= now);
        state.sleepers = others;
        drop(state); // A waker may run the future at once.
        let late: Vec<Sleeper> = late;
        late.into_iter().for_each(|sleeper| sleeper.waker.wake());
    }
}

impl<T: Clone> Shared<T> {
    /// The end of a wait, if it has come.
    fn waited(&self, until: Instant, interrupted: &impl Fn() -> bool) -> Option<Waited<T>> {
        if interrupted() {
            return Some(Waited::Interrupted);
        }
        match &self.outcome {
            Some(outcome) => Some(Waited::Outcome(outcome.clone())),
            None => (Instant::now() >= until).then_some(Waited::Late),
        }
    }
}

/// The wishes of a task's callers, as the work sees them.
pub(crate) trait Demand: Send + Sync {
    /// True when nobody wants the outcome any more.
    fn is_abandoned(&self) -> bool;

    /// The latest deadline of all callers. Later callers can extend it.
    fn deadline(&self) -> Instant;

    /// Sleeps for `time`. False when nobody wants the outcome any more.
    fn pause(&self, time: Duration) -> bool;

    /// Tells callers who do not sleep on a thread that their time is up.
    fn wake_late(&self);
}

impl<T: Send> Demand for SharedOutcome<T> {
    fn is_abandoned(&self) -> bool {
        self.state().waiting == 0
    }

    fn deadline(&self) -> Instant {
        self.state().deadline
    }

    fn pause(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        loop {
            self.wake_late();
            let state = self.state();
            if state.waiting == 0 {
                return false;
            }
            let now = Instant::now();
            if now >= until {
                return true;
            }
            let next = state.sleepers.iter().map(|sleeper| sleeper.until).fold(until, Instant::min);
            drop(self.sleep(state, next.saturating_duration_since(now)));
        }
    }

    fn wake_late(&self) {
        self.wake_late();
    }
}
