//! An exchange's own side: how long it has, whether anybody still wants its outcome, and the log of its steps.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::ErrorKind;
use crate::exchange_state::ExchangeState;
use crate::http::Http;
use crate::log::Log;
use crate::peer::Peer;
use crate::sent::Sent;
use crate::token::AccessToken;

/// One run of an exchange.
pub(crate) struct Run<T = AccessToken> {
    pub(crate) exchange: Arc<ExchangeState<T>>,
    pub(crate) timeout: Duration,
    pub(crate) log: Log,
    pub(crate) http: Http,
    /// Renewing a token that is still good is not worth a second try.
    pub(crate) single_try: bool,
    /// What has been sent so far and must not be shown, whoever repeats it.
    pub(crate) sent: Sent,
}

impl<T> Run<T> {
    pub(crate) fn new(exchange: Arc<ExchangeState<T>>, timeout: Duration, log: Log) -> Self {
        Self { exchange, timeout, log, http: Http::default(), single_try: false, sent: Sent::default() }
    }

    /// Fails when there is no point in going on.
    pub(crate) fn check(&self) -> Result<(), ErrorKind> {
        if self.exchange.is_abandoned() {
            return Err(ErrorKind::Cancelled);
        }
        if self.remaining().is_zero() { Err(self.timed_out("talking to the agent")) } else { Ok(()) }
    }

    /// Fails when the one who answers is not `peer`; from now on, no new connection is used that is with another.
    pub(crate) fn admit(&self, peer: &Peer) -> Result<(), ErrorKind> {
        self.http.guard(peer);
        peer.check(self.http.near_end(), &self.log)
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.exchange.deadline()
    }

    /// The deadline as it is now; `None` when nobody wants the outcome any more.
    pub(crate) fn wanted_until(&self) -> Option<Instant> {
        (!self.exchange.is_abandoned()).then(|| self.deadline())
    }

    pub(crate) fn remaining(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
    }

    pub(crate) fn timed_out(&self, waiting_for: &'static str) -> ErrorKind {
        ErrorKind::Timeout { limit: self.timeout, waiting_for }
    }

    /// Waits for `time`, unless nobody wants the outcome any more.
    pub(crate) fn pause(&self, time: Duration) -> Result<(), ErrorKind> {
        if self.exchange.pause(time) { self.check() } else { Err(ErrorKind::Cancelled) }
    }
}

#[cfg(test)]
impl Run {
    pub(crate) fn for_tests(timeout: Duration) -> Self {
        let exchange = Arc::new(ExchangeState::new(Instant::now() + timeout));
        Self::new(exchange, timeout, Log::new())
    }
}
