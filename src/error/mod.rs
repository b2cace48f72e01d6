//! Errors: one enum of all problems, their stable numbers and names, and the advice for each.
//!
//! In: facts about a failure. Out: an `Error` with a problem, an advice, the agent's address and the steps taken. This folder
//! does not find errors.

mod advice;
pub(crate) mod agent;
pub(crate) mod agent_words;
mod entra;
mod failed_call;
pub(crate) mod kind;
mod no_answer;
pub(crate) mod status;

pub(crate) use advice::advice;
pub use agent_words::AgentWords;
pub use failed_call::Error;
pub use kind::{ErrorKind, KeyFileReason};
pub use no_answer::NoAnswerReason;
