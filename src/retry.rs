//! When to try again. The unit is always the whole pair of requests: a key works once.

use std::time::{Duration, Instant};

use crate::error::ErrorKind;
use crate::run::Run;

/// Why an attempt failed, and whether another may succeed.
pub(crate) enum Stop {
    Final(ErrorKind),
    /// Nobody listened: the agent may be restarting.
    Refused(ErrorKind),
    /// The agent was busy or failed, or the connection broke. With the agent's own wish for a pause.
    Busy(ErrorKind, Option<Duration>),
    /// The key was refused: it may have been used or replaced in the meantime.
    KeyRejected(ErrorKind),
    /// The key file was gone before it could be read.
    KeyVanished(ErrorKind),
}

impl Stop {
    /// The same, with the error changed.
    pub(crate) fn map(self, change: impl FnOnce(ErrorKind) -> ErrorKind) -> Self {
        match self {
            Stop::Final(error) => Stop::Final(change(error)),
            Stop::Refused(error) => Stop::Refused(change(error)),
            Stop::Busy(error, wished) => Stop::Busy(change(error), wished),
            Stop::KeyRejected(error) => Stop::KeyRejected(change(error)),
            Stop::KeyVanished(error) => Stop::KeyVanished(change(error)),
        }
    }

    /// The error, for those who do not try again.
    pub(crate) fn into_error(self) -> ErrorKind {
        match self {
            Stop::Final(error) | Stop::Refused(error) | Stop::Busy(error, _) | Stop::KeyRejected(error) | Stop::KeyVanished(error) => error,
        }
    }
}

impl From<ErrorKind> for Stop {
    fn from(error: ErrorKind) -> Self {
        Stop::Final(error)
    }
}

const MOST_TRIES: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(300);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// A restarting agent is back within about this time.
const REFUSED_FOR: Duration = Duration::from_secs(3);
const REFUSED_PAUSE: Duration = Duration::from_millis(200);

/// What has been tried so far.
#[derive(Default)]
pub(crate) struct Retries {
    tries: u32,
    refused_since: Option<Instant>,
    key_rejected: bool,
    key_vanished: bool,
}

impl Retries {
    /// Waits until another attempt is due, or gives the error that ends the call.
    pub(crate) fn next<T>(&mut self, stop: Stop, run: &Run<T>) -> Result<(), ErrorKind> {
        if !matches!(stop, Stop::Refused(_)) {
            self.refused_since = None; // The agent was there since; it may have gone again.
        }
        let (error, pause) = match stop {
            Stop::Final(error) => return Err(error),
            _ if run.single_try => return Err(stop.into_error()),
            Stop::Refused(error) => {
                let since = *self.refused_since.get_or_insert_with(Instant::now);
                if since.elapsed() + REFUSED_PAUSE > REFUSED_FOR {
                    return Err(error);
                }
                (error, REFUSED_PAUSE)
            }
            Stop::KeyRejected(error) => {
                if std::mem::replace(&mut self.key_rejected, true) {
                    return Err(error);
                }
                run.log.step("The agent refused the key; asking for another.");
                return run.pause(Duration::ZERO);
            }
            Stop::KeyVanished(error) => {
                if std::mem::replace(&mut self.key_vanished, true) {
                    return Err(error);
                }
                (error, Duration::ZERO)
            }
            Stop::Busy(error, wished) => {
                self.tries += 1;
                if self.tries >= MOST_TRIES {
                    return Err(error);
                }
                (error, pause(self.tries, wished))
            }
        };
        if run.remaining() <= pause {
            // Waiting would use up the time for nothing: what is known now says more than "timed out".
            return Err(error);
        }
        run.log.step(format!(
            "{error} Trying again{}.",
            if pause.is_zero() { String::new() } else { format!(" in {:.1} s", pause.as_secs_f64()) }
        ));
        run.pause(pause)
    }
}

/// Doubles with each try, spread by a quarter either way so that many callers do not come back at once; what the agent
/// wishes counts if it is longer, up to a bound.
fn pause(tries: u32, wished: Option<Duration>) -> Duration {
    let spread = 0.75 + fastrand::f64() * 0.5;
    let own = FIRST_PAUSE.saturating_mul(1 << (tries - 1).min(8)).mul_f64(spread);
    own.max(wished.unwrap_or_default()).min(LONGEST_PAUSE)
}

/// The statuses after which another attempt may succeed.
pub(crate) fn is_busy(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_are_bounded() {
        for (tries, middle) in [(1, 300), (2, 600), (3, 1200)] {
            let pause = pause(tries, None).as_millis();
            assert!((middle * 3 / 4..=middle * 5 / 4).contains(&pause), "{pause}");
        }
        assert_eq!(pause(1, Some(Duration::from_secs(2))), Duration::from_secs(2));
        assert_eq!(pause(1, Some(Duration::from_secs(u64::MAX))), LONGEST_PAUSE);
        assert!(pause(1, Some(Duration::ZERO)) > Duration::ZERO);
        assert_eq!(pause(u32::MAX, None).min(LONGEST_PAUSE), pause(u32::MAX, Some(LONGEST_PAUSE)));
    }

    #[test]
    fn only_passing_troubles_are_tried_again() {
        for status in [408, 429, 500, 502, 503, 504, 599] {
            assert!(is_busy(status), "{status}");
        }
        for status in [200, 302, 400, 401, 403, 404, 405, 410, 600] {
            assert!(!is_busy(status), "{status}");
        }
    }

    #[test]
    fn each_trouble_has_its_own_bound() {
        let run = Run::for_tests(Duration::from_secs(60));
        let error = || ErrorKind::BadResponse { what: "x".into() };
        let mut retries = Retries::default();
        assert!(retries.next(Stop::KeyRejected(error()), &run).is_ok());
        assert!(retries.next(Stop::KeyVanished(error()), &run).is_ok());
        assert!(retries.next(Stop::KeyRejected(error()), &run).is_err());
        assert!(retries.next(Stop::KeyVanished(error()), &run).is_err());
        assert!(retries.next(Stop::Final(error()), &run).is_err());
        let mut retries = Retries { refused_since: Instant::now().checked_sub(REFUSED_FOR), ..Retries::default() };
        assert!(retries.next(Stop::Busy(error(), None), &run).is_ok());
        assert!(retries.next(Stop::Refused(error()), &run).is_ok(), "the agent was there in between");
        let single = Run { single_try: true, ..Run::for_tests(Duration::from_secs(60)) };
        for stop in [Stop::Refused(error()), Stop::Busy(error(), None), Stop::KeyRejected(error()), Stop::KeyVanished(error())] {
            assert!(Retries::default().next(stop, &single).is_err());
        }
        let short = Run::for_tests(Duration::from_millis(100));
        let begun = Instant::now();
        assert!(retries.next(Stop::Busy(error(), Some(Duration::from_secs(9))), &short).is_err());
        assert!(begun.elapsed() < Duration::from_millis(50), "a pause past the deadline is not begun");
    }
}
