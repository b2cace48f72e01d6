//! The agent's port. It can refuse connections for a time and still hold the port, so that nobody else gets it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{io, mem};

/// The port and its state. It refuses connections until a time, which is in the past for an open port.
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

    /// Refuses connections for a time. Zero opens the port again. Returns when the new state is in effect.
    pub(crate) fn refuse_for(&self, time: Duration) {
        *self.refuse_until.lock().expect("no panic") = Instant::now() + time;
        // The accepting thread sleeps in accept(). A connection wakes it up.
        let deadline = Instant::now() + Duration::from_secs(2);
        while Instant::now() < deadline && TcpStream::connect(self.address).is_ok() == self.refuses() {
            sleep(Duration::from_millis(2));
        }
    }

    /// Passes each connection to `serve`, for ever.
    pub(crate) fn accept(&self, listener: TcpListener, serve: impl Fn(TcpStream)) -> io::Result<()> {
        let mut listener = Some(listener);
        loop {
            if self.refuses() {
                // The listener must be closed before another socket can hold the port.
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
                // The process may be out of file descriptors, for example. The pause avoids a busy loop.
                Err(_) => sleep(Duration::from_millis(10)),
            }
        }
    }
}

pub(crate) fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}

/// Binds a socket to the address without listening, so that connections are refused.
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
