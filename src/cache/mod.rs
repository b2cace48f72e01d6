//! One cache for the process: tokens until shortly before their end, and one exchange at a time for each of them.

mod arena;
mod table;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use table::Table;
pub(crate) use table::{Claim, Start};

use crate::exchange_state::ExchangeState;
use crate::log::Log;
use crate::plan::Plan;
use crate::token::AccessToken;

static TABLE: Mutex<Option<Table>> = Mutex::new(None);

fn table() -> MutexGuard<'static, Option<Table>> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is to be done for a request.
pub(crate) fn claim(plan: &Plan, deadline: Instant, renewal_deadline: Instant, log: &Log) -> Claim {
    table().get_or_insert_with(Table::default).claim(plan, deadline, renewal_deadline, log)
}

/// Takes the outcome of an exchange that [`claim`] asked for: keeps the token if it may be kept, and lets the next begin.
pub(crate) fn finish(plan: &Plan, start: Start, exchange: &Arc<ExchangeState>, token: Option<&AccessToken>) {
    table().get_or_insert_with(Table::default).finish(plan, start, exchange, token);
}

/// Wipes and forgets all tokens that the cache holds. Exchanges under way go on, but what they get is not kept.
pub fn clear_cache() {
    if let Some(table) = table().as_mut() {
        table.clear();
    }
}

/// Makes a token that the cache holds older than it is.
#[cfg(test)]
pub(crate) fn age(plan: &Plan, by: std::time::Duration) {
    table().as_mut().unwrap().age(plan, by);
}

#[cfg(test)]
#[path = "cost_tests.rs"]
mod cost_tests;
