//! `BackgroundTask`: work for one caller on a thread of its own. The caller waits with a deadline, and can give up at any time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::call_context::CallContext;
use super::call_context::{MAX_TIMEOUT, time_limit};
use super::shared_outcome::{Outcome, SharedOutcome, Waited};
use super::thread;
use super::waiter::Waiter;
use crate::error::{Error, ErrorKind};
use crate::log::Log;

/// A task under way. Dropping it gives up; then the thread ends by itself.
pub(crate) struct BackgroundTask<T> {
    waiter: Waiter<T>,
    log: Log,
    when_late: Box<dyn Fn(Duration) -> Outcome<T> + Send + Sync>,
    timeout: Duration,
}

impl<T: Clone + Send + 'static> BackgroundTask<T> {
    /// Starts `work` with the time limit `wanted`. `failed` turns its error into the caller's error. When the time is up, the caller
    /// gets the result of `when_late` for that limit.
    pub(crate) fn start(
        wanted: Option<Duration>,
        log: &Log,
        work: impl FnOnce(&CallContext) -> Result<T, ErrorKind> + Send + 'static,
        failed: impl Fn(ErrorKind) -> Error + Clone + Send + 'static,
        when_late: impl Fn(Duration) -> Outcome<T> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        let timeout = time_limit(wanted).map_err(&failed)?;
        let deadline = Instant::now() + timeout;
        let outcome = Arc::new(SharedOutcome::new(deadline));
        let cx = CallContext::new(outcome.clone(), timeout, false, log.clone());
        thread::start(&outcome, move || work(&cx), failed, |_| ())?;
        Ok(Self { waiter: Waiter::new(outcome, deadline), log: log.clone(), when_late: Box::new(when_late), timeout })
    }

    /// Waits at most `time`. `None` when there is no outcome yet. The outcome stays: another call returns it again.
    pub(crate) fn wait(&self, time: Duration) -> Option<Outcome<T>> {
        Some(match self.waiter.wait(time)? {
            Waited::Outcome(outcome) => outcome,
            Waited::Interrupted => Err(Error::new(ErrorKind::Cancelled, None, self.log.clone())),
            Waited::Late => (self.when_late)(self.timeout),
        })
    }

    /// The steps taken so far.
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    pub(crate) fn wait_to_the_end(&self) -> Outcome<T> {
        loop {
            if let Some(outcome) = self.wait(MAX_TIMEOUT) {
                return outcome;
            }
        }
    }
}

#[cfg(any(test, feature = "c-api"))]
impl<T> BackgroundTask<T> {
    /// Gives up: every waiting call returns `Cancelled` at once. May be called from any thread.
    pub(crate) fn cancel(&self) {
        self.waiter.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::status::Status;
    use std::thread;

    type Work = Box<dyn FnOnce(&CallContext) -> Result<u8, ErrorKind> + Send>;

    fn start(timeout_ms: u64, work: Work) -> BackgroundTask<u8> {
        let failed = |kind| Error::new(kind, None, Log::new());
        BackgroundTask::start(Some(Duration::from_millis(timeout_ms)), &Log::new(), work, failed, |_| Ok(99)).unwrap()
    }

    /// Work that goes on until nobody waits any more, and then sends to `ended`.
    fn endless(ended: std::sync::mpsc::Sender<()>) -> Work {
        Box::new(move |cx| {
            while cx.pause(Duration::from_secs(60)).is_ok() {}
            ended.send(()).unwrap();
            Ok(1)
        })
    }

    #[test]
    fn the_outcome_comes_and_stays() {
        let task = start(10_000, Box::new(|_| Ok(7)));
        assert_eq!(task.wait_to_the_end().unwrap(), 7);
        assert_eq!(task.wait(Duration::ZERO).expect("still there").unwrap(), 7);
    }

    #[test]
    fn a_panic_is_an_outcome() {
        let task = start(10_000, Box::new(|_| std::panic::resume_unwind(Box::new("swordfish"))));
        let error = task.wait_to_the_end().unwrap_err();
        assert_eq!(error.status(), Status::Internal);
        assert!(!error.to_string().contains("swordfish"));
    }

    #[test]
    fn work_that_is_late_is_not_waited_for_and_ends() {
        let (sender, ended) = std::sync::mpsc::channel();
        let task = start(50, endless(sender));
        assert!(task.wait(Duration::ZERO).is_none());
        assert_eq!(task.wait_to_the_end().unwrap(), 99);
        drop(task);
        ended.recv_timeout(Duration::from_secs(10)).expect("the thread has ended");
    }

    #[test]
    fn giving_up_ends_waiting_at_once() {
        let (sender, ended) = std::sync::mpsc::channel();
        let task = start(60_000, endless(sender));
        thread::scope(|scope| {
            let waiting = scope.spawn(|| task.wait_to_the_end());
            thread::sleep(Duration::from_millis(20));
            task.cancel();
            assert_eq!(waiting.join().unwrap().unwrap_err().status(), Status::Cancelled);
        });
        ended.recv_timeout(Duration::from_secs(10)).expect("the thread has ended");
    }
}
