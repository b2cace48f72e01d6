//! The exchange: ask, read the key file the agent names, ask again with its content.

use chrono::DateTime;

use crate::challenge;
use crate::claims::Claims;
use crate::error::{ErrorKind, KeyFileReason};
use crate::http::{self, Answer, NoAnswer, unix_now};
use crate::json;
use crate::peer;
use crate::plan::Plan;
use crate::retry::{Retries, Stop, is_busy};
use crate::run::Run;
use crate::secret::Secret;
use crate::text::{shown, shown_bytes};
use crate::token::AccessToken;
use crate::token_response::Body;

/// Gets a token, trying again where that can help, until the run's time is up.
pub(crate) fn run(plan: &Plan, run: &Run) -> Result<AccessToken, ErrorKind> {
    let mut retries = Retries::default();
    loop {
        run.check()?;
        match attempt(plan, run) {
            Ok(token) => return Ok(token),
            Err(stop) => retries.next(stop, run)?,
        }
    }
}

/// One pair of requests.
fn attempt(plan: &Plan, run: &Run) -> Result<AccessToken, Stop> {
    peer::check(&plan.agent, &plan.key_directory, &run.log)?;
    run.log.step(format!("Asking the agent for a token for '{}'.", shown(&plan.resource)));
    let first = ask(plan, run, None)?;
    match first.status {
        200 => return token(plan, run, first, None),
        401 => (),
        _ => return Err(refusal(plan, &first, None)),
    }

    let path = key_path(plan, &first)?;
    run.log.step(format!("The agent wants the content of '{}'.", shown(&path)));
    let key = plan.key_directory.read(&path).map_err(|error| match error {
        ErrorKind::KeyFileRefused { reason: KeyFileReason::Vanished, .. } => Stop::KeyVanished(error),
        _ => Stop::Final(error),
    })?;

    // Whoever answered first may have been another than the one who now holds the port, or the connection.
    peer::check(&plan.agent, &plan.key_directory, &run.log)?;
    run.check()?;
    run.log.step("The key file keeps the rules; asking again with its content.");
    let second = ask(plan, run, Some(&key))?;
    match second.status {
        200 => token(plan, run, second, Some(&key)),
        401 if json::is_json(second.body.expose()) || second.body.expose().is_empty() => {
            Err(Stop::KeyRejected(ErrorKind::KeyRejected { address: address(plan) }))
        }
        _ => Err(refusal(plan, &second, Some(&key))),
    }
}

fn ask(plan: &Plan, run: &Run, key: Option<&Secret>) -> Result<Answer, Stop> {
    let asked = http::get(&plan.url(), key, run.deadline());
    let not_running = |what: &str| ErrorKind::AgentNotRunning { address: address(plan), what: what.to_owned() };
    let error = match asked {
        Ok(answer) => {
            run.log.detail(format!("HTTP {}, {} bytes of '{}'.", answer.status, answer.body.expose().len(), answer.content_type));
            return Ok(answer);
        }
        Err(error) => error,
    };
    run.log.detail(format!("No answer: {error:?}."));
    Err(match error {
        NoAnswer::Refused => Stop::Refused(not_running("the connection is refused")),
        NoAnswer::Broken(what) => Stop::Busy(not_running(&format!("it takes the connection, but does not answer ({what})")), None),
        NoAnswer::Truncated => Stop::Busy(ErrorKind::BadResponse { what: "it broke off before its end".to_owned() }, None),
        NoAnswer::TimedOut => {
            let error = run.timed_out("waiting for the agent's answer");
            // Somebody with more time may have joined since this request was sent.
            if run.remaining().is_zero() { Stop::Final(error) } else { Stop::Busy(error, None) }
        }
        NoAnswer::TooLarge => Stop::Final(ErrorKind::BadResponse { what: "it is larger than any answer of the agent's".to_owned() }),
        NoAnswer::NotHttp => Stop::Final(foreign(plan, "it does not speak HTTP".to_owned(), None)),
        NoAnswer::NoClient(what) => Stop::Final(ErrorKind::Internal { what }),
    })
}

/// The path of the key file, from a 401.
fn key_path(plan: &Plan, answer: &Answer) -> Result<String, ErrorKind> {
    challenge::key_path(&answer.challenges, |path| std::path::Path::new(path).is_absolute()).map_err(|what| {
        // Proxies and other services answer 401 too, with a page.
        match unlike_the_agent(answer) {
            Some(what) => foreign(plan, what, Some(answer.status)),
            None => ErrorKind::BadChallenge { address: address(plan), what: what.to_owned() },
        }
    })
}

