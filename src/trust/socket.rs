//! `Socket`: a TCP socket as the system describes it.

use std::net::SocketAddr;

/// A line of the system's table of TCP sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Socket {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) state: State,
    /// The user's id. On Windows the process's: there a socket tells no more.
    pub(crate) holder: u32,
    /// A number of the socket's own: 0 for a connection that no process has accepted or that all have closed.
    pub(crate) inode: u64,
}

/// The state of a socket, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Takes connections.
    Listening,
    /// One end of a connection that neither side has closed.
    Open,
    /// One end of a connection that a side has closed, and all other states.
    Closed,
}

/// The kernel's number for a listener.
#[cfg_attr(windows, allow(dead_code))]
pub(crate) const LISTEN: u8 = 10;

impl State {
    /// The state with the kernel's number (Linux' `include/net/tcp_states.h`).
    #[cfg_attr(windows, allow(dead_code))]
    pub(crate) fn from_number(number: u8) -> Self {
        const ESTABLISHED: u8 = 1;
        // The other side may already be connected: the queue of the listener is full, so its last packet was dropped.
        const SYN_RECEIVED: u8 = 3;
        match number {
            LISTEN => State::Listening,
            ESTABLISHED | SYN_RECEIVED => State::Open,
            _ => State::Closed,
        }
    }

    /// The state with Windows' number (`MIB_TCP_STATE`).
    #[cfg(windows)]
    pub(crate) fn from_windows(number: u32) -> Self {
        const LISTEN: u32 = 2;
        const SYN_RECEIVED: u32 = 4;
        const ESTABLISHED: u32 = 5;
        match number {
            LISTEN => State::Listening,
            ESTABLISHED | SYN_RECEIVED => State::Open,
            _ => State::Closed,
        }
    }
}
