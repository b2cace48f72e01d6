//! What a caller asks for.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::Error;
use crate::pending::PendingToken;
use crate::plan::Wishes;
use crate::token::AccessToken;

/// The audience of Azure Resource Manager, used where no other is named.
pub const DEFAULT_RESOURCE: &str = "https://management.azure.com/";

/// A request for a token. Build it, then [`send`](Self::send) or [`start`](Self::start) it, as often as you like.
#[derive(Clone, Debug)]
pub struct TokenRequest(Wishes);

impl TokenRequest {
    /// A request for a token for `resource`, the audience: it is sent as given (a trailing slash can matter to the service),
    /// only a trailing `/.default`, which makes it a scope, is removed.
    pub fn new(resource: impl Into<String>) -> Self {
        Self(Wishes { resource: resource.into(), ..Wishes::default() })
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

    /// The time for the whole call, from start to token; 60 seconds if not set.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.0.timeout = Some(time);
        self
    }

    /// Asks the agent for a newly made token, past its own cache (agent 1.66 and later): changed roles show at once.
    pub fn force_refresh(mut self, force: bool) -> Self {
        self.0.force_refresh = force;
        self
    }

    pub(crate) fn wishes(&self) -> &Wishes {
        &self.0
    }

    /// Gets the token, blocking this thread.
    ///
    /// # Errors
    /// Every [`Status`](crate::Status) but `Ok`, `Pending` and `Cancelled` is possible.
    pub fn send(&self) -> Result<AccessToken, Error> {
        self.start()?.wait_to_the_end()
    }

    /// Begins to get the token, and returns at once.
    ///
    /// # Errors
    /// `InvalidArgument`, `EndpointRefused`, `AgentNotInstalled`: what can be told without asking the agent.
    pub fn start(&self) -> Result<PendingToken, Error> {
        PendingToken::start(&self.0)
    }
}
