//! The rules of renewal: when a token that is still good is renewed, how long that may take, and which of both tokens is better.

use std::time::{Duration, Instant};

use crate::error::Error;
use crate::token::access_token::AccessToken;

/// The time limit of a renewal. It is short, because the caller has a token that is still good.
pub(crate) const RENEWAL_TIMEOUT: Duration = Duration::from_secs(2);
/// Only tokens with a longer life than this are renewed.
const LONG_LIFE: Duration = Duration::from_secs(2 * 60 * 60);
/// A token is renewed after this part of its life.
const RENEW_AFTER: f64 = 0.5;
/// The time after a failed renewal in which nobody tries again.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(60);
/// Two tokens are equally good if their ends differ by at most this many seconds.
const SAME_END: i64 = 60;

/// The time from which a token is renewed. `life` is the time from `now` to its end.
pub(super) fn renew_from(now: Instant, life: Duration) -> Option<Instant> {
    (life > LONG_LIFE).then(|| now + life.mul_f64(RENEW_AFTER))
}

/// True when the time `from` has come, and no renewal has failed lately.
pub(super) fn is_due(from: Option<Instant>, failed: Option<Instant>, now: Instant) -> bool {
    from.is_some_and(|from| now >= from) && failed.is_none_or(|at| now >= at + PAUSE_AFTER_FAILURE)
}

/// The deadline of a renewal that begins `now`, for a caller with this deadline.
pub(super) fn deadline(now: Instant, deadline: Instant) -> Instant {
    deadline.min(now + RENEWAL_TIMEOUT)
}

/// True when a token with the end `new` brings less time than a token with the end `old`, in Unix seconds.
pub(super) fn is_shorter(new: i64, old: i64) -> bool {
    new < old - SAME_END
}

/// The token for the caller of a renewal: the new one, unless the renewal failed or the new token ends earlier.
pub(crate) fn better_of(renewed: Result<AccessToken, Error>, old: &AccessToken) -> AccessToken {
    match renewed {
        Ok(new) if new.expires_on_seconds() >= old.expires_on_seconds() => new,
        _ => old.clone(),
    }
}
