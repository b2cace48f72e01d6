//! Tests of the agent emulator over plain TCP, without the library. The other tests rely on the emulator.

mod client;
mod connections;
mod control;
mod exchange;
mod faults;
#[cfg(unix)]
mod key_directory;
mod metadata;
#[path = "../support/mod.rs"]
mod support;
mod transcript;
