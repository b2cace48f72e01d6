//! Requests: a caller's values, and the rules for them.
//!
//! In: texts and paths as the caller gave them. Out: a `ValidatedRequest`, which has an agent, a URL and a cache key. This folder
//! starts nothing, and knows nothing of keys, tokens or HTTP.

mod check_text;
pub(crate) mod identity;
pub(crate) mod machine_request;
pub(crate) mod token_request;
pub(crate) mod validated;
pub(crate) mod wanted;
