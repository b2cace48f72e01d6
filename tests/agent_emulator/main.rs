//! The agent emulator by itself, spoken to over plain TCP: what the other tests rely on.

mod client;
mod connections;
mod exchange;
mod faults;
mod metadata;
#[path = "../support/mod.rs"]
mod support;
mod transcript;
