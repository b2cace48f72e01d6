//! `Agent`: the address of an agent and its source, as callers see them.

use std::fmt;
use std::sync::Arc;

use reqwest::Url;

/// The source of an address that the caller gave, in words.
pub(crate) const GIVEN_BY_CALLER: &str = "given by the caller";

/// An agent's address and its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Shared, because requests, tokens, errors and the cache all keep it.
    pub(crate) url: Arc<Url>,
    /// The source of the address in words, like "given by the caller".
    pub(crate) source: &'static str,
}

impl Agent {
    /// The URL of the agent's token endpoint.
    pub fn endpoint(&self) -> &str {
        self.url.as_str()
    }

    /// The source of that address in words, such as "given by the caller".
    pub fn source(&self) -> &str {
        self.source
    }
}

/// The address, and its source in parentheses.
impl fmt::Display for Agent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.url, self.source)
    }
}
