//! The agent's port: open, or refusing connections while it stays taken, so that nobody else gets it meanwhile.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{io, mem};

/// Until when connections are refused; in the past, not at all.
pub(crate) struct Gate {
    address: SocketAddr,
    refuse_until: Mutex<Instant>,
}

impl Gate {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, refuse_until: Mutex::new(Instant::now()) }
    }

    pub(crate) fn refuses(&self) -> bool {
        Instant::now() < *self.refuse_until.lock().expect("no panic")
    }

    /// Refuses connections for a time (zero: no longer), and comes back once that holds.
    pub(crate) fn refuse_for(&self, time: Duration) {
        *self.refuse_until.lock().expect("no panic") = Instant::now() + time;
        // The accepting thread sleeps in accept(): knock until it has noticed.
        let patience = Instant::now() + Duration::from_secs(2);
        while Instant::now() < patience && TcpStream::connect(self.address).is_ok() == self.refuses() {
            sleep(Duration::from_millis(2));
        }
    }

    /// Gives each connection to `serve`, for ever.
    pub(crate) fn accept(&self, listener: TcpListener, serve: impl Fn(TcpStream)) -> io::Result<()> {
        let mut listener = Some(listener);
        loop {
            if self.refuses() {
                // Closed first: a port cannot be held while another socket listens on it.
                drop(listener.take());
                let holder = hold(self.address)?;
                while self.refuses() {
                    sleep(Duration::from_millis(2));
                }
                listener = Some(TcpListener::bind(self.address)?);
                drop(holder);
            }
            let Some(open) = &listener else { continue };
            match open.accept() {
                Ok((stream, _)) if !self.refuses() => serve(stream),
                Ok((stream, _)) => mem::drop(stream),
                // Out of file descriptors, for instance: a busy loop would not help.
                Err(_) => sleep(Duration::from_millis(10)),
            }
        }
    }
}

pub(crate) fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}

/// A socket that has the address but does not listen: connections are refused.
#[cfg(target_os = "linux")]
fn hold(address: SocketAddr) -> io::Result<impl Sized> {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, socket_with, sockopt::set_socket_reuseaddr};
    let socket = socket_with(AddressFamily::INET, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    set_socket_reuseaddr(&socket, true)?;
    bind(&socket, &address)?;
    Ok(socket)
}

#[cfg(not(target_os = "linux"))]
fn hold(_: SocketAddr) -> io::Result<impl Sized> {
    Ok(())
}
