//! The child: passing signals on to it, and waiting for its end and for that of orphans.

use std::io;
use std::process::Command;

#[cfg(target_os = "linux")]
use rustix::process::getpid;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, wait};

pub(super) use super::signals::Signals;
use super::signals::{Arrived, SignalStream, is_in_own_group, keep_inherited, leads_session};

/// This process takes over its descendants whose parents end, so that they stay in its tree.
pub(super) fn adopt_orphans() {
    // Without it, a daemon of the child's counts as a stranger. That is the safe side.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(getpid()));
}

/// A program that runs.
pub(super) struct Child {
    process: Pid,
    signals: SignalStream,
}

impl Child {
    /// Starts it. `signals` were listened to before: none is lost.
    pub(super) fn start(command: &mut Command, signals: Signals) -> io::Result<Self> {
        let signals = signals.listen()?;
        keep_inherited(command);
        let child = command.spawn()?;
        let process = i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::Other)?;
        Ok(Self { process, signals })
    }

    /// Waits for its end. Returns the exit code that a shell would give.
    pub(super) async fn wait(mut self) -> io::Result<u8> {
        loop {
            let arrived = self.signals.next().await?;
            if arrived.signal != libc::SIGCHLD {
                self.pass_on(arrived);
            } else if let Some(code) = self.ended()? {
                return Ok(code);
            }
        }
    }

    /// Collects what has ended. The exit code, if it is the child.
    fn ended(&self) -> io::Result<Option<u8>> {
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((process, status))) if process == self.process => {
                    let code = status.exit_status().or_else(|| status.terminating_signal().map(|signal| 128 + signal));
                    if let Some(code) = code {
                        return Ok(Some(u8::try_from(code).unwrap_or(u8::MAX)));
                    }
                }
                Ok(Some(_)) | Err(rustix::io::Errno::INTR) => (),
                Ok(None) | Err(rustix::io::Errno::CHILD) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// What the terminal sends, it sends to the whole group. A second Ctrl+C has a meaning of its own to some programs.
    fn pass_on(&self, arrived: Arrived) {
        let in_group = is_in_own_group(self.process.as_raw_nonzero().get());
        // When its line is lost, a terminal tells only the process that opened it.
        let to_leader_alone = arrived.signal == libc::SIGHUP && leads_session();
        if arrived.by_terminal && in_group && !to_leader_alone {
            return;
        }
        if let Some(signal) = Signal::from_named_raw(arrived.signal) {
            let _ = kill_process(self.process, signal); // It may have ended.
        }
    }
}
