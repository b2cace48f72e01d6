//! Why does it not work here? The checks that answer it, in an order in which each can build on those before it.
//!
//! A check that fails is a row, not an error, and what depends on it is skipped. All of them are in the list, whatever happens,
//! and within the request's time. No row holds a secret.

mod agent_state;
mod endpoint;
mod installed;
mod key_directory;
mod listener;
mod port;
mod proxy;
mod rows;
mod token;

use crate::discovery::{Machine, Source};
use crate::error::Error;
use crate::log::Log;
use crate::plan::{Plan, Wishes};
use crate::request::TokenRequest;
use crate::run::Run;
use crate::work::PendingWork;
use rows::{Row, Rows};

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CheckStatus {
    /// All is well.
    Pass,
    /// It works, but somebody should know.
    Warning,
    /// It cannot work like this.
    Fail,
    /// Not checked. The detail says why.
    Skip,
}

impl CheckStatus {
    /// The status as one word: `Pass`.
    pub const fn name(self) -> &'static str {
        match self {
            CheckStatus::Pass => "Pass",
            CheckStatus::Warning => "Warning",
            CheckStatus::Fail => "Fail",
            CheckStatus::Skip => "Skip",
        }
    }
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// What was checked. The names, and their order, are stable.
    pub name: &'static str,
    /// What came of it.
    pub status: CheckStatus,
    /// What was found.
    pub detail: String,
    /// What to do about it; empty where there is nothing to do.
    pub advice: String,
}

const INSTALLED: &str = "Agent installed";
const ENDPOINT: &str = "Endpoint";
const VARIABLES: &str = "Environment variables";
const PORT: &str = "Port";
const LISTENER: &str = "Listener";
const CONNECTED: &str = "Agent connected";
const KEY_DIRECTORY: &str = "Key directory";
const TOKEN: &str = "Token";
const IDENTITY: &str = "Identity";
const CLOCK: &str = "Clock";
const PROXY: &str = "Proxy variables";

/// All checks, in their order.
const ORDER: [&str; 11] = [INSTALLED, ENDPOINT, VARIABLES, PORT, LISTENER, CONNECTED, KEY_DIRECTORY, TOKEN, IDENTITY, CLOCK, PROXY];

/// Checks all that a token for `request` needs, and really gets one, from the agent and not from the cache. Blocks this thread,
/// within the request's time.
///
/// # Errors
/// `InvalidArgument` for a value of the request that cannot be right; whatever else is wrong is a row.
pub fn check(request: &TokenRequest) -> Result<Vec<Check>, Error> {
    start(request.wishes())?.wait_to_the_end()
}

/// Begins to check, and returns at once.
pub(crate) fn start(wishes: &Wishes) -> Result<PendingWork<Vec<Check>>, Error> {
    let log = Log::new();
    Plan::check(wishes).map_err(|kind| Error::new(kind, None, log.clone()))?;
    let (wishes, rows) = (wishes.clone(), Rows::default());
    let (timeout, late_rows) = (wishes.timeout, rows.clone());
    let work = move |run: &Run<Vec<Check>>| {
        go_through(&wishes, &rows, run);
        Ok(rows.list(run.timeout))
    };
    PendingWork::start(timeout, &log, work, move |limit| Ok(late_rows.list(limit)))
}

/// Not quite in the rows' order: what may use up the time comes last.
fn go_through(wishes: &Wishes, rows: &Rows, run: &Run<Vec<Check>>) {
    let machine = Machine::this();
    let plan = Plan::new(wishes, &machine, &run.log);
    // A refused address has no source any more, but whoever gave it is the caller all the same.
    let caller = wishes.endpoint.as_ref().map(|_| Source::Caller);
    let source = plan.as_ref().ok().map(|plan| plan.agent.source).or(caller);
    rows.check(INSTALLED, &[], || installed::check(&machine, source));
    rows.check(ENDPOINT, &[], || endpoint::check(&plan));
    rows.check(VARIABLES, &[], || endpoint::variables(&machine, source));
    rows.check(PROXY, &[], || proxy::check(&machine));

    let with = |check: &mut dyn FnMut(&Plan) -> Row| plan.as_ref().map_or_else(|_| Row::needs(ENDPOINT), check);
    rows.check(PORT, &[ENDPOINT], || with(&mut |plan| port::check(&plan.agent, run)));
    rows.check(LISTENER, &[PORT], || with(&mut |plan| listener::check(plan)));
    rows.check(KEY_DIRECTORY, &[ENDPOINT], || with(&mut |plan| key_directory::check(&plan.key_directory)));
    let mut clocks = None;
    rows.check(CONNECTED, &[LISTENER], || with(&mut |plan| agent_state::connected(plan, run, &mut clocks)));
    rows.check(CLOCK, &[LISTENER], || agent_state::clock(clocks));
    let mut token = None;
    rows.check(TOKEN, &[LISTENER, KEY_DIRECTORY], || with(&mut |plan| token::check(plan, run, &mut token)));
    rows.check(IDENTITY, &[TOKEN], || with(&mut |plan| token::identity(plan, token.as_ref())));
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
