//! What the agent says about itself, to every process on the machine, without a key.

use std::time::{Duration, Instant};

use crate::ask::{ask_until, refusal, unlike_the_agent};
use crate::discovery::Agent;
use crate::error::ErrorKind;
use crate::json;
use crate::retry::Stop;
use crate::run::Run;
use crate::text::shown;

/// The agent has this at hand, so it is not waited for as long as for a token.
const PATIENCE: Duration = Duration::from_secs(5);

/// The agent's own account.
#[derive(Debug, Default)]
pub(crate) struct AgentStatus {
    /// `Connected` when all is well.
    pub(crate) status: Option<String>,
    pub(crate) version: Option<String>,
    /// The agent's clock, in Unix seconds.
    pub(crate) date: Option<i64>,
}

/// Asks, and once more if the connection breaks: some who answer close it after each answer without saying so.
pub(crate) fn get<T>(agent: &Agent, run: &Run<T>) -> Result<AgentStatus, ErrorKind> {
    let until = run.deadline().min(Instant::now() + PATIENCE);
    let url = agent.endpoint.beside("/agentstatus", []);
    let refused = |stop: Stop| stop.into_error();
    let answer = match ask_until(agent, &url, run, until) {
        Err(Stop::Busy(..)) => ask_until(agent, &url, run, until),
        answered => answered,
    };
    let answer = answer.map_err(refused)?;
    if answer.status == 404 {
        // Its web server's own words, which are no JSON: an agent that does not know the question.
        return Err(ErrorKind::AgentError { http_status: 404, code: String::new(), description: String::new() });
    }
    if answer.status != 200 || unlike_the_agent(&answer).is_some() {
        return Err(refused(refusal(agent, &answer)));
    }
    let status = read(answer.body.expose()).map_err(|what| ErrorKind::BadResponse { what })?;
    Ok(AgentStatus { date: answer.date, ..status })
}

/// Only the member `status` is known from documents; the version's name is the one that `azcmagent show` gives it.
pub(crate) fn read(body: &[u8]) -> Result<AgentStatus, String> {
    let document = json::parse(body)?;
    let text = |name: &str| document.get(name)?.as_str().map(shown).filter(|text| !text.is_empty());
    Ok(AgentStatus { status: text("status"), version: text("agentVersion"), date: None })
}
