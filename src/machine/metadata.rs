//! `ArcMachine`: the machine's metadata. The agent gives it to every process on the machine: no key is needed.

use serde_json::Value;

use super::agent_status::{self, AgentStatus};
use crate::agent::host_environment::HostEnvironment;
use crate::agent::locate::LocatedAgent;
use crate::error::agent::Agent;
use crate::error::{Error, ErrorKind};
use crate::exchange::agent_session::AgentSession;
use crate::exchange::answer_error::{error_from_response, foreign_answer, why_not_agent};
use crate::exchange::get_token::require_installed;
use crate::exchange::retry::Retries;
use crate::log::Log;
use crate::request::machine_request::MachineRequest;
use crate::request::token_request::RequestParams;
use crate::request::validated::ValidatedRequest;
use crate::task::background_task::BackgroundTask;
use crate::text::json;
use crate::text::plain::{shown, without_controls};
use crate::transport::answer::Answer;
use crate::transport::attempt_error::AttemptError;
use crate::trust::key_folder::KeyFolder;
use crate::trust::peer::Peer;
use crate::trust::trusted_users::AgentUsers;

/// The machine's metadata, as the agent gives it. Values that the agent does not give are absent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ArcMachine {
    /// The machine's name in Azure.
    pub name: Option<String>,
    /// Its Azure resource id.
    pub resource_id: Option<String>,
    /// The subscription it is in.
    pub subscription_id: Option<String>,
    /// The resource group it is in.
    pub resource_group: Option<String>,
    /// The Azure region.
    pub location: Option<String>,
    /// The cloud: `AzurePublicCloud` and others.
    pub environment: Option<String>,
    /// `Linux` or `Windows`.
    pub os_type: Option<String>,
    /// The machine's own id.
    pub vm_id: Option<String>,
    /// Names and values, in the agent's order.
    pub tags: Vec<(String, String)>,
    /// The agent's state: `Connected`, or a word for another state.
    pub agent_status: Option<String>,
    /// The agent's version.
    pub agent_version: Option<String>,
    /// The agent that was asked.
    pub agent: Agent,
    /// The steps taken.
    pub log: Log,
}

/// Asks the agent for the machine's metadata, blocking this thread for at most a minute.
///
/// # Errors
/// Those of [`MachineRequest::send`].
pub fn machine() -> Result<ArcMachine, Error> {
    MachineRequest::new().send()
}

impl MachineRequest {
    /// Asks the agent, blocking this thread.
    ///
    /// # Errors
    /// The errors of [`TokenRequest::send`](crate::TokenRequest::send) without those about keys and identities.
    pub fn send(&self) -> Result<ArcMachine, Error> {
        start(self.params())?.wait_to_the_end()
    }
}

/// Starts to ask the agent, and returns at once.
pub(crate) fn start(params: &RequestParams) -> Result<BackgroundTask<ArcMachine>, Error> {
    let log = Log::new();
    let variable = |name: &str| params.variable(name);
    let host = HostEnvironment::with_variables(&variable);
    let request = ValidatedRequest::new(params, &host, &log).map_err(|kind| Error::new(kind, None, log.clone()))?;
    let failed = {
        let (origin, log) = (request.agent.origin(), log.clone());
        move |kind| Error::new(kind, Some(origin.clone()), log.clone())
    };
    let late = failed.clone();
    BackgroundTask::start(
        params.timeout,
        &log,
        move |cx| get(&request, &AgentSession::new_accepted(&request.agent, cx)),
        failed,
        move |limit| Err(late(ErrorKind::Timeout { limit, waiting_for: "waiting for the agent's answer" })),
    )
}

fn get(request: &ValidatedRequest, session: &AgentSession<'_>) -> Result<ArcMachine, ErrorKind> {
    let mut retries = Retries::new(request.wait_for_agent);
    loop {
        session.cx.check()?;
        match attempt(request, session) {
            Ok(document) => return Ok(read(&document, status(session), session.agent, &session.cx.log)),
            Err(error) => retries.wait_or_give_up(error, session.cx)?,
        }
    }
}

fn attempt(request: &ValidatedRequest, session: &AgentSession<'_>) -> Result<Value, AttemptError> {
    require_installed(request)?;
    let folder = KeyFolder::open(&request.key_directory);
    let users = AgentUsers::of(&folder, request.policy)?;
    session.start_pair(&Peer::new(session.agent, &users, request.policy)).map_err(|kind| folder.cause_of(kind))?;
    session.cx.log.step("Asking the agent about the machine.");
    let url = session.agent.endpoint.beside("/metadata/instance", [("api-version", request.api_version.as_str())]);
    let answer = session.send(&url, None)?;
    if answer.status != 200 {
        return Err(error_from_response(session.agent, &answer));
    }
    Ok(compute(session.agent, &answer)?)
}

