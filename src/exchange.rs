//! The exchange: ask, read the key file the agent names, ask again with its content.

use chrono::DateTime;

use crate::ask::{address, ask, foreign, refusal, unlike_the_agent};
use crate::challenge;
use crate::claims::Claims;
use crate::error::{ErrorKind, KeyFileReason};
use crate::http::{Answer, unix_now};
use crate::json;
use crate::peer::Peer;
use crate::plan::Plan;
use crate::retry::{Retries, Stop};
use crate::run::Run;
use crate::text::shown;
use crate::token::AccessToken;
use crate::token_response::Body;

/// Gets a token, trying again where that can help, until the run's time is up.
pub(crate) fn run<T>(plan: &Plan, run: &Run<T>) -> Result<AccessToken, ErrorKind> {
    let mut retries = Retries::default();
    loop {
        run.check()?;
        match attempt(plan, run) {
            Ok(token) => return Ok(token),
            Err(stop) => retries.next(stop.map(|error| run.sent.redact_error(error)), run)?,
        }
    }
}

/// One pair of requests.
fn attempt<T>(plan: &Plan, run: &Run<T>) -> Result<AccessToken, Stop> {
    let peer = Peer::new(&plan.agent, &plan.key_directory);
    run.admit(&peer)?;
    run.log.step(format!("Asking the agent for a token for '{}'.", shown(&plan.resource)));
    let first = ask(&plan.agent, &plan.url(), None, run)?;
    match first.status {
        200 => return token(plan, run, first),
        401 => (),
        _ => return Err(refusal(&plan.agent, &first)),
    }

    let path = key_path(plan, &first)?;
    run.log.step(format!("The agent wants the content of '{}'.", run.sent.redact(&shown(&path))));
    let key = plan.key_directory.read(&path).map_err(|error| match error {
        ErrorKind::KeyFileRefused { reason: KeyFileReason::Vanished, .. } => Stop::KeyVanished(error),
        _ => Stop::Final(error),
    })?;

    // Whoever answered first may have been another than the one who now holds the port, or the connection.
    run.admit(&peer)?;
    run.check()?;
    run.log.step("The key file keeps the rules; asking again with its content.");
    run.sent.add(&key);
    let second = ask(&plan.agent, &plan.url(), Some(&key), run)?;
    match second.status {
        200 => token(plan, run, second),
        401 if json::is_json(second.body.expose()) || second.body.expose().is_empty() => {
            Err(Stop::KeyRejected(key_rejected(plan, &second)))
        }
        _ => Err(refusal(&plan.agent, &second)),
    }
}

/// A 401 after the key. Its words say why where it is not the key that is wrong: Entra answers 401 too.
fn key_rejected(plan: &Plan, answer: &Answer) -> ErrorKind {
    let (code, description) = Body::parse(answer.body.expose()).map(|body| body.agent_error()).unwrap_or_default();
    ErrorKind::KeyRejected { address: address(&plan.agent), code, description }
}

/// The path of the key file, from a 401.
fn key_path(plan: &Plan, answer: &Answer) -> Result<String, ErrorKind> {
    challenge::key_path(&answer.challenges, |path| std::path::Path::new(path).is_absolute()).map_err(|what| {
        // Proxies and other services answer 401 too, with a page.
        match unlike_the_agent(answer) {
            Some(what) => foreign(&plan.agent, what, Some(answer.status)),
            None if what == challenge::NO_PATH && answer.body.expose().is_empty() => foreign(
                &plan.agent,
                "the answer (HTTP 401) is empty, and asks for a password as web servers do".to_owned(),
                Some(answer.status),
            ),
            None => ErrorKind::BadChallenge { address: address(&plan.agent), what: what.to_owned() },
        }
    })
}

/// The token in a 200.
fn token<T>(plan: &Plan, run: &Run<T>, answer: Answer) -> Result<AccessToken, Stop> {
    let body = answer.body.expose();
    let mut read = match Body::parse(body) {
        Ok(read) => read,
        Err(_) if body.is_empty() => return Err(ErrorKind::BadResponse { what: "it is empty".to_owned() }.into()),
        Err(broken) => {
            return Err(match unlike_the_agent(&answer) {
                Some(what) => foreign(&plan.agent, what, Some(answer.status)).into(),
                None => ErrorKind::BadResponse { what: broken }.into(),
            });
        }
    };
    if !read.has_token() {
        let (code, description) = read.agent_error();
        let said = [code, description].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
        let what = if said.is_empty() { "it has no access_token".to_owned() } else { format!("it has no access_token, but says '{said}'") };
        return Err(ErrorKind::BadResponse { what }.into());
    }
    let secret = read.take_token()?;
    read.confirms(&plan.identity).map_err(|error| match error {
        ErrorKind::SelectorNotHonoured { what } => ErrorKind::SelectorNotHonoured { what: secret.redact(&what) },
        other => other,
    })?;

    let now = unix_now();
    let Some(claims) = Claims::of(secret.expose_text(), &|text| run.sent.is_in(text)) else {
        return Err(ErrorKind::BadResponse { what: "the key is in its token's claims".to_owned() }.into());
    };
    let Some(expires_on) = read.expires_on(now).or(claims.expires_on) else {
        return Err(ErrorKind::BadResponse { what: "neither it nor the token says when the token ends".to_owned() }.into());
    };
    if expires_on <= now {
        return Err(ErrorKind::BadResponse { what: in_the_past(expires_on, now, answer.date) }.into());
    }
    run.log.step(format!("Got a token until {}.", time(expires_on)));
    Ok(AccessToken::new(secret, expires_on, plan.resource.clone(), claims, plan.agent.clone(), run.log.clone()))
}

fn in_the_past(expires_on: i64, now: i64, agent_clock: Option<i64>) -> String {
    let clocks = match agent_clock {
        None => String::new(),
        Some(clock) if (clock - now).abs() <= 60 => ", and the agent's clock agrees with it".to_owned(),
        Some(clock) => format!(
            "; the agent's clock says {}, so correct this machine's or the agent's time ({} s apart)",
            time(clock),
            (clock - now).abs()
        ),
    };
    format!("its token ended at {}, by this machine's clock ({}){clocks}", time(expires_on), time(now))
}

/// Unix seconds as text.
pub(crate) fn time(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map_or_else(|| format!("{seconds} s"), |time| time.format("%Y-%m-%d %H:%M:%S UTC").to_string())
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
