//! Text: bytes from outside, and texts for people.
//!
//! In: any bytes. Out: lines that are safe on a terminal, checked JSON, and times. This folder knows nothing of agents or errors.

pub(crate) mod json;
pub(crate) mod plain;
pub(crate) mod time;
