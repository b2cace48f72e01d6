//! The machine's metadata, which its agent tells to every process on the machine: no key is needed.

use serde_json::Value;

use crate::agent_status::{self, AgentStatus};
use crate::ask::{ask, foreign, refusal, unlike_the_agent};
use crate::discovery::{Agent, Machine};
use crate::error::{Error, ErrorKind};
use crate::http::Answer;
use crate::json;
use crate::log::Log;
use crate::peer::Peer;
use crate::plan::{Plan, Wishes};
use crate::request::TokenRequest;
use crate::retry::{Retries, Stop};
use crate::run::Run;
use crate::text::{shown, without_controls};
use crate::work::PendingWork;

/// What the agent says about the machine it runs on. What it does not tell is absent.
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
    /// `Connected`, or what else the agent calls its state.
    pub agent_status: Option<String>,
    /// The agent's version.
    pub agent_version: Option<String>,
    /// The address that was asked.
    pub endpoint: String,
    /// What named that address.
    pub endpoint_source: String,
    /// The steps taken.
    pub log: Log,
}

/// Asks the agent for the machine's metadata, blocking this thread. Of `request` the endpoint, the API version and the time
/// count; the rest is for tokens.
///
/// # Errors
/// As for [`TokenRequest::send`], but for those about keys and identities.
pub fn machine(request: &TokenRequest) -> Result<ArcMachine, Error> {
    start(request.wishes())?.wait_to_the_end()
}

/// Begins to ask, and returns at once.
pub(crate) fn start(wishes: &Wishes) -> Result<PendingWork<ArcMachine>, Error> {
    let log = Log::new();
    let plan = Plan::new(wishes, &Machine::this(), &log).map_err(|kind| Error::new(kind, None, log.clone()))?;
    let (agent, late_log) = (plan.agent.clone(), log.clone());
    let work = move |run: &Run<ArcMachine>| {
        let failed = |kind| Error::new(kind, Some(plan.agent.clone()), run.log.clone());
        get(&plan, run).map_err(failed)
    };
    PendingWork::start(wishes.timeout, &log, work, move |limit| {
        let kind = ErrorKind::Timeout { limit, waiting_for: "waiting for the agent's answer" };
        Err(Error::new(kind, Some(agent.clone()), late_log.clone()))
    })
}

fn get(plan: &Plan, run: &Run<ArcMachine>) -> Result<ArcMachine, ErrorKind> {
    let mut retries = Retries::default();
    loop {
        run.check()?;
        match attempt(plan, run) {
            Ok(document) => return Ok(read(&document, status(plan, run), &plan.agent, &run.log)),
            Err(stop) => retries.next(stop, run)?,
        }
    }
}

fn attempt(plan: &Plan, run: &Run<ArcMachine>) -> Result<Value, Stop> {
    run.admit(&Peer::new(&plan.agent, &plan.key_directory))?;
    run.log.step("Asking the agent about the machine.");
    let url = plan.agent.endpoint.beside("/metadata/instance", [("api-version", plan.api_version.as_str())]);
    let answer = ask(&plan.agent, &url, None, run)?;
    if answer.status != 200 {
        return Err(refusal(&plan.agent, &answer));
    }
    Ok(compute(&plan.agent, &answer)?)
}

/// The part of the document that is about the machine.
fn compute(agent: &Agent, answer: &Answer) -> Result<Value, ErrorKind> {
    let body = answer.body.expose();
    if body.is_empty() {
        return Err(ErrorKind::BadResponse { what: "it is empty".to_owned() });
    }
    if let Some(what) = unlike_the_agent(answer) {
        return Err(foreign(agent, what, Some(answer.status)));
    }
    compute_in(body).map_err(|what| ErrorKind::BadResponse { what })
}

pub(crate) fn compute_in(body: &[u8]) -> Result<Value, String> {
    match json::parse(body)?.get_mut("compute").map(Value::take) {
        Some(compute) if compute.as_object().is_some_and(|compute| !compute.is_empty()) => Ok(compute),
        _ => Err("it says nothing about the machine (there is no object 'compute', or nothing in it)".to_owned()),
    }
}

/// Agents that tell nothing about themselves tell about the machine all the same.
fn status(plan: &Plan, run: &Run<ArcMachine>) -> AgentStatus {
    agent_status::get(&plan.agent, run).unwrap_or_else(|error| {
        run.log.step(format!("The agent does not tell its own state: {error}"));
        AgentStatus::default()
    })
}

fn read(compute: &Value, agent: AgentStatus, from: &Agent, log: &Log) -> ArcMachine {
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
        endpoint: from.endpoint.to_string(),
        endpoint_source: from.source.to_string(),
        log: log.clone(),
    };
    log.step(format!("The machine is '{}'.", shown(machine.name.as_deref().unwrap_or_default())));
    machine
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(without_controls)
}

/// `tagsList` where there is one: in the one text `tags` a value with a semicolon in it cannot be told from two tags.
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
