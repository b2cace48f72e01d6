//! Secrets: keys and tokens in memory, and how they are taken out of texts.
//!
//! In: bytes of a key or a token, and texts that may repeat them. Out: types that wipe themselves, and texts that may be shown.
//! This folder knows nothing of agents, HTTP or errors.

pub(crate) mod bytes;
pub(crate) mod redaction;
pub(crate) mod stack;
