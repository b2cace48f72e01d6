//! The cache of this process, for C.

use super::boundary::infallible;
use crate::cache::process::clear_cache;

/// Wipes and forgets all tokens that the library keeps for this process, so that the next request for each asks the agent.
/// Results that were handed out stay good; exchanges under way go on, but what they get is not kept. Any thread.
///
/// A token is kept until five minutes before its end and given to whoever asks for the same again: same address, key
/// directory, API version, resource and identity. Requests for the same at the same time share one exchange with the agent.
#[unsafe(no_mangle)]
pub extern "C" fn arc_token_cache_clear() {
    infallible((), clear_cache);
}
