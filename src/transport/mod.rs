//! Transport: one bounded HTTP request over a connection whose other end was checked.
//!
//! In: a URL, a key if there is one, and the limits of the call. Out: an answer, or an error that says whether another try may
//! succeed. This folder knows nothing of challenges, key files or tokens.

pub(crate) mod answer;
pub(crate) mod attempt_error;
mod body_reader;
pub(crate) mod http_client;
pub(crate) mod no_connection;
mod peer_check;
pub(crate) mod retry_after;
mod transport_error;
