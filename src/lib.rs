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

/// Diagnostics: checks everything that a token needs. Each row of the list has its own file, or shares it with a related row.
///
/// In: the values of a request. Out: a list of checks. A failed check is a row, not an error, and the checks that need it are
/// skipped. The list always has all rows, and is ready within the time of the request. No row holds a secret.
mod diagnostics {
    mod agent_state;
    pub(crate) mod check;
    mod clock;
    mod endpoint;
    mod key_directory;
    mod known_faults;
    mod listener;
    mod proxy;
    mod report;
    pub(crate) mod sequence;
    mod token;
}

/// Cache: keeps tokens until shortly before their end, allows one exchange at a time for each request, and has all rules of renewal.
///
/// In: validated requests, and the ends of exchanges. Out: the next step for a request. This folder starts nothing, and does not
/// ask the agent.
mod cache {
    mod arena;
    pub(crate) mod entries;
    pub(crate) mod process;
    pub(crate) mod renewal;
}

/// A token in the machine's own cloud.
mod own_cloud;

/// Machine: the machine's metadata and the agent's state, which the agent gives to everybody.
///
/// In: a validated request. Out: an `ArcMachine`. This folder knows nothing of keys and tokens.
mod machine {
    pub(crate) mod agent_status;
    pub(crate) mod metadata;
}

/// Exchange: challenge, key file, answer, and when to try again.
///
/// In: a validated request and the limits of the call. Out: a token, or an error. This folder knows nothing of threads, of the
/// cache, or of the waiting callers.
mod exchange {
    mod agent_pause;
    pub(crate) mod agent_session;
    pub(crate) mod answer_error;
    pub(crate) mod challenge;
    pub(crate) mod fresh_token;
    pub(crate) mod get_token;
    pub(crate) mod key_file;
    pub(crate) mod retry;
    mod token_answer;
    pub(crate) mod token_response;
}

/// Transport: one bounded HTTP request over a connection whose other end was checked.
///
/// In: a URL, a key if there is one, and the limits of the call. Out: an answer, or an error that says whether another try may
/// succeed. This folder knows nothing of challenges, key files or tokens.
mod transport {
    pub(crate) mod answer;
    pub(crate) mod attempt_error;
    pub(crate) mod http_client;
    pub(crate) mod no_connection;
    mod peer_check;
    mod transport_error;
}

/// Tasks: work on a thread of its own, and callers who wait for it, each with a deadline and a way to give up.
///
/// In: a closure that does the work. Out: a shared outcome, a time limit, and a context that stops the work. This folder knows
/// nothing of agents, requests or tokens.
mod task {
    pub(crate) mod background_task;
    pub(crate) mod call_context;
    pub(crate) mod shared_outcome;
    pub(crate) mod thread;
    pub(crate) mod waiter;
}

/// Tokens: the token itself, and its claims.
///
/// In: a secret and its end. Out: a value that callers hold and share. This folder does not get tokens.
mod token {
    pub(crate) mod access_token;
    pub(crate) mod claims;
    mod claims_reader;
}

/// Requests: a caller's values, and the rules for them.
///
/// In: texts and paths as the caller gave them. Out: a `ValidatedRequest`, which has an agent, a URL and a cache key. This folder
/// starts nothing, and knows nothing of keys, tokens or HTTP.
mod request {
    pub(crate) mod machine_request;
    pub(crate) mod token_request;
    pub(crate) mod validated;
    pub(crate) mod wanted;
}

/// Trust: the users that count as the agent's, and the check that they hold its port and connections.
///
/// In: an agent's address, its key directory, the kernel's list of sockets. Out: yes, or an error that names the stranger. This
/// folder sends nothing to an agent, and knows nothing of HTTP or keys.
mod trust {
    #[cfg(any(windows, test))]
    mod agent_process;
    pub(crate) mod holders;
    #[cfg(any(windows, test))]
    pub(crate) mod key_access;
    pub(crate) mod key_folder;
    pub(crate) mod key_owner;
    #[cfg(feature = "c-api")]
    pub(crate) mod named_address;
    #[cfg_attr(windows, allow(dead_code))] // Linux' form, which the fuzz targets use everywhere.
    pub(crate) mod passwd;
    pub(crate) mod peer;
    pub(crate) mod policy;
    #[cfg(not(windows))]
    mod port_users;
    #[cfg_attr(windows, allow(dead_code))] // Linux' form, which the fuzz targets use everywhere.
    pub(crate) mod proc_net;
    pub(crate) mod program;
    #[cfg(target_os = "linux")]
    pub(crate) mod sock_diag;
    pub(crate) mod socket;
    pub(crate) mod socket_owner;
    mod socket_table;
    #[cfg_attr(windows, path = "agent_processes.rs")]
    pub(crate) mod trusted_users;
    mod user_namespace;
}

/// Agent: the rules for the agent's address, and how it is found.
///
/// In: the caller's address if there is one, variables, and files of the installation. Out: an `Agent` that passed the rules. This
/// folder sends nothing, and knows nothing of tokens or keys.
mod agent {
    pub(crate) mod endpoint;
    pub(crate) mod host_environment;
    pub(crate) mod locate;
    #[cfg_attr(windows, allow(dead_code))] // systemd's.
    pub(crate) mod service_unit;
    pub(crate) mod source;
    mod written_address;
}

/// All errors, with their numbers and advice.
mod error;

/// The steps of a call.
mod log;

/// Audience: the audiences of Azure's services, by the names that Az gives the services, in each cloud. For all front ends.
///
/// In: names. Out: audiences, services and clouds. This folder asks nobody.
mod audience {
    pub(crate) mod cloud;
    pub(crate) mod table;
}

/// The system: all `unsafe` outside of `ffi`.
mod sys;

/// Text: bytes from outside, and texts for people.
///
/// In: any bytes. Out: lines that are safe on a terminal, checked JSON, and times. This folder knows nothing of agents or errors.
mod text {
    pub(crate) mod json;
    pub(crate) mod plain;
    pub(crate) mod time;
}

/// Secrets: keys and tokens in memory, and how they are taken out of texts.
///
/// In: bytes of a key or a token, and texts that may repeat them. Out: types that wipe themselves, and texts that may be shown.
/// This folder knows nothing of agents, HTTP or errors.
mod secret {
    pub(crate) mod bytes;
    pub(crate) mod redaction;
}

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
