//! Tokens of an Azure Arc machine's managed identity.
//!
//! An Azure Arc-enabled server runs a local agent that hands out tokens of the machine's managed identity to whoever can
//! read a key file that only root, Administrators and the members of the agent's group can read. This crate asks that agent,
//! and trusts neither it, nor the environment, nor the path it names, before each has been checked.
//!
//! ```no_run
//! use arc_token::TokenRequest;
//!
//! let token = TokenRequest::new("https://vault.azure.net").send()?;
//! println!("a token for {} until {}", token.resource(), token.expires_on());
//! # Ok::<(), arc_token::Error>(())
//! ```
//!
//! Calls block the calling thread; [`TokenRequest::start`] returns at once instead, with something to wait for and to cancel.
//! All types here are `Send` and `Sync`.
//!
//! With the feature `c-api` (on by default) the crate also exports the C functions of `include/arc_token.h`, and its global
//! allocator wipes what it frees. Rust programs want `default-features = false`: they keep their own allocator, and with it
//! copies that the HTTP library has freed but not wiped. Those that have no allocator to keep add `wiping-allocator`.
//!
//! Nothing here is safe in a child process that was forked without `exec` while a call was under way: threads do not survive
//! a fork.

#![warn(missing_docs)]

mod advice;
mod agent_status;
mod ask;
mod cache;
mod challenge;
mod check;
mod claims;
mod discovery;
mod endpoint;
mod error;
mod error_kind;
mod exchange;
mod exchange_state;
mod guard;
mod http;
mod json;
mod key_file;
mod log;
mod machine;
mod no_answer;
mod peer;
mod pending;
mod plan;
mod request;
mod retry;
mod run;
mod secret;
mod sent;
#[cfg(target_os = "linux")]
mod sock_diag;
mod status;
mod sys;
mod text;
mod token;
mod token_response;
mod waiter;
mod work;

#[cfg(feature = "c-api")]
#[doc(hidden)]
pub mod ffi;

#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;

pub use cache::clear_cache;
pub use check::{Check, CheckStatus, check};
pub use claims::Claims;
pub use discovery::find_agent;
pub use error::{Error, ErrorKind, KeyFileReason};
pub use log::Log;
pub use machine::{ArcMachine, machine};
pub use pending::PendingToken;
pub use request::{DEFAULT_RESOURCE, TokenRequest};
pub use secret::Secret;
pub use status::Status;
pub use token::AccessToken;

/// This crate's version, as in `Cargo.toml`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
