//! `ValidatedRequest`: a request with checked values, all rules for these values, and the request's key in the cache.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use reqwest::Url;

use super::token_request::RequestParams;
use super::wanted::{Chosen, Identity, audience, check_text, invalid};
use crate::agent::endpoint::Endpoint;
use crate::agent::host_environment::HostEnvironment;
use crate::agent::locate::{self, LocatedAgent};
use crate::agent::source::Source;
use crate::error::ErrorKind;
use crate::log::Log;
use crate::sys;
use crate::trust::policy::PeerPolicy;

/// The oldest version that all client libraries use. Agents before 2023 refuse `2021-02-01`.
pub(crate) const API_VERSION: &str = "2020-06-01";

/// A request that may be sent. [`CacheKey`] has the fields that the answer depends on.
#[derive(Clone, Debug)]
pub(crate) struct ValidatedRequest {
    pub(crate) agent: LocatedAgent,
    /// The directory of the agent's key files.
    pub(crate) key_directory: PathBuf,
    pub(crate) api_version: String,
    pub(crate) resource: String,
    /// The service, if the resource is only its default: on a machine of another cloud it is another one.
    pub(crate) default_of: Option<&'static str>,
    pub(crate) identity: Identity,
    pub(crate) force_refresh: bool,
    pub(crate) policy: PeerPolicy,
    /// True to wait for an agent that is not there yet.
    pub(crate) wait_for_agent: bool,
    /// The user that the caller acts as.
    user: u32,
}

/// The key of a request in the cache. Requests with equal keys get the same token. The fields that differ most come first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct CacheKey<'a> {
    resource: &'a str,
    /// What is asked for by default can have another cloud's token.
    default_of: Option<&'static str>,
    identity: &'a Identity,
    /// A process may change its user, and then may no longer be allowed to get a token.
    user: u32,
    endpoint: &'a Endpoint,
    /// Other users may answer at an address that the caller gave.
    named_by_caller: bool,
    api_version: &'a str,
    /// Each policy trusts other users.
    policy: PeerPolicy,
    key_directory: &'a Path,
}

impl<'a> CacheKey<'a> {
    /// Names every field, so that a new one does not compile here: a forgotten field would give a request the token of another one.
    fn of(request: &'a ValidatedRequest) -> Self {
        let ValidatedRequest {
            agent: LocatedAgent { endpoint, source },
            key_directory,
            api_version,
            resource,
            default_of,
            identity,
            force_refresh: _, // The new token takes the place of the old one.
            policy,
            wait_for_agent: _, // It only takes longer.
            user,
        } = request;
        let named_by_caller = *source == Source::Caller;
        let default_of = *default_of;
        Self { endpoint, named_by_caller, key_directory, api_version, resource, default_of, identity, policy: *policy, user: *user }
    }
}

/// Requests are equal when the agent answers them alike.
impl PartialEq for ValidatedRequest {
    fn eq(&self, other: &Self) -> bool {
        CacheKey::of(self) == CacheKey::of(other)
    }
}

impl Eq for ValidatedRequest {}

impl Ord for ValidatedRequest {
    fn cmp(&self, other: &Self) -> Ordering {
        CacheKey::of(self).cmp(&CacheKey::of(other))
    }
}

