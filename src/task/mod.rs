//! Tasks: work on a thread of its own, and callers who wait for it, each with a deadline and a way to give up.
//!
//! In: a closure that does the work. Out: a shared outcome, a time limit, and a context that stops the work. This folder knows
//! nothing of agents, requests or tokens.

pub(crate) mod background_task;
pub(crate) mod call_context;
pub(crate) mod shared_outcome;
pub(crate) mod thread;
pub(crate) mod time_limit;
pub(crate) mod waiter;
