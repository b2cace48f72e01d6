//! Makes errors of answers, and recognizes answers that do not come from the agent.

use super::token_response::Body;
use crate::agent::locate::LocatedAgent;
use crate::error::{AgentWords, ErrorKind};
use crate::text::json;
use crate::text::plain::shown_bytes;
use crate::transport::answer::Answer;
use crate::transport::attempt_error::{AttemptError, Transient};

/// The error for an answer with an unexpected status: the agent's own error, or that another program answered.
pub(crate) fn error_from_response(agent: &LocatedAgent, answer: &Answer) -> AttemptError {
    let status = answer.status;
    let kind = match (Body::parse(answer.body.expose()), why_not_agent(answer)) {
        (Err(_), Some(what)) => foreign_answer(agent, what, answer),
        (read, _) => {
            let words = read
                .map(|body| body.agent_words())
                .unwrap_or_else(|_| AgentWords { description: shown_bytes(answer.body.expose()), ..AgentWords::default() });
            if (400..500).contains(&status) && words.code.eq_ignore_ascii_case("identity_not_found") {
                ErrorKind::IdentityNotFound { http_status: status, words: words.into() }
            } else {
                ErrorKind::AgentError { http_status: status, words: words.into(), retry_after: answer.headers.retry_after, resource: None }
            }
        }
    };
    let transient = is_busy(status).then_some(Transient::Busy(answer.headers.retry_after));
    AttemptError { kind, transient }
}

/// The reason why an answer cannot be the agent's: it is a redirect, or its text is not JSON. The agent may send an empty body.
pub(crate) fn why_not_agent(answer: &Answer) -> Option<String> {
    if (300..400).contains(&answer.status) {
        return Some(format!("the answer is a redirect (HTTP {}), which was not followed", answer.status));
    }
    let body = answer.body.expose();
    // The only known text of the agent that is not JSON.
    let about_versions = answer.status == 400 && body.starts_with(b"The api-version");
    if body.is_empty() || about_versions || looks_like_json(body) {
        return None;
    }
    let kind =
        if answer.headers.content_type.is_empty() { "of no type".to_owned() } else { format!("of type '{}'", answer.headers.content_type) };
    Some(format!("the answer (HTTP {}, {kind}) is not JSON, as from a proxy or another service", answer.status))
}

/// True for JSON, even if it is cut off, as the agent's own answer can be.
pub(crate) fn looks_like_json(body: &[u8]) -> bool {
    let text = json::without_bom(body).trim_ascii_start();
    text.starts_with(b"{") || text.starts_with(b"[") || json::is_json(body)
}

/// The error for an answer of another program.
pub(crate) fn foreign_answer(agent: &LocatedAgent, what: String, answer: &Answer) -> ErrorKind {
    ErrorKind::ForeignAnswer { address: agent.address(), what, http_status: Some(answer.status), key_sent: answer.to_key }
}

/// True for the statuses after which another try may succeed.
fn is_busy(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
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

    #[test]
    fn only_passing_troubles_are_tried_again() {
        for status in [408, 429, 500, 502, 503, 504, 599] {
            assert!(is_busy(status), "{status}");
        }
        for status in [200, 302, 400, 401, 403, 404, 405, 410, 600] {
            assert!(!is_busy(status), "{status}");
        }
    }
}