impl PartialOrd for ValidatedRequest {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl ValidatedRequest {
    /// Checks the values, then finds the agent. Sends nothing.
    pub(crate) fn new(params: &RequestParams, host: &HostEnvironment<'_>, log: &Log) -> Result<Self, ErrorKind> {
        let Chosen { resource, default_of } = Self::validate(params)?;
        // Names every field: a value that is forgotten here would be ignored without a word.
        let RequestParams {
            wanted: _, // The resource.
            environment: _,
            endpoint,
            key_directory,
            api_version,
            client_id: _, // The identity.
            object_id: _,
            identity_resource_id: _,
            timeout: _, // The limit of the task, not of the request.
            force_refresh,
            require_identified_agent: _, // The policy.
            allow_unidentified_agent: _,
            wait_for_agent,
            variables: _, // The host.
        } = params;
        let key_directory = key_directory.clone().or_else(sys::key_directory);
        Ok(Self {
            agent: match locate::find(endpoint.as_deref(), host, log) {
                // Each try looks whether it is there by now.
                Err(ErrorKind::AgentNotInstalled { .. }) if *wait_for_agent => LocatedAgent::usual(),
                found => found?,
            },
            key_directory: key_directory.ok_or_else(|| ErrorKind::Internal { what: sys::NO_KEY_DIRECTORY.to_owned() })?,
            api_version: api_version.clone().unwrap_or_else(|| API_VERSION.to_owned()),
            resource: resource.to_owned(),
            default_of,
            identity: identity(params)?,
            force_refresh: *force_refresh,
            policy: policy(params, host)?,
            wait_for_agent: *wait_for_agent,
            user: sys::effective_uid(),
        })
    }

    /// Checks the values that need no agent for this. Returns the audience.
    pub(crate) fn validate(params: &RequestParams) -> Result<Chosen<'_>, ErrorKind> {
        let chosen = audience(&params.wanted, params.environment.as_deref())?;
        identity(params)?;
        let api_version = params.api_version.as_deref().unwrap_or(API_VERSION);
        if api_version.is_empty() || !api_version.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b)) {
            return Err(invalid("The API version has a character in it that none has", "Give a version such as '2020-06-01', or none."));
        }
        if params.key_directory.is_some() && params.endpoint.is_none() {
            let advice = "Give the endpoint as well: another key directory is only for another agent, such as an emulator.";
            return Err(invalid("A key directory was given without an endpoint", advice));
        }
        if params.key_directory.as_deref().is_some_and(|path| !path.is_absolute()) {
            return Err(invalid("The key directory is not an absolute path", "Give the whole path of the directory."));
        }
        Ok(chosen)
    }

    /// The same request for another resource.
    pub(crate) fn for_resource(&self, resource: &str) -> Self {
        Self { resource: resource.to_owned(), ..self.clone() }
    }

    /// The URL of the request.
    pub(crate) fn url(&self) -> Url {
        let required = [("api-version", self.api_version.as_str()), ("resource", self.resource.as_str())];
        // Agents from 1.66 on make a new token for this parameter; older ones ignore it.
        let fresh = self.force_refresh.then_some(("bypass_cache", "true"));
        self.agent.endpoint.with_query(required.into_iter().chain(self.identity.selector()).chain(fresh))
    }
}

fn identity(params: &RequestParams) -> Result<Identity, ErrorKind> {
    const ADVICE: &str = "Give one id of the user-assigned identity, or none for the machine's own identity.";
    let ids = [
        ("The client id", &params.client_id),
        ("The object id", &params.object_id),
        ("The identity's resource id", &params.identity_resource_id),
    ];
    for (name, id) in ids {
        if let Some(id) = id {
            check_text(name, id, ADVICE)?;
        }
    }
    match (params.client_id.clone(), params.object_id.clone(), params.identity_resource_id.clone()) {
        (None, None, None) => Ok(Identity::SystemAssigned),
        (Some(id), None, None) => Ok(Identity::ClientId(id)),
        (None, Some(id), None) => Ok(Identity::ObjectId(id)),
        (None, None, Some(id)) => Ok(Identity::ResourceId(id)),
        _ => Err(invalid("More than one of client id, object id and identity resource id was given", ADVICE)),
    }
}

/// What the caller says, or the environment's variable if that is stricter.
fn policy(params: &RequestParams, host: &HostEnvironment<'_>) -> Result<PeerPolicy, ErrorKind> {
    let given = match (params.require_identified_agent, params.allow_unidentified_agent) {
        (true, true) => return Err(invalid("An identified agent is required, and an unidentified one is allowed", "Give one of the two.")),
        (true, false) => PeerPolicy::RequireIdentified,
        (false, true) => PeerPolicy::AllowUnidentified,
        (false, false) => PeerPolicy::Usual,
    };
    Ok(given.or_stricter(host))
}

#[cfg(test)]
#[path = "validated_tests.rs"]
mod tests;
