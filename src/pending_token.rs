//! `PendingToken`: the call for a token. Takes the token from the cache, joins another call's exchange, or starts one.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::agent::host_environment::HostEnvironment;
use crate::cache::entries::{Lookup, Ticket};
use crate::cache::process as cache;
use crate::cache::renewal::{RENEWAL_TIMEOUT, better_of};
use crate::error::agent::Agent;
use crate::error::{Error, ErrorKind};
use crate::exchange::agent_session::AgentSession;
use crate::log::Log;
use crate::own_cloud::get_token_here;
use crate::request::token_request::{RequestParams, TokenRequest};
use crate::request::validated::ValidatedRequest;
use crate::task::call_context::CallContext;
use crate::task::call_context::{MAX_TIMEOUT, time_limit};
use crate::task::shared_outcome::{SharedOutcome, Waited};
use crate::task::thread;
use crate::task::waiter::Waiter;
use crate::token::access_token::AccessToken;

impl TokenRequest {
    /// Gets the token, blocking this thread.
    ///
    /// # Errors
    /// Every [`Status`](crate::Status) but `Ok`, `Pending` and `Cancelled` is possible.
    pub fn send(&self) -> Result<AccessToken, Error> {
        self.start()?.wait()
    }

    /// Begins to get the token, and returns at once.
    ///
    /// # Errors
    /// `InvalidArgument`, `EndpointRefused` and `AgentNotInstalled`, which need no answer of the agent.
    pub fn start(&self) -> Result<PendingToken, Error> {
        PendingToken::start(self.params())
    }
}

/// A call for a token that is under way. Dropping it gives up; an exchange without waiting callers ends by itself.
#[derive(Debug)]
pub struct PendingToken {
    waiter: Waiter<AccessToken>,
    /// The token in the cache, when the exchange only renews it.
    still_good: Option<AccessToken>,
    origin: Agent,
    timeout: Duration,
    log: Log,
}

impl PendingToken {
    pub(crate) fn start(params: &RequestParams) -> Result<Self, Error> {
        let log = Log::new();
        let timeout = time_limit(params.timeout).map_err(|kind| Error::new(kind, None, log.clone()))?;
        let variable = |name: &str| params.variable(name);
        let host = HostEnvironment::with_variables(&variable);
        let request = ValidatedRequest::new(params, &host, &log).map_err(|kind| Error::new(kind, None, log.clone()))?;
        let deadline = Instant::now() + timeout;
        let origin = request.agent.origin();
        let (waiter, still_good) = match cache::lookup(&request, deadline, &log) {
            Lookup::Hit(token) => {
                log.step("The token is in the cache.");
                (ended(token, deadline), None)
            }
            Lookup::Join(outcome) => {
                log.step("Waiting for the answer to the same request, which is under way.");
                (Waiter::new(outcome, deadline), None)
            }
            Lookup::Lead(ticket, outcome) => {
                let cx = CallContext::new(outcome.clone(), timeout, false, log.clone());
                start_exchange(request, ticket, &outcome, cx)?;
                (Waiter::new(outcome, deadline), None)
            }
            Lookup::Renew { ticket, outcome, deadline: renewal_deadline, old } => {
                log.step("The token in the cache is past half of its life; renewing it.");
                let cx = CallContext::new(outcome.clone(), RENEWAL_TIMEOUT, true, log.clone());
                match start_exchange(request, ticket, &outcome, cx) {
                    Ok(()) => (Waiter::new(outcome, renewal_deadline), Some(old)),
                    Err(_) => (ended(old, deadline), None),
                }
            }
        };
        Ok(Self { waiter, still_good, origin, timeout, log })
    }

    /// Waits to the end, which the request's time limit sets. The outcome stays: another call returns it again.
    ///
    /// May be called from several threads at once.
    ///
    /// # Errors
    /// Every [`Status`](crate::Status) but `Ok` and `Pending` is possible.
    pub fn wait(&self) -> Result<AccessToken, Error> {
        loop {
            if let Some(outcome) = self.wait_timeout(MAX_TIMEOUT) {
                return outcome;
            }
        }
    }

