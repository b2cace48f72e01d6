//! `AccessToken`: a token with its claims, its agent and its end.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use super::claims::Claims;
use crate::error::agent::Agent;
use crate::log::Log;
use crate::secret::bytes::Secret;
use crate::text::time::system_time;

/// A token of the machine's managed identity, with its end, its claims and the steps taken to get it.
///
/// Cheap to clone: clones share one token, which is wiped when the last clone is dropped. `Debug` does not show it.
#[derive(Clone)]
pub struct AccessToken(Arc<Inner>);

struct Inner {
    secret: Secret,
    expires_on: i64,
    resource: String,
    claims: Claims,
    origin: Agent,
    log: Log,
}

impl AccessToken {
    pub(crate) fn new(secret: Secret, expires_on: i64, resource: String, claims: Claims, origin: Agent, log: Log) -> Self {
        Self(Arc::new(Inner { secret, expires_on, resource, claims, origin, log }))
    }

    /// The token itself, for an `Authorization: Bearer` header.
    pub fn secret(&self) -> &str {
        self.0.secret.expose_text()
    }

    /// The end of the token.
    pub fn expires_on(&self) -> SystemTime {
        system_time(self.0.expires_on)
    }

    /// The end of the token, in seconds since the Unix epoch.
    pub(crate) fn expires_on_seconds(&self) -> i64 {
        self.0.expires_on
    }

    /// The audience of the request.
    pub fn resource(&self) -> &str {
        &self.0.resource
    }

    /// The claims in the token, unverified.
    pub fn claims(&self) -> &Claims {
        &self.0.claims
    }

    /// The agent that gave the token.
    pub fn agent(&self) -> &Agent {
        &self.0.origin
    }

    /// The steps taken to get the token.
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
            .field("endpoint", &self.0.origin.url.as_str())
            .finish_non_exhaustive()
    }
}
