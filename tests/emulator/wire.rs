//! Scripts for sending an answer. An ordinary answer is a single write. Faults have several steps.

use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::thread::sleep;
use std::time::Duration;

pub(crate) enum Step {
    Send(Vec<u8>),
    /// Sends one byte at a time, with this pause after each.
    Drip(Vec<u8>, Duration),
    /// Repeats the bytes until the client closes the connection.
    Forever(Vec<u8>),
    Pause(Duration),
}

/// The end of the connection after the steps.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum End {
    KeepOpen,
    Close,
    /// A TCP reset in place of an orderly end.
    Reset,
    /// No more bytes, but the connection stays open until the client closes it.
    Silence,
    /// The agent restarts: the connection ends, and new ones are refused for this time.
    Restart(Duration),
}

pub(crate) struct Script {
    steps: Vec<Step>,
    pub(crate) end: End,
}

impl Script {
    pub(crate) fn send(bytes: impl Into<Vec<u8>>) -> Self {
        Self { steps: vec![Step::Send(bytes.into())], end: End::KeepOpen }
    }

    pub(crate) fn nothing() -> Self {
        Self { steps: Vec::new(), end: End::KeepOpen }
    }

    pub(crate) fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    pub(crate) fn end(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    /// Runs the script. An error means that the client is gone.
    pub(crate) fn play(&self, stream: &mut TcpStream) -> io::Result<()> {
        for step in &self.steps {
            match step {
                Step::Send(bytes) => stream.write_all(bytes)?,
                Step::Drip(bytes, pause) => {
                    for byte in bytes {
                        stream.write_all(&[*byte])?;
                        sleep(*pause);
                    }
                }
                Step::Forever(bytes) => loop {
                    stream.write_all(bytes)?;
                },
                Step::Pause(time) => sleep(*time),
            }
        }
        match self.end {
            End::KeepOpen => Ok(()),
            End::Close | End::Restart(_) => stream.shutdown(Shutdown::Both),
            End::Reset => reset(stream),
            End::Silence => io::copy(stream, &mut io::sink()).map(drop),
        }
    }
}

/// Makes closing the socket send a reset: a linger time of zero does that, and drops unsent bytes.
#[cfg(target_os = "linux")]
fn reset(stream: &TcpStream) -> io::Result<()> {
    Ok(rustix::net::sockopt::set_socket_linger(stream, Some(Duration::ZERO))?)
}

#[cfg(not(target_os = "linux"))]
fn reset(_: &TcpStream) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
