//! Exchange: challenge, key file, answer, and when to try again.
//!
//! In: a validated request and the limits of the call. Out: a token, or an error. This folder knows nothing of threads, of the
//! cache, or of the waiting callers.

mod agent_pause;
pub(crate) mod agent_session;
pub(crate) mod answer_error;
pub(crate) mod challenge;
pub(crate) mod clocks;
pub(crate) mod fresh_token;
pub(crate) mod get_token;
pub(crate) mod key_file;
pub(crate) mod retry;
mod token_answer;
pub(crate) mod token_response;
