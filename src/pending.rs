//! Exchanges run on threads of their own; callers wait, each with their own deadline, and can stop waiting at any time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cache::{self, Claim, Start};
use crate::discovery::{Agent, Machine};
use crate::error::{Error, ErrorKind};
use crate::exchange;
use crate::exchange_state::{ExchangeState, Waited};
use crate::log::Log;
use crate::plan::{Plan, Wishes};
use crate::run::Run;
use crate::token::AccessToken;
use crate::waiter::{LONGEST_TIMEOUT, Waiter, begin, caught, timeout};

/// Whoever renews a token that is still good waits no longer than this for the new one.
const RENEWAL_TIMEOUT: Duration = Duration::from_secs(2);

/// A token that has been asked for. Dropping it gives up; an exchange that nobody waits for any more ends by itself.
#[derive(Debug)]
pub struct PendingToken {
    waiter: Waiter<AccessToken>,
    /// What to fall back on when the exchange only renews.
    still_good: Option<AccessToken>,
    agent: Agent,
    timeout: Duration,
    log: Log,
}

impl PendingToken {
    pub(crate) fn start(wishes: &Wishes) -> Result<Self, Error> {
        let log = Log::new();
        let plan = Plan::new(wishes, &Machine::this(), &log).map_err(|kind| Error::new(kind, None, log.clone()))?;
        let timeout = timeout(wishes.timeout);
        let now = Instant::now();
        let (deadline, renewal_deadline) = (now + timeout, now + timeout.min(RENEWAL_TIMEOUT));
        let agent = plan.agent.clone();
        let (waiter, still_good) = match cache::claim(&plan, deadline, renewal_deadline, &log) {
            Claim::Hit(token) => {
                log.step("The token is in the cache.");
                (there_already(token, deadline), None)
            }
            Claim::Join(exchange) => {
                log.step("Waiting for the answer to the same request, which is under way.");
                (Waiter::new(exchange, deadline), None)
            }
            Claim::Lead(start, exchange) => {
                begin_exchange(plan, start, &exchange, timeout, false, &log)?;
                (Waiter::new(exchange, deadline), None)
            }
            Claim::Renew(start, exchange, token) => {
                log.step("The token in the cache is past half of its life; renewing it.");
                match begin_exchange(plan, start, &exchange, RENEWAL_TIMEOUT, true, &log) {
                    Ok(()) => (Waiter::new(exchange, renewal_deadline), Some(token)),
                    Err(_) => (there_already(token, deadline), None),
                }
            }
        };
        Ok(Self { waiter, still_good, agent, timeout, log })
    }

    /// Waits at most `time`. `None` when there is no outcome yet. The outcome stays: another call gives it again.
    ///
    /// May be called from several threads at once. When the request's own time is up, that is an outcome too.
    pub fn wait(&self, time: Duration) -> Option<Result<AccessToken, Error>> {
        let outcome = match self.waiter.wait(time)? {
            Waited::Interrupted => return Some(Err(self.failed(ErrorKind::Cancelled))),
            Waited::Outcome(outcome) => outcome,
            Waited::Late => {
                let waiting_for = "waiting for the exchange with the agent";
                Err(self.failed(ErrorKind::Timeout { limit: self.timeout, waiting_for }))
            }
        };
        // A renewal is worth something only if it brings more time.
        Some(match (outcome, &self.still_good) {
            (Ok(new), Some(old)) if new.expires_on() < old.expires_on() => Ok(old.clone()),
            (Err(_), Some(old)) => Ok(old.clone()),
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
        self.waiter.cancel();
    }

    /// The steps taken so far.
    pub fn log(&self) -> &Log {
        &self.log
    }

    fn failed(&self, kind: ErrorKind) -> Error {
        Error::new(kind, Some(self.agent.clone()), self.log.clone())
    }
}

/// Waiting for what is there already.
fn there_already(token: AccessToken, deadline: Instant) -> Waiter<AccessToken> {
    Waiter::new(Arc::new(ExchangeState::ended(Ok(token))), deadline)
}

fn begin_exchange(
    plan: Plan,
    start: Start,
    exchange: &Arc<ExchangeState>,
    timeout: Duration,
    single_try: bool,
    log: &Log,
) -> Result<(), Error> {
    let run = Run { single_try, ..Run::new(exchange.clone(), timeout, log.clone()) };
    let (agent, failed_plan) = (plan.agent.clone(), plan.clone());
    begin(move || carry_out(&plan, start, &run)).map_err(|kind| {
        let error = Error::new(kind, Some(agent), log.clone());
        cache::finish(&failed_plan, start, exchange, None);
        exchange.finish(Err(error.clone())); // Others may have joined already.
        error
    })
}

fn carry_out(plan: &Plan, start: Start, run: &Run) {
    let outcome = caught(|| exchange::run(plan, run))
        .and_then(|outcome| outcome)
        .map_err(|kind| Error::new(kind, Some(plan.agent.clone()), run.log.clone()));
    // Into the cache first: whoever comes now finds it there.
    cache::finish(plan, start, &run.exchange, outcome.as_ref().ok());
    run.exchange.finish(outcome);
}

#[cfg(test)]
#[cfg(unix)]
#[path = "pending_tests.rs"]
mod tests;
