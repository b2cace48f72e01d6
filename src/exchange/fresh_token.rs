//! Gets a token that is good for a while: the agent keeps tokens of its own, and can hand out one that is about to end.

use std::time::{Duration, Instant};

use super::agent_session::AgentSession;
use super::get_token::{attempt, get_token};
use crate::error::ErrorKind;
use crate::request::validated::ValidatedRequest;
use crate::text::time::unix_now;
use crate::token::access_token::AccessToken;

/// A token with less time than this, in seconds, may end before its service has checked it.
pub(crate) const SHORT_LIFE: i64 = 5 * 60;
/// The time limit of asking for another one: there is a token already.
const TIME_FOR_ANOTHER: Duration = Duration::from_secs(5);

/// Gets a token. One that ends soon is asked for once more, past the agent's cache, which agents from 1.66 on can do. If that does not
/// help there is a warning.
pub(crate) fn get_fresh_token(request: &ValidatedRequest, session: &AgentSession<'_>) -> Result<AccessToken, ErrorKind> {
    let mut token = get_token(request, session)?;
    if seconds_left(&token) >= SHORT_LIFE {
        return Ok(token);
    }
    if !request.force_refresh {
        session.cx.log.step(format!("The token ends in {} s; asking for a new one, past the agent's cache.", seconds_left(&token)));
        let mut forced = request.clone();
        forced.force_refresh = true;
        match session.within(TIME_FOR_ANOTHER.min(session.cx.remaining() / 2), || attempt(&forced, session)) {
            Ok(other) if other.expires_on_seconds() > token.expires_on_seconds() => token = other,
            Ok(_) => (),
            Err(error) => session.cx.log.step(format!("There is no other: {}", error.kind.redacted(&session.sent_keys))),
        }
    }
    if seconds_left(&token) < SHORT_LIFE {
        session.cx.log.warning(format!(
            "The token ends in {} s, and the agent gave no longer one: it may end before it is used.",
            seconds_left(&token)
        ));
    }
    Ok(token)
}

fn seconds_left(token: &AccessToken) -> i64 {
    token.expires_on_seconds() - unix_now()
}

impl AgentSession<'_> {
    /// Runs `work` with less time than the call has.
    fn within<T>(&self, time: Duration, work: impl FnOnce() -> T) -> T {
        self.until.set(Some(Instant::now() + time));
        let done = work();
        self.until.set(None);
        done
    }
}
