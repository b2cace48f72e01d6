//! Decides when to try again. A try is always the whole pair of requests, because a key works only once.

use std::time::{Duration, Instant};

use crate::error::ErrorKind;
use crate::task::call_context::CallContext;
use crate::transport::attempt_error::{AttemptError, Transient};

const MAX_TRIES: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(300);
pub(super) const MAX_PAUSE: Duration = Duration::from_secs(10);
/// A restarting agent listens again within about this time.
const REFUSED_FOR: Duration = Duration::from_secs(3);
const REFUSED_PAUSE: Duration = Duration::from_millis(200);

/// A call that waits for the agent tries so often with short pauses, and then with longer ones.
const QUICK_TRIES: u32 = 15;
const WAITING_PAUSE: Duration = Duration::from_secs(1);
/// It does not begin a try with less time, so that its error is that of a whole try.
const LAST_TRY: Duration = Duration::from_millis(500);

/// The tries of one call so far.
#[derive(Default)]
pub(crate) struct Retries {
    tries: u32,
    refused_since: Option<Instant>,
    key_rejected: bool,
    key_vanished: bool,
    /// True for a call that waits for the agent as long as it may.
    waits: bool,
    /// The last reason to wait. It is logged once, not with each try.
    reason: String,
}

impl Retries {
    /// The tries of a call that waits for the agent as long as it may, if it `waits`.
    pub(crate) fn new(waits: bool) -> Self {
        Self { waits, ..Self::default() }
    }

    /// Waits until another try is due, or gives the error that ends the call.
    pub(crate) fn wait_or_give_up(&mut self, failed: AttemptError, cx: &CallContext) -> Result<(), ErrorKind> {
        let AttemptError { kind: error, transient } = failed;
        if transient != Some(Transient::Refused) {
            self.refused_since = None; // The agent has answered since then. A later restart gets its own time.
        }
        let Some(transient) = transient.filter(|_| !cx.single_try) else { return Err(error) };
        let pause = match transient {
            // The agent rejects a key that another program has used: one more try is enough.
            Transient::Refused | Transient::KeyVanished | Transient::Busy(_) if self.waits => {
                self.tries = self.tries.saturating_add(1);
                Some(if self.tries < QUICK_TRIES { REFUSED_PAUSE } else { wanted_pause(transient).clamp(WAITING_PAUSE, MAX_PAUSE) })
            }
            Transient::Refused => {
                let since = *self.refused_since.get_or_insert_with(Instant::now);
                (since.elapsed() + REFUSED_PAUSE <= REFUSED_FOR).then_some(REFUSED_PAUSE)
            }
            Transient::KeyRejected => (!std::mem::replace(&mut self.key_rejected, true)).then_some(Duration::ZERO),
            Transient::KeyVanished => (!std::mem::replace(&mut self.key_vanished, true)).then_some(Duration::ZERO),
            Transient::Busy(wanted) => {
                self.tries += 1;
                (self.tries < MAX_TRIES).then(|| pause(self.tries, wanted))
            }
        };
        let Some(pause) = pause else { return Err(error) };
        if transient == Transient::KeyRejected {
            cx.log.step("The agent refused the key; asking for another.");
            return cx.pause(Duration::ZERO);
        }
        let needed = if self.waits { pause + LAST_TRY } else { pause };
        if cx.remaining() <= needed {
            // No time is left for another try, and this error says more than "timed out".
            return Err(error);
        }
        if self.waits && transient != Transient::KeyRejected {
            let reason = format!("{error} Waiting for the agent.");
            if reason != self.reason {
                cx.log.step(reason.as_str());
                self.reason = reason;
            }
            return cx.pause(pause);
        }
        let when = if pause.is_zero() { String::new() } else { format!(" in {:.1} s", pause.as_secs_f64()) };
        cx.log.step(format!("{error} Trying again{when}."));
        cx.pause(pause)
    }
}

/// The pause that the agent asked for.
fn wanted_pause(transient: Transient) -> Duration {
    match transient {
        Transient::Busy(Some(wanted)) => wanted,
        _ => Duration::ZERO,
    }
}