/// The token in a 200.
fn token(plan: &Plan, run: &Run, answer: Answer, key: Option<&Secret>) -> Result<AccessToken, Stop> {
    let body = answer.body.expose();
    let mut read = match Body::parse(body) {
        Ok(read) => read,
        Err(_) if !looks_like_json(body) => {
            let what = unlike_the_agent(&answer).unwrap_or_else(|| "the answer is empty".to_owned());
            return Err(foreign(plan, what, Some(answer.status)).into());
        }
        Err(what) => return Err(ErrorKind::BadResponse { what: redacted(&what, key) }.into()),
    };
    if !read.has_token() {
        let (code, description) = read.agent_error();
        let said = [code, description].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
        let what = if said.is_empty() { "it has no access_token".to_owned() } else { format!("it has no access_token, but says '{said}'") };
        return Err(ErrorKind::BadResponse { what: redacted(&what, key) }.into());
    }
    let secret = read.take_token()?;
    read.confirms(&plan.identity).map_err(|error| match error {
        ErrorKind::SelectorNotHonoured { what } => ErrorKind::SelectorNotHonoured { what: secret.redact(&redacted(&what, key)) },
        other => other,
    })?;

    let now = unix_now();
    let claims = Claims::of(secret.expose_text());
    let Some(expires_on) = read.expires_on(now).or(claims.expires_on) else {
        return Err(ErrorKind::BadResponse { what: "neither it nor the token says when the token ends".to_owned() }.into());
    };
    if expires_on <= now {
        return Err(ErrorKind::BadResponse { what: in_the_past(expires_on, now, answer.date) }.into());
    }
    run.log.step(format!("Got a token until {}.", time(expires_on)));
    Ok(AccessToken::new(secret, expires_on, plan.resource.clone(), claims, plan.agent.clone(), run.log.clone()))
}

/// An answer that is neither a token nor a challenge.
fn refusal(plan: &Plan, answer: &Answer, key: Option<&Secret>) -> Stop {
    let status = answer.status;
    let error = match (Body::parse(answer.body.expose()), unlike_the_agent(answer)) {
        (Err(_), Some(what)) => foreign(plan, redacted(&what, key), Some(status)),
        (read, _) => {
            let (code, description) =
                read.map(|body| body.agent_error()).unwrap_or_else(|_| (String::new(), shown_bytes(answer.body.expose())));
            let (code, description) = (redacted(&code, key), redacted(&description, key));
            if (400..500).contains(&status) && code.eq_ignore_ascii_case("identity_not_found") {
                ErrorKind::IdentityNotFound { http_status: status, code, description }
            } else {
                ErrorKind::AgentError { http_status: status, code, description }
            }
        }
    };
    if is_busy(status) { Stop::Busy(error, answer.retry_after) } else { Stop::Final(error) }
}

/// What shows that an answer is not the agent's: a redirect, or text that is no JSON. An empty body shows nothing.
fn unlike_the_agent(answer: &Answer) -> Option<String> {
    if (300..400).contains(&answer.status) {
        return Some(format!("the answer is a redirect (HTTP {}), which was not followed", answer.status));
    }
    let body = answer.body.expose();
    // The one text that the agent itself is known to write without JSON.
    let about_versions = answer.status == 400 && body.starts_with(b"The api-version");
    if body.is_empty() || about_versions || looks_like_json(body) {
        return None;
    }
    let kind = if answer.content_type.is_empty() { "of no type".to_owned() } else { format!("of type '{}'", answer.content_type) };
    Some(format!("the answer (HTTP {}, {kind}) is not JSON, as from a proxy or another service", answer.status))
}

/// True for JSON, and for what was meant to be: an agent's own answer may be cut off.
fn looks_like_json(body: &[u8]) -> bool {
    let text = json::without_bom(body).trim_ascii_start();
    text.starts_with(b"{") || text.starts_with(b"[") || json::is_json(body)
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
fn time(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map_or_else(|| format!("{seconds} s"), |time| time.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// The agent's words, without a key that it may have echoed.
fn redacted(text: &str, key: Option<&Secret>) -> String {
    key.map_or_else(|| text.to_owned(), |key| key.redact(text))
}

fn foreign(plan: &Plan, what: String, http_status: Option<u16>) -> ErrorKind {
    ErrorKind::ForeignAnswer { address: address(plan), what, http_status }
}

fn address(plan: &Plan) -> String {
    plan.agent.endpoint.address().to_string()
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

    #[test]
    fn text_that_was_meant_as_json_is_told_from_pages() {
        for text in ["{", "{\"a\":", " \r\n{}", "[1", "\u{feff}{}", "null", "5"] {
            assert!(looks_like_json(text.as_bytes()), "{text}");
        }
        for text in ["", "<html></html>", "Unauthorized", "\u{feff}<"] {
            assert!(!looks_like_json(text.as_bytes()), "{text}");
        }
    }
}
