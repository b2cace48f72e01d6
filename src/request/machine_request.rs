//! `MachineRequest`: the request for the machine's metadata that Rust programs build. `machine/metadata.rs` sends it.

use std::path::PathBuf;
use std::time::Duration;

use super::token_request::{RequestParams, TokenRequest};

/// A request for the machine's metadata. Build it, then [`send`](Self::send) it, as often as you like.
///
/// Its values mean what they mean in a [`TokenRequest`].
#[derive(Clone, Debug, Default)]
#[must_use = "a request does nothing until it is sent"]
pub struct MachineRequest(TokenRequest);

impl MachineRequest {
    /// A request to the agent of this machine.
    pub fn new() -> Self {
        Self::default()
    }

    /// The agent's address, as in [`TokenRequest::endpoint`].
    pub fn endpoint(self, url: impl Into<String>) -> Self {
        Self(self.0.endpoint(url))
    }

    /// Another directory of key files, as in [`TokenRequest::key_directory`]: its owner may be the agent, too.
    pub fn key_directory(self, path: impl Into<PathBuf>) -> Self {
        Self(self.0.key_directory(path))
    }

    /// Another `api-version` than `2020-06-01`.
    pub fn api_version(self, version: impl Into<String>) -> Self {
        Self(self.0.api_version(version))
    }

    /// The time for the whole call, as in [`TokenRequest::timeout`].
    pub fn timeout(self, time: Duration) -> Self {
        Self(self.0.timeout(time))
    }

    /// As [`TokenRequest::require_identified_agent`].
    pub fn require_identified_agent(self, require: bool) -> Self {
        Self(self.0.require_identified_agent(require))
    }

    /// As [`TokenRequest::allow_unidentified_agent`].
    pub fn allow_unidentified_agent(self, allow: bool) -> Self {
        Self(self.0.allow_unidentified_agent(allow))
    }

    /// As [`TokenRequest::wait_for_agent`].
    pub fn wait_for_agent(self, wait: bool) -> Self {
        Self(self.0.wait_for_agent(wait))
    }

    /// The values of this request.
    pub(crate) fn params(&self) -> &RequestParams {
        self.0.params()
    }
}
