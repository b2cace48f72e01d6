//! Asks the agent one thing, and tells its answers from those of others.

use std::time::Instant;

use reqwest::Url;

use crate::discovery::Agent;
use crate::error::ErrorKind;
use crate::http::Answer;
use crate::json;
use crate::no_answer::NoAnswer;
use crate::retry::{Stop, is_busy};
use crate::run::Run;
use crate::secret::Secret;
use crate::text::shown_bytes;
use crate::token_response::Body;

/// Sends one request, and reads the whole answer, whatever its status.
pub(crate) fn ask<T>(agent: &Agent, url: &Url, key: Option<&Secret>, run: &Run<T>) -> Result<Answer, Stop> {
    outcome(agent, run, run.http.get(url, key, &|| run.wanted_until()))
}

/// The same without a key, with less time than the run has.
pub(crate) fn ask_until<T>(agent: &Agent, url: &Url, run: &Run<T>, until: Instant) -> Result<Answer, Stop> {
    let asked = run.http.get(url, None, &|| run.wanted_until().map(|deadline| deadline.min(until)));
    outcome(agent, run, asked)
}

fn outcome<T>(agent: &Agent, run: &Run<T>, asked: Result<Answer, NoAnswer>) -> Result<Answer, Stop> {
    let not_running = |what: &str| ErrorKind::AgentNotRunning { address: address(agent), what: what.to_owned() };
    let error = match asked {
        Ok(mut answer) => {
            // It is shown, and whoever answers may have put there what was sent to them.
            answer.content_type = run.sent.redact(&answer.content_type);
            run.log.detail(format!("HTTP {}, {} bytes of '{}'.", answer.status, answer.body.expose().len(), answer.content_type));
            return Ok(answer);
        }
        Err(error) => error,
    };
    run.log.detail(format!("No answer: {error:?}."));
    Err(match error {
        NoAnswer::Refused => Stop::Refused(not_running("the connection is refused")),
        NoAnswer::Broken(what) => Stop::Busy(not_running(&format!("it takes the connection, but does not answer ({what})")), None),
        NoAnswer::Stranger(error) => Stop::Final(error),
        NoAnswer::Truncated => Stop::Busy(ErrorKind::BadResponse { what: "it broke off before its end".to_owned() }, None),
        NoAnswer::TimedOut => {
            let error = run.timed_out("waiting for the agent's answer");
            // A request may have less time than the run.
            if run.remaining().is_zero() { Stop::Final(error) } else { Stop::Busy(error, None) }
        }
        NoAnswer::Unwanted => Stop::Final(ErrorKind::Cancelled),
        NoAnswer::TooLarge => Stop::Final(ErrorKind::BadResponse { what: "it is larger than any answer of the agent's".to_owned() }),
        NoAnswer::NotHttp => Stop::Final(foreign(agent, "it does not speak HTTP".to_owned(), None)),
        NoAnswer::NoClient(what) => Stop::Final(ErrorKind::Internal { what }),
    })
}

/// An answer that is not the one asked for: the agent's error, or another's answer.
pub(crate) fn refusal(agent: &Agent, answer: &Answer) -> Stop {
    let status = answer.status;
    let error = match (Body::parse(answer.body.expose()), unlike_the_agent(answer)) {
        (Err(_), Some(what)) => foreign(agent, what, Some(status)),
        (read, _) => {
            let (code, description) =
                read.map(|body| body.agent_error()).unwrap_or_else(|_| (String::new(), shown_bytes(answer.body.expose())));
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
pub(crate) fn unlike_the_agent(answer: &Answer) -> Option<String> {
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
pub(crate) fn looks_like_json(body: &[u8]) -> bool {
    let text = json::without_bom(body).trim_ascii_start();
    text.starts_with(b"{") || text.starts_with(b"[") || json::is_json(body)
}

pub(crate) fn foreign(agent: &Agent, what: String, http_status: Option<u16>) -> ErrorKind {
    ErrorKind::ForeignAnswer { address: address(agent), what, http_status }
}

pub(crate) fn address(agent: &Agent) -> String {
    agent.endpoint.address().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

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
