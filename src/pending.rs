//! Exchanges run on threads of their own; callers wait, each with their own deadline, and can stop waiting at any time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::cache::{self, Claim, Start};
use crate::discovery::{Agent, Machine};
use crate::error::{Error, ErrorKind};
use crate::exchange;
use crate::exchange_state::{ExchangeState, Waited};
use crate::http::Http;
use crate::log::Log;
use crate::plan::{Plan, Wishes};
use crate::run::Run;
use crate::text::shown;
use crate::token::AccessToken;

/// The time for a call, if the caller does not say. Agents from 1.56 on take longer themselves than the seconds of old.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
/// A day; keeps sums of times in range.
pub(crate) const LONGEST_TIMEOUT: Duration = Duration::from_secs(86_400);
/// Whoever renews a token that is still good waits no longer than this for the new one.
const RENEWAL_TIMEOUT: Duration = Duration::from_secs(2);

/// A token that has been asked for. Dropping it gives up; an exchange that nobody waits for any more ends by itself.
#[derive(Debug)]
pub struct PendingToken {
    source: Source,
    agent: Agent,
    timeout: Duration,
    deadline: Instant,
    log: Log,
    cancelled: AtomicBool,
}

#[derive(Debug)]
enum Source {
    Cache(AccessToken),
    Exchange {
        exchange: Arc<ExchangeState>,
        /// What to fall back on when the exchange only renews.
        still_good: Option<AccessToken>,
    },
}

impl PendingToken {
    pub(crate) fn start(wishes: &Wishes) -> Result<Self, Error> {
        let log = Log::new();
        let plan = Plan::new(wishes, &Machine::this(), &log).map_err(|kind| Error::new(kind, None, log.clone()))?;
        let timeout = wishes.timeout.unwrap_or(DEFAULT_TIMEOUT).min(LONGEST_TIMEOUT);
        let now = Instant::now();
        let (mut deadline, renewal_deadline) = (now + timeout, now + timeout.min(RENEWAL_TIMEOUT));
        let agent = plan.agent.clone();
        let source = match cache::claim(&plan, deadline, renewal_deadline, &log) {
            Claim::Hit(token) => {
                log.step("The token is in the cache.");
                Source::Cache(token)
            }
            Claim::Join(exchange) => {
                log.step("Waiting for the answer to the same request, which is under way.");
                Source::Exchange { exchange, still_good: None }
            }
            Claim::Lead(start, exchange) => {
                begin(plan, start, &exchange, timeout, false, &log)?;
                Source::Exchange { exchange, still_good: None }
            }
            Claim::Renew(start, exchange, token) => {
                log.step("The token in the cache is past half of its life; renewing it.");
                deadline = renewal_deadline;
                match begin(plan, start, &exchange, RENEWAL_TIMEOUT, true, &log) {
                    Ok(()) => Source::Exchange { exchange, still_good: Some(token) },
                    Err(_) => Source::Cache(token),
                }
            }
        };
        Ok(Self { source, agent, timeout, deadline, log, cancelled: AtomicBool::new(false) })
    }

    /// Waits at most `time`. `None` when there is no outcome yet. The outcome stays: another call gives it again.
    ///
    /// May be called from several threads at once. When the request's own time is up, that is an outcome too.
    pub fn wait(&self, time: Duration) -> Option<Result<AccessToken, Error>> {
        let is_cancelled = || self.cancelled.load(Ordering::Acquire);
        let (exchange, still_good) = match &self.source {
            Source::Cache(_) if is_cancelled() => return Some(Err(self.failed(ErrorKind::Cancelled))),
            Source::Cache(token) => return Some(Ok(token.clone())),
            Source::Exchange { exchange, still_good } => (exchange, still_good),
        };
        let until = self.deadline.min(Instant::now() + time.min(LONGEST_TIMEOUT));
        let outcome = match exchange.wait(until, is_cancelled) {
            Waited::Interrupted => return Some(Err(self.failed(ErrorKind::Cancelled))),
            Waited::Outcome(outcome) => outcome,
            Waited::Late if Instant::now() < self.deadline => return None,
            Waited::Late => {
                let waiting_for = "waiting for the exchange with the agent";
                Err(self.failed(ErrorKind::Timeout { limit: self.timeout, waiting_for }))
            }
        };
        Some(match (outcome, still_good) {
            (Err(_), Some(token)) => Ok(token.clone()),
            (outcome, _) => outcome,
        })
    }

    pub(crate) fn wait_to_the_end(&self) -> Result<AccessToken, Error> {
        loop {
            if let Some(outcome) = self.wait(LONGEST_TIMEOUT) {
                return outcome;
            }
        }
    }

    /// Gives up: every waiting call returns [`Cancelled`](crate::Status::Cancelled) at once. May be called from any thread.
    /// Others who wait for the same token are not disturbed.
    pub fn cancel(&self) {
        if self.cancelled.swap(true, Ordering::AcqRel) {
            return;
        }
        if let Source::Exchange { exchange, .. } = &self.source {
            exchange.leave();
            exchange.wake();
        }
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
        self.cancel();
    }
}

/// Begins an exchange on a thread of its own.
fn begin(plan: Plan, start: Start, exchange: &Arc<ExchangeState>, timeout: Duration, single_try: bool, log: &Log) -> Result<(), Error> {
    let run = Run { exchange: exchange.clone(), timeout, log: log.clone(), http: Http::default(), single_try };
    let (exchange, agent, failed_plan) = (exchange.clone(), plan.agent.clone(), plan.clone());
    let started = thread::Builder::new().name("arc-token".to_owned()).spawn(move || carry_out(&plan, start, &run));
    let Err(error) = started else { return Ok(()) };
    let kind = ErrorKind::Internal { what: format!("no thread could be started ({})", shown(&error.to_string())) };
    let error = Error::new(kind, Some(agent), log.clone());
    cache::finish(&failed_plan, start, &exchange, None);
    exchange.finish(Err(error.clone())); // Others may have joined already.
    Err(error)
}

fn carry_out(plan: &Plan, start: Start, run: &Run) {
    // A panic must not leave the callers waiting.
    let outcome = catch_unwind(AssertUnwindSafe(|| exchange::run(plan, run)))
        .unwrap_or_else(|_| Err(ErrorKind::Internal { what: "the exchange panicked".to_owned() }))
        .map_err(|kind| Error::new(kind, Some(plan.agent.clone()), run.log.clone()));
    // Into the cache first: whoever comes now finds it there.
    cache::finish(plan, start, &run.exchange, outcome.as_ref().ok());
    run.exchange.finish(outcome);
}