/// The name of the cloud that the machine is in, if the agent tells it. Asked for once, over a session that takes no key.
pub(crate) fn environment(request: &ValidatedRequest, session: &AgentSession<'_>) -> Result<Option<String>, ErrorKind> {
    let document = attempt(request, session).map_err(|error| error.kind)?;
    Ok(document.get("azEnvironment").and_then(text))
}

/// The part of the answer that is about the machine.
fn compute(agent: &LocatedAgent, answer: &Answer) -> Result<Value, ErrorKind> {
    let body = answer.body.expose();
    if body.is_empty() {
        return Err(ErrorKind::BadResponse { what: "it is empty".to_owned() });
    }
    if let Some(what) = why_not_agent(answer) {
        return Err(foreign_answer(agent, what, answer));
    }
    compute_in(body).map_err(|what| ErrorKind::BadResponse { what })
}

pub(crate) fn compute_in(body: &[u8]) -> Result<Value, String> {
    match json::parse(body)?.get_mut("compute").map(Value::take) {
        Some(compute) if compute.as_object().is_some_and(|compute| !compute.is_empty()) => Ok(compute),
        _ => Err("it says nothing about the machine (there is no object 'compute', or nothing in it)".to_owned()),
    }
}

/// The agent's state. Empty if the agent does not give it: the metadata is still of use.
fn status(session: &AgentSession<'_>) -> AgentStatus {
    agent_status::get(session).unwrap_or_else(|error| {
        session.cx.log.step(format!("The agent does not tell its own state: {error}"));
        AgentStatus::default()
    })
}

fn read(compute: &Value, agent: AgentStatus, from: &LocatedAgent, log: &Log) -> ArcMachine {
    let text = |name: &str| text(compute.get(name)?);
    let machine = ArcMachine {
        name: text("name"),
        resource_id: text("resourceId"),
        subscription_id: text("subscriptionId"),
        resource_group: text("resourceGroupName"),
        location: text("location"),
        environment: text("azEnvironment"),
        os_type: text("osType"),
        vm_id: text("vmId"),
        tags: tags(compute),
        agent_status: agent.status,
        agent_version: agent.version,
        agent: from.origin(),
        log: log.clone(),
    };
    log.step(format!("The machine is '{}'.", shown(machine.name.as_deref().unwrap_or_default())));
    machine
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(without_controls)
}

/// The tags in `tagsList`. Older agents have only the text `tags`, in which a semicolon in a value looks like the end of the tag.
pub(crate) fn tags(compute: &Value) -> Vec<(String, String)> {
    if let Some(list) = compute.get("tagsList").and_then(Value::as_array) {
        let pair = |tag: &Value| Some((text(tag.get("name")?)?, tag.get("value").and_then(text).unwrap_or_default()));
        return list.iter().filter_map(pair).collect();
    }
    let listed = compute.get("tags").and_then(text).unwrap_or_default();
    let pair = |tag: &str| tag.split_once(':').map(|(name, value)| (name.to_owned(), value.to_owned()));
    listed.split(';').filter_map(pair).filter(|(name, _)| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pairs(compute: Value) -> Vec<(String, String)> {
        tags(&compute)
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn tags_come_from_the_list_in_its_order() {
        let list = json!([{ "name": "b", "value": "1;2:3" }, { "name": "a" }, { "value": "x" }, { "name": "c", "value": "e\u{1b}[m" }]);
        let expected = [pair("b", "1;2:3"), pair("a", ""), pair("c", "e?[m")];
        assert_eq!(pairs(json!({ "tagsList": list, "tags": "other:1" })), expected);
        assert_eq!(pairs(json!({ "tagsList": [], "tags": "other:1" })), []);
    }

    #[test]
    fn an_older_agents_tags_come_from_the_text() {
        assert_eq!(pairs(json!({ "tags": "b:1:2;a:;;:x;c" })), [pair("b", "1:2"), pair("a", "")]);
        assert_eq!(pairs(json!({ "tags": "" })), []);
        assert_eq!(pairs(json!({})), []);
        assert_eq!(pairs(json!({ "tags": 5, "tagsList": "x" })), []);
    }
}
