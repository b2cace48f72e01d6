//! The pause that an agent asks for with a 429. All calls of this process keep it, not only the one that was told: a program that asks
//! for several tokens at once would otherwise go on with the others.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::retry::MAX_PAUSE;
use crate::error::ErrorKind;
use crate::sys::PerProcess;
use crate::task::call_context::CallContext;

/// The pauses that are not over. A machine has one agent, so this is a short list.
static PAUSES: PerProcess<Mutex<Vec<Pause>>> = PerProcess::new();

struct Pause {
    agent: SocketAddr,
    until: Instant,
    /// What the agent said.
    error: ErrorKind,
}

const TOO_MANY_REQUESTS: u16 = 429;

/// Takes note of an error, if the agent asks for a pause with it.
pub(super) fn note(agent: SocketAddr, error: &ErrorKind) {
    let ErrorKind::AgentError { http_status: TOO_MANY_REQUESTS, retry_after: Some(time), .. } = error else { return };
    let now = Instant::now();
    let pause = Pause { agent, until: now + MAX_PAUSE.min(*time), error: error.clone() };
    let mut pauses = PAUSES.get().lock().unwrap_or_else(PoisonError::into_inner);
    pauses.retain(|old| old.until > now && (old.agent != agent || old.until > pause.until));
    if pauses.iter().all(|old| old.agent != agent) {
        pauses.push(pause);
    }
}

/// Waits until the agent may be asked. A call whose time ends before that, or that is not worth waiting for, fails with what the agent
/// said: asking again would only give it more to do.
pub(super) fn keep(agent: SocketAddr, cx: &CallContext) -> Result<(), ErrorKind> {
    while let Some((left, error)) = left(agent) {
        if cx.single_try || cx.remaining() <= left {
            return Err(error);
        }
        cx.log.step(format!("The agent has asked for a pause; waiting {:.1} s.", left.as_secs_f64()));
        cx.pause(left)?;
    }
    Ok(())
}

/// The rest of the pause, and what the agent said.
fn left(agent: SocketAddr) -> Option<(Duration, ErrorKind)> {
    let pauses = PAUSES.get().lock().unwrap_or_else(PoisonError::into_inner);
    let pause = pauses.iter().find(|pause| pause.agent == agent)?;
    let left = pause.until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
    Some((left, pause.error.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn too_many(seconds: u64) -> ErrorKind {
        let retry_after = Some(Duration::from_secs(seconds));
        ErrorKind::AgentError { http_status: 429, words: Box::default(), retry_after, resource: None }
    }

    fn agent(port: u16) -> SocketAddr {
        ([127, 0, 0, 1], port).into()
    }

    #[test]
    fn the_longest_pause_counts_and_is_the_agents_own() {
        note(agent(1), &too_many(3));
        note(agent(1), &too_many(1));
        let (time, error) = left(agent(1)).unwrap();
        assert!(time > Duration::from_secs(2) && error == too_many(3), "{time:?} {error}");
        note(agent(1), &too_many(u64::MAX));
        assert!(left(agent(1)).is_some_and(|(time, _)| time > Duration::from_secs(9) && time <= MAX_PAUSE));
        assert!(left(agent(2)).is_none());
        for (http_status, retry_after) in [(429, None), (503, Some(MAX_PAUSE))] {
            note(agent(3), &ErrorKind::AgentError { http_status, words: Box::default(), retry_after, resource: None });
        }
        assert!(left(agent(3)).is_none());
    }

    #[test]
    fn who_has_no_time_to_wait_gets_the_agents_words_at_once() {
        note(agent(4), &too_many(5));
        let begun = Instant::now();
        assert_eq!(keep(agent(4), &CallContext::for_tests(Duration::from_secs(2))), Err(too_many(5)));
        let mut renewal = CallContext::for_tests(Duration::from_secs(60));
        renewal.single_try = true;
        assert_eq!(keep(agent(4), &renewal), Err(too_many(5)));
        assert!(begun.elapsed() < Duration::from_secs(2));
    }
}