    /// Waits at most `time`. `None` when there is no outcome yet. Otherwise as [`wait`](Self::wait): the end of the request's own time
    /// is an outcome, too.
    pub fn wait_timeout(&self, time: Duration) -> Option<Result<AccessToken, Error>> {
        self.waiter.wait(time).map(|waited| self.outcome(waited))
    }

    fn outcome(&self, waited: Waited<AccessToken>) -> Result<AccessToken, Error> {
        let outcome = match waited {
            Waited::Interrupted => return Err(self.failed(ErrorKind::Cancelled)),
            Waited::Outcome(outcome) => outcome,
            Waited::Late => {
                let waiting_for = "waiting for the exchange with the agent";
                Err(self.failed(ErrorKind::Timeout { limit: self.timeout, waiting_for }))
            }
        };
        match &self.still_good {
            Some(old) => Ok(better_of(outcome, old)),
            None => outcome,
        }
    }

    /// Gives up: every waiting call returns [`Cancelled`](crate::Status::Cancelled) at once. May be called from any thread.
    /// Other callers who wait for the same token are not affected.
    pub fn cancel(&self) {
        self.waiter.cancel();
    }

    /// The steps taken so far.
    pub fn log(&self) -> &Log {
        &self.log
    }

    fn failed(&self, kind: ErrorKind) -> Error {
        Error::new(kind, Some(self.origin.clone()), self.log.clone())
    }
}

/// The token, for `await`, in any async runtime: the exchange's own thread wakes the task. Dropping it gives up.
///
/// It begins when it is made, not when it is first polled.
#[derive(Debug)]
#[must_use = "futures do nothing unless they are awaited"]
pub struct TokenFuture(Result<PendingToken, Error>);

impl Future for TokenFuture {
    type Output = Result<AccessToken, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &self.0 {
            Ok(pending) => pending.waiter.poll(cx.waker()).map_or(Poll::Pending, |waited| Poll::Ready(pending.outcome(waited))),
            Err(error) => Poll::Ready(Err(error.clone())),
        }
    }
}

impl IntoFuture for PendingToken {
    type Output = Result<AccessToken, Error>;
    type IntoFuture = TokenFuture;

    fn into_future(self) -> TokenFuture {
        TokenFuture(Ok(self))
    }
}

/// `request.await` is [`send`](TokenRequest::send) without blocking the thread.
impl IntoFuture for TokenRequest {
    type Output = Result<AccessToken, Error>;
    type IntoFuture = TokenFuture;

    fn into_future(self) -> TokenFuture {
        TokenFuture(self.start())
    }
}

/// The same for a request that is used again.
impl IntoFuture for &TokenRequest {
    type Output = Result<AccessToken, Error>;
    type IntoFuture = TokenFuture;

    fn into_future(self) -> TokenFuture {
        TokenFuture(self.start())
    }
}

/// A caller whose outcome is already known.
fn ended(token: AccessToken, deadline: Instant) -> Waiter<AccessToken> {
    Waiter::new(Arc::new(SharedOutcome::ended(Ok(token))), deadline)
}

fn start_exchange(
    request: ValidatedRequest,
    ticket: Ticket,
    outcome: &Arc<SharedOutcome<AccessToken>>,
    cx: CallContext,
) -> Result<(), Error> {
    let failed = {
        let (origin, log) = (request.agent.origin(), cx.log.clone());
        move |kind| Error::new(kind, Some(origin.clone()), log.clone())
    };
    // The cache gets the token before the callers do, so that their next calls find it there.
    let into_cache = {
        let (request, outcome) = (request.clone(), outcome.clone());
        move |result: &Result<AccessToken, Error>| cache::finish(&request, ticket, &outcome, result.as_ref().ok())
    };
    let work = move || get_token_here(&request, &AgentSession::new(&request.agent, &cx));
    thread::start(outcome, work, failed, into_cache)
}

#[cfg(test)]
#[path = "pending_token_tests.rs"]
mod tests;
