//! Reads the token in an answer, and checks it.

use super::agent_session::AgentSession;
use super::answer_error::{foreign_answer, why_not_agent};
use super::token_response::Body;
use crate::error::ErrorKind;
use crate::request::validated::ValidatedRequest;
use crate::text::time::{unix_now, unix_seconds, utc_text};
use crate::token::access_token::AccessToken;
use crate::token::claims::Claims;
use crate::transport::answer::Answer;
use crate::transport::attempt_error::AttemptError;

/// The token in a 200.
pub(super) fn token_in(answer: Answer, request: &ValidatedRequest, session: &AgentSession<'_>) -> Result<AccessToken, AttemptError> {
    let body = answer.body.expose();
    let mut read = match Body::parse(body) {
        Ok(read) => read,
        Err(_) if body.is_empty() => return Err(ErrorKind::BadResponse { what: "it is empty".to_owned() }.into()),
        Err(broken) => {
            return Err(match why_not_agent(&answer) {
                Some(what) => foreign_answer(session.agent, what, &answer).into(),
                None => ErrorKind::BadResponse { what: broken }.into(),
            });
        }
    };
    if !read.has_token() {
        let words = read.agent_words();
        let error = [words.code, words.description].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
        let what =
            if error.is_empty() { "it has no access_token".to_owned() } else { format!("it has no access_token, but says '{error}'") };
        return Err(ErrorKind::BadResponse { what }.into());
    }
    let secret = read.take_token()?;
    read.confirms(&request.identity).map_err(|error| match error {
        ErrorKind::SelectorNotHonoured { what } => ErrorKind::SelectorNotHonoured { what: secret.redact(&what) },
        other => other,
    })?;

    let now = unix_now();
    let Some(claims) = Claims::of(secret.expose_text(), &|text| session.sent_keys.is_in(text)) else {
        return Err(ErrorKind::BadResponse { what: "the key is in its token's claims".to_owned() }.into());
    };
    let Some(expires_on) = read.expires_on(now).or(claims.expires_on.map(unix_seconds)) else {
        return Err(ErrorKind::BadResponse { what: "neither it nor the token says when the token ends".to_owned() }.into());
    };
    if expires_on <= now {
        return Err(ErrorKind::EndedToken { what: in_the_past(expires_on, now, answer.headers.date) }.into());
    }
    session.cx.log.step(format!("Got a token until {}.", utc_text(expires_on)));
    Ok(AccessToken::new(secret, expires_on, request.resource.clone(), claims, session.agent.origin(), session.cx.log.clone()))
}

fn in_the_past(expires_on: i64, now: i64, agent_clock: Option<i64>) -> String {
    let clocks = match agent_clock {
        None => String::new(),
        Some(clock) if (clock - now).abs() <= 60 => ", and the agent's clock agrees with it".to_owned(),
        Some(clock) => format!("; the agent's clock says {} ({} s apart)", utc_text(clock), (clock - now).abs()),
    };
    format!("its token ended at {}, by this machine's clock ({}){clocks}", utc_text(expires_on), utc_text(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ended_token_is_explained_by_the_clocks() {
        let now = 1_800_000_000;
        assert!(in_the_past(now - 10, now, None).ends_with("clock (2027-01-15 08:00:00 UTC)"));
        assert!(in_the_past(now - 10, now, Some(now + 5)).contains("agrees"));
        assert!(in_the_past(now - 10, now, Some(now - 3600)).contains("3600 s apart"));
    }
}
