//! Cache: keeps tokens until shortly before their end, allows one exchange at a time for each request, and has all rules of renewal.
//!
//! In: validated requests, and the ends of exchanges. Out: the next step for a request. This folder starts nothing, and does not
//! ask the agent.

mod arena;
pub(crate) mod entries;
pub(crate) mod process;
pub(crate) mod renewal;
