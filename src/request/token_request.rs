//! `TokenRequest`: the request that Rust programs build. `pending_token.rs` sends it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::wanted::Wanted;
use crate::agent::host_environment::process_variable;

/// A request for a token. Build it, then [`send`](Self::send) or [`start`](Self::start) it, as often as you like, or `await` it.
///
/// One request can serve several resources: `request.clone().resource(another)`. [`default`](Self::default) is for
/// [`DEFAULT_RESOURCE`](crate::DEFAULT_RESOURCE), and on a machine of another cloud for that cloud's Azure Resource Manager.
#[derive(Clone, Debug, Default)]
#[must_use = "a request does nothing until it is sent"]
pub struct TokenRequest(RequestParams);

impl TokenRequest {
    /// A request for a token for `resource`, the audience. It is sent as given, because a trailing slash can matter to the service.
    /// Only a trailing `/.default`, which makes it a scope, is removed.
    pub fn new(resource: impl Into<String>) -> Self {
        Self::default().resource(resource)
    }

    /// Another resource, as for [`new`](Self::new), in place of the one or of the [`service`](Self::service) before. The name of a known
    /// service is no resource: it is an `InvalidArgument` when the request is sent.
    pub fn resource(mut self, resource: impl Into<String>) -> Self {
        self.0.wanted = Wanted::Resource(resource.into());
        self
    }

    /// The service with this name, such as `KeyVault`, in place of a resource. [`audiences`](crate::audiences) has all names.
    ///
    /// Its audience is that of the public cloud. If Microsoft Entra does not know it (AADSTS500011), the agent is asked which cloud the
    /// machine is in, and a token is asked for once more, for that cloud's audience. The cloud is remembered for the process.
    pub fn service(mut self, name: impl Into<String>) -> Self {
        self.0.wanted = Wanted::Service(name.into());
        self
    }

    /// The cloud in which the service is looked up, by any [name](crate::Cloud): then it is that cloud's audience and no other. Only for
    /// a [`service`](Self::service), or for Azure Resource Manager where neither it nor a resource is given.
    pub fn environment(mut self, cloud: impl Into<String>) -> Self {
        self.0.environment = Some(cloud.into());
        self
    }

    /// The agent's address, instead of looking for the agent. Must be plain HTTP on the loopback interface.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.0.endpoint = Some(url.into());
        self
    }

    /// Another directory of key files than the installed agent's. Only together with [`endpoint`](Self::endpoint).
    pub fn key_directory(mut self, path: impl Into<PathBuf>) -> Self {
        self.0.key_directory = Some(path.into());
        self
    }

    /// Another `api-version` than `2020-06-01`.
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.0.api_version = Some(version.into());
        self
    }

    /// The user-assigned identity with this client id, instead of the machine's own identity. Needs agent 1.66 or later.
    pub fn client_id(mut self, id: impl Into<String>) -> Self {
        self.0.client_id = Some(id.into());
        self
    }

    /// The user-assigned identity with this object id (principal id).
    pub fn object_id(mut self, id: impl Into<String>) -> Self {
        self.0.object_id = Some(id.into());
        self
    }

    /// The user-assigned identity with this Azure resource id.
    pub fn identity_resource_id(mut self, id: impl Into<String>) -> Self {
        self.0.identity_resource_id = Some(id.into());
        self
    }

    /// The time for the whole call, from start to token; 60 seconds if not set. More than zero and at most a day (86,400 seconds):
    /// anything else is an `InvalidArgument` when the request is sent.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.0.timeout = Some(time);
        self
    }

    /// Asks the agent for a new token, not for one in the agent's cache, so that changed roles count at once. Needs agent 1.66 or later.
    pub fn force_refresh(mut self, force: bool) -> Self {
        self.0.force_refresh = force;
        self
    }

    /// Makes it an error when the system does not say who answers (Linux: neither netlink nor `/proc/net/tcp` can be used).
    /// Otherwise that is a [warning](crate::Log::warnings). The variable `ARC_TOKEN_REQUIRE_IDENTIFIED_AGENT` does the same.
    pub fn require_identified_agent(mut self, require: bool) -> Self {
        self.0.require_identified_agent = require;
        self
    }

    /// In a user namespace without a number for the agent's user (a rootless container): trusts every user without a number.
    /// Then any user of the machine can take the agent's place, and each call has a [warning](crate::Log::warnings).
    pub fn allow_unidentified_agent(mut self, allow: bool) -> Self {
        self.0.allow_unidentified_agent = allow;
        self
    }

    /// Waits for an agent that is not there yet, at boot or while it is updated: keeps trying within the [time](Self::timeout), as long
    /// as the agent is not installed, takes no connection, breaks off, or is busy. Each try makes all checks anew; an answer of anybody
    /// else ends the wait. [`check`](crate::check) does not wait.
    pub fn wait_for_agent(mut self, wait: bool) -> Self {
        self.0.wait_for_agent = wait;
        self
    }

    /// An environment variable by which the agent is found. After the first of them, this request uses no variable of the process. For
    /// programs that keep variables of their own, as .NET does. `ARC_TOKEN_REQUIRE_IDENTIFIED_AGENT` counts in both places.
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let variables = &mut self.0.variables.get_or_insert_default().0;
        let name = name.into();
        variables.retain(|(known, _)| *known != name);
        variables.push((name, value.into()));
        self
    }

    /// The values of this request.
    pub(crate) fn params(&self) -> &RequestParams {
        &self.0
    }
}

/// The values as the caller gave them. Nothing is checked yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestParams {
    pub(crate) wanted: Wanted,
    /// The cloud of the service.
    pub(crate) environment: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) key_directory: Option<PathBuf>,
    pub(crate) api_version: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) object_id: Option<String>,
    pub(crate) identity_resource_id: Option<String>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) force_refresh: bool,
    pub(crate) require_identified_agent: bool,
    pub(crate) allow_unidentified_agent: bool,
    pub(crate) wait_for_agent: bool,
    /// The variables in place of the process's.
    pub(crate) variables: Option<Variables>,
}

/// Names and values of environment variables. Some of them are secrets.
#[derive(Clone, Default)]
pub(crate) struct Variables(Vec<(String, String)>);

impl fmt::Debug for Variables {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl RequestParams {
    /// An environment variable, as this request sees it.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        match &self.variables {
            Some(variables) => variables.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()),
            None => process_variable(name),
        }
    }
}
