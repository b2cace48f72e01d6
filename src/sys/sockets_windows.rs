//! The TCP sockets of the machine, with the processes that hold them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ptr;

use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, NO_ERROR};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetExtendedTcpTable, MIB_TCP6ROW_OWNER_PID, MIB_TCPROW_OWNER_PID, TCP_TABLE_OWNER_PID_ALL,
};
use windows_sys::Win32::Networking::WinSock::{AF_INET, AF_INET6};

/// A TCP socket.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TcpRow {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    /// Windows' number: `MIB_TCP_STATE`.
    pub(crate) state: u32,
    pub(crate) process: u32,
}

/// All sockets of the address family that `like` has. Every user may read them.
pub(crate) fn tcp_sockets(like: IpAddr) -> io::Result<Vec<TcpRow>> {
    match like {
        IpAddr::V4(_) => Ok(table::<MIB_TCPROW_OWNER_PID>(AF_INET)?.iter().map(row4).collect()),
        IpAddr::V6(_) => Ok(table::<MIB_TCP6ROW_OWNER_PID>(AF_INET6)?.iter().map(row6).collect()),
    }
}

fn row4(row: &MIB_TCPROW_OWNER_PID) -> TcpRow {
    let address = |address: u32, port| SocketAddr::from((Ipv4Addr::from(address.to_ne_bytes()), host_port(port)));
    TcpRow {
        local: address(row.dwLocalAddr, row.dwLocalPort),
        remote: address(row.dwRemoteAddr, row.dwRemotePort),
        state: row.dwState,
        process: row.dwOwningPid,
    }
}

fn row6(row: &MIB_TCP6ROW_OWNER_PID) -> TcpRow {
    let address = |address: [u8; 16], port| SocketAddr::from((Ipv6Addr::from(address), host_port(port)));
    TcpRow {
        local: address(row.ucLocalAddr, row.dwLocalPort),
        remote: address(row.ucRemoteAddr, row.dwRemotePort),
        state: row.dwState,
        process: row.dwOwningPid,
    }
}

/// The lower two bytes are the port, in the network's order.
fn host_port(port: u32) -> u16 {
    u16::from_be(port as u16)
}

/// The rows of a table: a number, and so many structures `T` of plain numbers.
fn table<T: Copy>(family: u16) -> io::Result<Vec<T>> {
    let mut block = vec![0u32; 4096];
    // It may grow between two calls.
    for _ in 0..10 {
        let mut size = (block.len() * size_of::<u32>()) as u32;
        // SAFETY: `size` is the room of the block in bytes; nothing is sorted.
        let result = unsafe { GetExtendedTcpTable(block.as_mut_ptr().cast(), &mut size, 0, family.into(), TCP_TABLE_OWNER_PID_ALL, 0) };
        match result {
            NO_ERROR => return Ok(rows(&block)),
            ERROR_INSUFFICIENT_BUFFER => block.resize((size as usize).div_ceil(size_of::<u32>()) + 1024, 0),
            error => return Err(io::Error::from_raw_os_error(error as i32)),
        }
    }
    Err(io::Error::other("the table of TCP sockets grows too fast"))
}

fn rows<T: Copy>(block: &[u32]) -> Vec<T> {
    let room = (block.len() - 1) * size_of::<u32>() / size_of::<T>();
    let count = (block[0] as usize).min(room);
    // SAFETY: the rows follow the number, and all of them lie in the block. A row is plain numbers, for which any bytes will do.
    (0..count).map(|index| unsafe { ptr::read_unaligned(block[1..].as_ptr().cast::<T>().add(index)) }).collect()
}
