//! The signals of this process, with the one thing that the child's copy depends on: whether the terminal sent it. `unsafe` is here
//! because neither std nor tokio tells that, and because std starts programs with signals of its own.

use std::io::{self, ErrorKind, Write as _};
use std::os::unix::net::UnixStream as StdStream;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use libc::c_int;
use tokio::net::UnixStream;

use crate::before_main;

/// Those that a supervisor, a user or the terminal sends to end or to tell something. The others keep their meaning.
const PASSED_ON: [c_int; 6] = [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGUSR1, libc::SIGUSR2];

/// A signal that has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrived {
    pub(super) signal: c_int,
    /// The kernel made it, as it does for keys of the terminal: then the whole group has it.
    pub(super) by_terminal: bool,
}

/// Receives signals, one byte each.
pub(super) struct Signals(StdStream);

impl Signals {
    /// From here on, these signals no longer end this process. One that it was started to ignore stays ignored, by the child, too.
    pub(super) fn new() -> io::Result<Self> {
        let (receiver, sender) = StdStream::pair()?;
        receiver.set_nonblocking(true)?;
        sender.set_nonblocking(true)?;
        for signal in PASSED_ON.into_iter().filter(|signal| !is_ignored(*signal)).chain([libc::SIGCHLD]) {
            let sender = sender.try_clone()?;
            let tell = move |info: &libc::siginfo_t| {
                let by_terminal = info.si_code == BY_KERNEL;
                // Signals have small numbers. A full buffer holds enough of them already.
                let _ = (&sender).write(&[signal as u8 | if by_terminal { 0x80 } else { 0 }]);
            };
            // SAFETY: the action only calls write(2), which may be called in a handler.
            unsafe { signal_hook_registry::register_sigaction(signal, tell) }?;
        }
        Ok(Self(receiver))
    }

    /// Waits for a signal that is sent to end this process alone. Keys of the terminal are the caller's affair.
    pub(super) async fn told_to_end(self) -> io::Result<()> {
        let mut signals = self.listen()?;
        while !matches!(signals.next().await?.signal, libc::SIGTERM | libc::SIGHUP) {}
        Ok(())
    }

    /// Within the runtime.
    pub(super) fn listen(self) -> io::Result<SignalStream> {
        Ok(SignalStream(UnixStream::from_std(self.0)?))
    }
}

/// The signals, as they come.
pub(super) struct SignalStream(UnixStream);

impl SignalStream {
    pub(super) async fn next(&mut self) -> io::Result<Arrived> {
        loop {
            self.0.readable().await?;
            let mut byte = [0];
            match self.0.try_read(&mut byte) {
                Ok(1) => return Ok(Arrived { signal: (byte[0] & 0x7f).into(), by_terminal: byte[0] & 0x80 != 0 }),
                Ok(_) => return Err(ErrorKind::UnexpectedEof.into()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => (),
                Err(error) => return Err(error),
            }
        }
    }
}

/// Has the program started with the standard streams and signals that this process was started with. std opens `/dev/null` for a stream
/// that is closed, blocks no signal, and gives SIGPIPE its usual meaning, which ends a service that systemd starts without it.
///
/// It also makes std start it by `execvp`, which takes a script without a first line that names its shell, as every shell does.
pub(super) fn keep_inherited(command: &mut Command) {
    let ignores_pipe = before_main::pipe_was_ignored();
    let closed = [0, 1, 2].map(|stream| before_main::was_closed(stream).then_some(stream));
    // SAFETY: all zeros are a value of this type.
    let mut blocked: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: the call writes to `blocked` alone, and changes nothing.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, std::ptr::null(), &raw mut blocked) };
    let restore = move || {
        // SAFETY: they take plain values, may be called between fork and exec, and nothing below uses the closed descriptors.
        unsafe {
            for stream in closed.into_iter().flatten() {
                libc::close(stream);
            }
            if ignores_pipe {
                libc::signal(libc::SIGPIPE, libc::SIG_IGN);
            }
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const blocked, std::ptr::null_mut());
        }
        Ok(())
    };
    // SAFETY: the closure allocates nothing and takes no lock.
    unsafe { command.pre_exec(restore) };
}

/// True when `process` is in this process's group.
///
/// In a container that was entered from outside, a group or session has the number 0: it is the outside's. rustix ends on that.
pub(super) fn is_in_own_group(process: c_int) -> bool {
    // SAFETY: both only read a number, and have no preconditions.
    unsafe { libc::getpgid(process) == libc::getpgrp() }
}

/// True when this process is the leader of its session.
pub(super) fn leads_session() -> bool {
    // SAFETY: both only read a number, and have no preconditions.
    unsafe { libc::getsid(0) == libc::getpid() }
}

/// `si_code` of a signal that no process sent.
#[cfg(target_os = "linux")]
const BY_KERNEL: c_int = libc::SI_KERNEL;
/// Other kernels do not tell. There, a key of the terminal is passed on only to a child outside of this process's group.
#[cfg(not(target_os = "linux"))]
const BY_KERNEL: c_int = 0;

fn is_ignored(signal: c_int) -> bool {
    // SAFETY: all zeros are a value of this type.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: the call writes to `action` alone, and changes nothing.
    let result = unsafe { libc::sigaction(signal, std::ptr::null(), &raw mut action) };
    result == 0 && action.sa_sigaction == libc::SIG_IGN
}
