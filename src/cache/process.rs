//! The one cache of this process. A forked child begins with an empty one: with a table and locks of its own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::entries::{Lookup, Table, Ticket};
use crate::log::Log;
use crate::request::validated::ValidatedRequest;
use crate::sys::PerProcess;
use crate::task::shared_outcome::SharedOutcome;
use crate::token::access_token::AccessToken;

static TABLE: PerProcess<Mutex<Table>> = PerProcess::new();

fn table() -> MutexGuard<'static, Table> {
    TABLE.get().lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks up a request, and returns its next step.
pub(crate) fn lookup(request: &ValidatedRequest, deadline: Instant, log: &Log) -> Lookup {
    table().lookup(request, deadline, log)
}

/// Ends an exchange that [`lookup`] asked for: keeps the token if the rules allow it, and lets the next exchange begin.
pub(crate) fn finish(request: &ValidatedRequest, ticket: Ticket, outcome: &Arc<SharedOutcome<AccessToken>>, token: Option<&AccessToken>) {
    table().finish(request, ticket, outcome, token);
}

/// Wipes and forgets all tokens in the cache. Exchanges under way go on, but their tokens are not kept.
pub fn clear_cache() {
    table().clear();
}

/// Makes a token in the cache older.
#[cfg(test)]
pub(crate) fn age(request: &ValidatedRequest, by: std::time::Duration) {
    table().age(request, by);
}

#[cfg(test)]
#[path = "cost_tests.rs"]
mod cost_tests;
