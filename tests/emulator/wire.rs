//! How an answer goes over the wire. An ordinary one is a single write; faults are longer stories.

use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::thread::sleep;
use std::time::Duration;

pub(crate) enum Step {
    Send(Vec<u8>),
    /// One byte at a time with this pause after each.
    Drip(Vec<u8>, Duration),
    /// Again and again until the client has had enough.
    Forever(Vec<u8>),
    Pause(Duration),
}

/// What happens to the connection after the steps.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum End {
    KeepOpen,
    Close,
    /// A TCP reset instead of an orderly end.
    Reset,
    /// Nothing more is sent, but the connection stays open until the client closes it.
    Silence,
    /// The connection ends, and for this time new ones are refused: the agent restarts.
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

    /// An error means that the client has gone.
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

/// With a linger time of zero, closing the socket sends a reset and throws away what is still unsent.
#[cfg(target_os = "linux")]
fn reset(stream: &TcpStream) -> io::Result<()> {
    Ok(rustix::net::sockopt::set_socket_linger(stream, Some(Duration::ZERO))?)
}

#[cfg(not(target_os = "linux"))]
fn reset(_: &TcpStream) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
