//! Gets a token: asks, reads the key file that the agent names, and asks again with its content.

use std::path::Path;

use super::agent_pause;
use super::agent_session::AgentSession;
use super::answer_error::{error_from_response, foreign_answer, why_not_agent};
use super::challenge;
use super::key_file;
use super::retry::Retries;
use super::token_answer::token_in;
use super::token_response::Body;
use crate::error::{ErrorKind, KeyFileReason};
use crate::request::validated::ValidatedRequest;
use crate::text::json;
use crate::text::plain::shown;
use crate::token::access_token::AccessToken;
use crate::transport::answer::Answer;
use crate::transport::attempt_error::{AttemptError, Transient};
use crate::trust::key_folder::KeyFolder;
use crate::trust::peer::Peer;
use crate::trust::trusted_users::AgentUsers;

/// Gets a token from the agent of `session`. Tries again where that can help, until the time of the call is up.
pub(crate) fn get_token(request: &ValidatedRequest, session: &AgentSession<'_>) -> Result<AccessToken, ErrorKind> {
    let mut retries = Retries::new(request.wait_for_agent);
    let address = session.agent.endpoint.address();
    loop {
        session.cx.check()?;
        agent_pause::keep(address, session.cx)?;
        match attempt(request, session) {
            Ok(token) => return Ok(token),
            Err(AttemptError { kind, transient }) => {
                let kind = kind.redacted(&session.sent_keys);
                // Other calls get this error, too, and have asked for something else.
                agent_pause::note(address, &kind);
                retries.wait_or_give_up(AttemptError { kind: kind.asked_for(&request.resource), transient }, session.cx)?;
            }
        }
    }
}

/// One pair of requests.
pub(super) fn attempt(request: &ValidatedRequest, session: &AgentSession<'_>) -> Result<AccessToken, AttemptError> {
    require_installed(request)?;
    // Opened once: who is trusted for owning it, and the key, come from the same folder.
    let folder = KeyFolder::open(&request.key_directory);
    let log = &session.cx.log;
    let users = AgentUsers::of(&folder, request.policy)?;
    session.start_pair(&Peer::new(session.agent, &users, request.policy)).map_err(|kind| folder.cause_of(kind))?;
    log.step(format!("Asking the agent for a token for '{}'.", shown(&request.resource)));
    let url = request.url();
    let first = session.send(&url, None)?;
    match first.status {
        200 => return token_in(first, request, session),
        401 if first.headers.challenges.is_empty() && is_of_entra(&first) => return Err(error_from_response(session.agent, &first)),
        401 => (),
        _ => return Err(error_from_response(session.agent, &first)),
    }

    let path = key_path(session, &first)?;
    if let Some(kind) = folder.missing() {
        // An emulator that restarts makes its directory anew, so one more try is made.
        return Err(AttemptError { kind, transient: Some(Transient::KeyVanished) });
    }
    log.step(format!("The agent wants the content of '{}'.", session.sent_keys.redact(&shown(&path))));
    let key = key_file::read(&folder, &users, &path).map_err(|kind| {
        let vanished = matches!(kind, ErrorKind::KeyFileRefused { reason: KeyFileReason::Vanished, .. });
        AttemptError { kind, transient: vanished.then_some(Transient::KeyVanished) }
    })?;

    session.cx.check()?;
    log.step("The key file keeps the rules; asking again with its content.");
    let second = session.send(&url, Some(&key))?;
    match second.status {
        200 => token_in(second, request, session),
        401 if is_of_entra(&second) => Err(error_from_response(session.agent, &second)),
        401 if json::is_json(second.body.expose()) || second.body.expose().is_empty() => {
            Err(AttemptError { kind: key_rejected(session, &second), transient: Some(Transient::KeyRejected) })
        }
        _ => Err(error_from_response(session.agent, &second)),
    }
}

/// While a call waits for the agent, the agent may be removed and come back: an update does that.
pub(crate) fn require_installed(request: &ValidatedRequest) -> Result<(), AttemptError> {
    let installed = if request.wait_for_agent { request.agent.require_installed() } else { Ok(()) };
    installed.map_err(|kind| AttemptError { kind, transient: Some(Transient::Refused) })
}

/// True for a 401 of Microsoft Entra, which comes through the agent: its words decide, and the key is not the reason.
fn is_of_entra(answer: &Answer) -> bool {
    Body::parse(answer.body.expose()).is_ok_and(|body| body.agent_words().entra_error().is_some())
}

/// The error for a 401 after the key.
fn key_rejected(session: &AgentSession<'_>, answer: &Answer) -> ErrorKind {
    let words = Body::parse(answer.body.expose()).map(|body| body.agent_words()).unwrap_or_default();
    ErrorKind::KeyRejected { address: session.agent.address(), words: words.into() }
}

/// The path of the key file, from a 401.
fn key_path(session: &AgentSession<'_>, answer: &Answer) -> Result<String, ErrorKind> {
    let agent = session.agent;
    challenge::key_path(&answer.headers.challenges, |path| Path::new(path).is_absolute()).map_err(|what| {
        // Proxies and other services answer 401, too, with a page.
        match why_not_agent(answer) {
            Some(what) => foreign_answer(agent, what, answer),
            None if what == challenge::NO_PATH && answer.body.expose().is_empty() => {
                foreign_answer(agent, "the answer (HTTP 401) is empty, and asks for a password as web servers do".to_owned(), answer)
            }
            None if what == challenge::WINDOWS_PATH => {
                ErrorKind::WindowsAgent { address: agent.address(), what: "the key file that it names is on Windows".to_owned() }
            }
            None => ErrorKind::BadChallenge { address: agent.address(), what: what.to_owned() },
        }
    })
}
