//! `arc-token exec`: what a program below it gets, and what others get.
#![cfg(target_os = "linux")]

mod answers;
mod az;
mod callers;
mod client;
mod for_caller;
mod life;
mod limits;
#[path = "../run/mod.rs"]
mod run;
#[path = "../../../tests/support/mod.rs"]
mod support;