/// The pause before the next try. It doubles with each try, and varies by a quarter so that many callers do not come back at once.
/// The agent's `Retry-After` counts if it is longer, up to a bound.
fn pause(tries: u32, wanted: Option<Duration>) -> Duration {
    let spread = 0.75 + fastrand::f64() * 0.5;
    let own = FIRST_PAUSE.saturating_mul(1 << (tries - 1).min(8)).mul_f64(spread);
    own.max(wanted.unwrap_or_default()).min(MAX_PAUSE)
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
        assert_eq!(pause(1, Some(Duration::from_secs(u64::MAX))), MAX_PAUSE);
        assert!(pause(1, Some(Duration::ZERO)) > Duration::ZERO);
        assert_eq!(pause(u32::MAX, None).min(MAX_PAUSE), pause(u32::MAX, Some(MAX_PAUSE)));
    }

    #[test]
    fn who_waits_tries_as_long_as_there_is_time_and_a_stranger_ends_it() {
        let cx = CallContext::for_tests(Duration::from_secs(60));
        let failed = |transient| AttemptError { kind: ErrorKind::BadResponse { what: "x".into() }, transient };
        let old = || Retries { tries: 7, refused_since: Instant::now().checked_sub(REFUSED_FOR), ..Retries::new(true) };
        for transient in [Transient::Refused, Transient::Busy(None), Transient::KeyVanished] {
            assert!(old().wait_or_give_up(failed(Some(transient)), &cx).is_ok(), "{transient:?}");
        }
        assert!(old().wait_or_give_up(failed(None), &cx).is_err());
        let mut rejected = old();
        assert!(rejected.wait_or_give_up(failed(Some(Transient::KeyRejected)), &cx).is_ok());
        assert!(rejected.wait_or_give_up(failed(Some(Transient::KeyRejected)), &cx).is_err());
        assert_eq!(cx.log.steps().matches("Waiting for the agent.").count(), 3, "once each: {}", cx.log);
        let short = CallContext::for_tests(Duration::from_millis(100));
        assert!(old().wait_or_give_up(failed(Some(Transient::Refused)), &short).is_err(), "the error says more than that the time is up");
    }

    #[test]
    fn each_trouble_has_its_own_bound() {
        let cx = CallContext::for_tests(Duration::from_secs(60));
        let failed = |transient| AttemptError { kind: ErrorKind::BadResponse { what: "x".into() }, transient };
        let mut retries = Retries::default();
        assert!(retries.wait_or_give_up(failed(Some(Transient::KeyRejected)), &cx).is_ok());
        assert!(retries.wait_or_give_up(failed(Some(Transient::KeyVanished)), &cx).is_ok());
        assert!(retries.wait_or_give_up(failed(Some(Transient::KeyRejected)), &cx).is_err());
        assert!(retries.wait_or_give_up(failed(Some(Transient::KeyVanished)), &cx).is_err());
        assert!(retries.wait_or_give_up(failed(None), &cx).is_err());
        let mut retries = Retries { refused_since: Instant::now().checked_sub(REFUSED_FOR), ..Retries::default() };
        assert!(retries.wait_or_give_up(failed(Some(Transient::Busy(None))), &cx).is_ok());
        assert!(retries.wait_or_give_up(failed(Some(Transient::Refused)), &cx).is_ok(), "the agent was there in between");
        let mut single = CallContext::for_tests(Duration::from_secs(60));
        single.single_try = true;
        for transient in [Transient::Refused, Transient::Busy(None), Transient::KeyRejected, Transient::KeyVanished] {
            assert!(Retries::default().wait_or_give_up(failed(Some(transient)), &single).is_err());
        }
        let short = CallContext::for_tests(Duration::from_millis(100));
        let begun = Instant::now();
        assert!(retries.wait_or_give_up(failed(Some(Transient::Busy(Some(Duration::from_secs(9))))), &short).is_err());
        assert!(begun.elapsed() < Duration::from_millis(50), "a pause past the deadline is not begun");
    }
}
