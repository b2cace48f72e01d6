//! Tokens of an Azure Arc machine's managed identity.
//!
//! An Azure Arc-enabled server runs a local agent that gives tokens of the machine's managed identity. A caller must send the
//! content of a key file that only root, Administrators and the members of the agent's group can read. This crate does that. It
//! checks the agent, the environment and the path of the key file before it trusts them.
//!
//! ```no_run
//! use arc_token::TokenRequest;
//!
//! let token = TokenRequest::new("https://vault.azure.net").send()?;
//! println!("a token for {} until {:?}", token.resource(), token.expires_on());
//! # Ok::<(), arc_token::Error>(())
//! ```
//!
//! [`TokenRequest::send`] blocks the calling thread. `request.await` does not, in any async runtime. [`TokenRequest::start`] returns at
//! once, with a [`PendingToken`] to wait for, to `await` or to cancel. All types here are `Send` and `Sync`.
//!
//! With the feature `c-api` (on by default), the crate also exports the C functions of `include/arc_token.h`, and sets the program's
//! global allocator, to one that wipes all freed memory; a program with a `#[global_allocator]` of its own does not compile with it.
//! Rust programs use `default-features = false`: then copies of secrets that the HTTP library frees are not wiped. Programs without
//! an allocator of their own add `wiping-allocator`.
//!
//! A child process that was forked without `exec` may use this crate: it begins with an empty cache. It must not use the parent's
//! [`PendingToken`]s, because their threads do not survive a fork.

#![warn(missing_docs)]

// The fuzz targets are also tests in this crate, and use its outside name.
#[cfg(test)]
extern crate self as arc_token;

// The layers, highest first. A file imports only from its own folder and from lower layers; tests/layers.rs holds this.

/// The one door for the fuzz targets of `fuzz/`.
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;

/// The C ABI. Its doc comments become the C header, so addresses in them have no brackets.
#[cfg(feature = "c-api")]
#[doc(hidden)]
#[allow(rustdoc::bare_urls)]
pub mod ffi;

/// Getting a token: cache, or exchange.
mod pending_token;

/// The checks of everything that a token needs.
mod diagnostics;

/// Kept tokens, and their renewal.
mod cache;

/// A token in the machine's own cloud.
mod own_cloud;

/// The machine's metadata.
mod machine;

/// Challenge, key file, token.
mod exchange;

/// One HTTP request.
mod transport;

/// Threads, waiting and giving up.
mod task;

/// Tokens and their claims.
mod token;

/// A caller's values, and the rules for them.
mod request;

/// The users that count as the agent's.
mod trust;

/// The agent's address.
mod agent;

/// All errors, with their numbers and advice.
mod error;

/// The steps of a call.
mod log;

/// The audiences of services, by name.
mod audience;

/// The system: all `unsafe` outside of `ffi`.
mod sys;

/// Text from outside.
mod text;

/// Keys and tokens in memory.
mod secret;

/// A macro for enums with stable numbers.
mod numbered;

pub use agent::locate::find_agent;
pub use audience::cloud::Cloud;
pub use audience::table::{Audience, DEFAULT_RESOURCE, audiences, service_named};
pub use cache::process::clear_cache;
pub use diagnostics::check::{Check, CheckReport, CheckStatus};
pub use diagnostics::sequence::check;

pub use error::agent::Agent;
pub use error::status::Status;
pub use error::{AgentWords, Error, ErrorKind, KeyFileReason, NoAnswerReason};
pub use log::Log;
pub use machine::metadata::{ArcMachine, machine};
pub use pending_token::{PendingToken, TokenFuture};
pub use request::machine_request::MachineRequest;
pub use request::token_request::TokenRequest;
pub use secret::bytes::Secret;
pub use token::access_token::AccessToken;
pub use token::claims::Claims;
pub use trust::socket_owner::SocketOwner;

/// This crate's version, as in `Cargo.toml`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
