//! Tokens: the token itself, and its claims.
//!
//! In: a secret and its end. Out: a value that callers hold and share. This folder does not get tokens.

pub(crate) mod access_token;
pub(crate) mod claims;
mod claims_reader;
