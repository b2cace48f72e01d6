//! A token, and what is known of it.

use std::fmt;
use std::sync::Arc;

use crate::claims::Claims;
use crate::discovery::Agent;
use crate::log::Log;
use crate::secret::Secret;

/// A token of the machine's managed identity, with what the agent and the token itself say of it.
///
/// Cheap to clone: clones share one token, which is wiped when the last is dropped. `Debug` does not show it.
#[derive(Clone)]
pub struct AccessToken(Arc<Inner>);

struct Inner {
    secret: Secret,
    expires_on: i64,
    resource: String,
    claims: Claims,
    agent: Agent,
    log: Log,
}

impl AccessToken {
    pub(crate) fn new(secret: Secret, expires_on: i64, resource: String, claims: Claims, agent: Agent, log: Log) -> Self {
        Self(Arc::new(Inner { secret, expires_on, resource, claims, agent, log }))
    }

    /// The token itself, for an `Authorization: Bearer` header.
    pub fn secret(&self) -> &str {
        self.0.secret.expose_text()
    }

    /// When it ends, in seconds since the Unix epoch.
    pub fn expires_on(&self) -> i64 {
        self.0.expires_on
    }

    /// The audience it was asked for.
    pub fn resource(&self) -> &str {
        &self.0.resource
    }

    /// What the token says of itself, unverified.
    pub fn claims(&self) -> &Claims {
        &self.0.claims
    }

    /// The agent address that it came from.
    pub fn endpoint(&self) -> &str {
        self.0.agent.endpoint.as_str()
    }

    /// What named that address.
    pub fn endpoint_source(&self) -> String {
        self.0.agent.source.to_string()
    }

    /// The steps taken to get it.
    pub fn log(&self) -> &Log {
        &self.0.log
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AccessToken")
            .field("secret", &self.0.secret)
            .field("resource", &self.0.resource)
            .field("expires_on", &self.0.expires_on)
            .field("claims", &self.0.claims)
            .field("endpoint", &self.0.agent.endpoint)
            .finish_non_exhaustive()
    }
}
