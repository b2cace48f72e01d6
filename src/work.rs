//! Work for one caller on a thread of its own, which the caller waits for with a deadline and can give up at any time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind};
use crate::exchange_state::{ExchangeState, Outcome, Waited};
use crate::log::Log;
use crate::run::Run;
use crate::waiter::{LONGEST_TIMEOUT, Waiter, begin, caught, timeout};

/// Work under way. Dropping it gives up; the thread then ends by itself.
pub(crate) struct PendingWork<T> {
    waiter: Waiter<T>,
    log: Log,
    when_late: Box<dyn Fn(Duration) -> Outcome<T> + Send + Sync>,
    timeout: Duration,
}

impl<T: Clone + Send + 'static> PendingWork<T> {
    /// Begins `work`, which has the time that is wished; `when_late` says what to give the caller when that was too little.
    pub(crate) fn start(
        wished: Option<Duration>,
        log: &Log,
        work: impl FnOnce(&Run<T>) -> Outcome<T> + Send + 'static,
        when_late: impl Fn(Duration) -> Outcome<T> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let timeout = timeout(wished);
        let deadline = Instant::now() + timeout;
        let exchange = Arc::new(ExchangeState::new(deadline));
        let run = Run::new(exchange.clone(), timeout, log.clone());
        let carry_out = move || {
            let outcome = caught(|| work(&run)).unwrap_or_else(|kind| Err(Error::new(kind, None, run.log.clone())));
            run.exchange.finish(outcome);
        };
        begin(carry_out).map_err(|kind| Error::new(kind, None, log.clone()))?;
        Ok(Self { waiter: Waiter::new(exchange, deadline), log: log.clone(), when_late: Box::new(when_late), timeout })
    }

    /// Waits at most `time`. `None` when there is no outcome yet. The outcome stays: another call gives it again.
    pub(crate) fn wait(&self, time: Duration) -> Option<Outcome<T>> {
        Some(match self.waiter.wait(time)? {
            Waited::Outcome(outcome) => outcome,
            Waited::Interrupted => Err(Error::new(ErrorKind::Cancelled, None, self.log.clone())),
            Waited::Late => (self.when_late)(self.timeout),
        })
    }

    pub(crate) fn wait_to_the_end(&self) -> Outcome<T> {
        loop {
            if let Some(outcome) = self.wait(LONGEST_TIMEOUT) {
                return outcome;
            }
        }
    }
}

#[cfg(any(test, feature = "c-api"))]
impl<T> PendingWork<T> {
    /// Gives up: every waiting call returns `Cancelled` at once. May be called from any thread.
    pub(crate) fn cancel(&self) {
        self.waiter.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::Status;
    use std::thread;

    type Work = Box<dyn FnOnce(&Run<u8>) -> Outcome<u8> + Send>;

    fn start(timeout_ms: u64, work: Work) -> PendingWork<u8> {
        PendingWork::start(Some(Duration::from_millis(timeout_ms)), &Log::new(), work, |_| Ok(99)).unwrap()
    }

    /// Works until nobody waits any more, and says so.
    fn endless(said: std::sync::mpsc::Sender<()>) -> Work {
        Box::new(move |run| {
            while run.exchange.pause(Duration::from_secs(60)) {}
            said.send(()).unwrap();
            Ok(1)
        })
    }

    #[test]
    fn the_outcome_comes_and_stays() {
        let work = start(10_000, Box::new(|_| Ok(7)));
        assert_eq!(work.wait_to_the_end().unwrap(), 7);
        assert_eq!(work.wait(Duration::ZERO).expect("still there").unwrap(), 7);
    }

    #[test]
    fn a_panic_is_an_outcome() {
        let work = start(10_000, Box::new(|_| std::panic::resume_unwind(Box::new("swordfish"))));
        let error = work.wait_to_the_end().unwrap_err();
        assert_eq!(error.status(), Status::Internal);
        assert!(!error.to_string().contains("swordfish"));
    }

    #[test]
    fn work_that_is_late_is_not_waited_for_and_ends() {
        let (said, ended) = std::sync::mpsc::channel();
        let work = start(50, endless(said));
        assert!(work.wait(Duration::ZERO).is_none());
        assert_eq!(work.wait_to_the_end().unwrap(), 99);
        drop(work);
        ended.recv_timeout(Duration::from_secs(10)).expect("the thread has ended");
    }

    #[test]
    fn giving_up_ends_waiting_at_once() {
        let (said, ended) = std::sync::mpsc::channel();
        let work = start(60_000, endless(said));
        thread::scope(|scope| {
            let waiting = scope.spawn(|| work.wait_to_the_end());
            thread::sleep(Duration::from_millis(20));
            work.cancel();
            assert_eq!(waiting.join().unwrap().unwrap_err().status(), Status::Cancelled);
        });
        ended.recv_timeout(Duration::from_secs(10)).expect("the thread has ended");
    }
}
