//! Diagnostics: checks everything that a token needs. Each row of the list has its own file, or shares it with a related row.
//!
//! In: the values of a request. Out: a list of checks. A failed check is a row, not an error, and the checks that need it are
//! skipped. The list always has all rows, and is ready within the time of the request. No row holds a secret.

mod agent_state;
pub(crate) mod check;
mod clock;
mod endpoint;
mod installed;
mod key_directory;
mod known_faults;
mod listener;
mod port;
mod proxy;
mod report;
pub(crate) mod sequence;
mod token;
