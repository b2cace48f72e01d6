//! `AgentStatus`: the agent's state and version. The agent gives them to every process on the machine, without a key.

use std::time::{Duration, Instant};

use crate::error::ErrorKind;
use crate::exchange::agent_session::AgentSession;
use crate::exchange::answer_error::{error_from_response, why_not_agent};
use crate::text::json;
use crate::text::plain::shown;

/// The time limit of this request. It is shorter than that of a token, because the agent answers at once.
const STATUS_TIMEOUT: Duration = Duration::from_secs(5);

/// The body of a 404 by the web server of Go, in which the agent is written.
const NOT_FOUND: &[u8] = b"404 page not found";

/// The agent's state, as the agent gives it.
#[derive(Debug, Default)]
pub(crate) struct AgentStatus {
    /// `Connected` is the only good state.
    pub(crate) status: Option<String>,
    pub(crate) version: Option<String>,
}

/// Asks the agent, and asks again if the connection breaks: some programs close it after each answer without a `Connection: close`.
pub(crate) fn get(session: &AgentSession<'_>) -> Result<AgentStatus, ErrorKind> {
    let until = session.cx.deadline().min(Instant::now() + STATUS_TIMEOUT);
    let url = session.agent.endpoint.beside("/agentstatus", []);
    let answer = match session.send_until(&url, until) {
        Err(error) if error.is_busy() => session.send_until(&url, until),
        other => other,
    };
    let answer = answer.map_err(|error| error.kind)?;
    // The web server of an older agent answers with a text that is not JSON. Other web servers have pages of their own.
    let is_agents = answer.body.expose().trim_ascii() == NOT_FOUND || why_not_agent(&answer).is_none();
    if answer.status == 404 && is_agents {
        return Err(ErrorKind::AgentError { http_status: 404, words: Box::default(), retry_after: None, resource: None });
    }
    if answer.status != 200 || why_not_agent(&answer).is_some() {
        return Err(error_from_response(session.agent, &answer).kind);
    }
    read(answer.body.expose()).map_err(|what| ErrorKind::BadResponse { what })
}

/// Reads the answer. The documentation has only the member `status`; the name `agentVersion` is that of `azcmagent show`.
pub(crate) fn read(body: &[u8]) -> Result<AgentStatus, String> {
    let document = json::parse(body)?;
    let text = |name: &str| document.get(name)?.as_str().map(shown).filter(|text| !text.is_empty());
    Ok(AgentStatus { status: text("status"), version: text("agentVersion") })
}
