//! The child on Windows: the console sends Ctrl+C to every process of its group, so nothing is passed on.

use std::io;
use std::process::{Child as Process, Command};

/// Windows knows no orphans to take over.
pub(super) fn adopt_orphans() {}

/// From the start on, Ctrl+C and Ctrl+Break do not end this process.
pub(super) struct Signals;

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        let mut pressed = tokio::signal::windows::ctrl_c()?;
        let mut broken = tokio::signal::windows::ctrl_break()?;
        tokio::spawn(async move { while pressed.recv().await.is_some() {} });
        tokio::spawn(async move { while broken.recv().await.is_some() {} });
        Ok(Self)
    }

    /// Nothing tells a process of Windows to end: it is ended.
    pub(super) async fn told_to_end(self) -> io::Result<()> {
        std::future::pending().await
    }
}

/// A program that runs.
pub(super) struct Child(Process);

impl Child {
    /// Starts it.
    pub(super) fn start(command: &mut Command, _signals: Signals) -> io::Result<Self> {
        Ok(Self(command.spawn()?))
    }

    /// Waits for its end. Returns its exit code, as far as this program can have it.
    pub(super) async fn wait(mut self) -> io::Result<u8> {
        let status = tokio::task::spawn_blocking(move || self.0.wait()).await.map_err(io::Error::other)??;
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX))
    }
}
