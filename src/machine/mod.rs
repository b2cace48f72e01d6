//! Machine: the machine's metadata and the agent's state, which the agent gives to everybody.
//!
//! In: a validated request. Out: an `ArcMachine`. This folder knows nothing of keys and tokens.

pub(crate) mod agent_status;
pub(crate) mod metadata;
