//! Which processes hold the TCP sockets of the machine, and which is a service's.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ptr;

use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, ERROR_SERVICE_DOES_NOT_EXIST, FALSE, NO_ERROR};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetExtendedTcpTable, MIB_TCP6ROW_OWNER_PID, MIB_TCPROW_OWNER_PID, TCP_TABLE_OWNER_PID_ALL,
};
use windows_sys::Win32::Networking::WinSock::{AF_INET, AF_INET6};
use windows_sys::Win32::System::Services::{
    CloseServiceHandle, OpenSCManagerW, OpenServiceW, QUERY_SERVICE_CONFIGW, QueryServiceConfigW, QueryServiceStatusEx, SC_HANDLE,
    SC_MANAGER_CONNECT, SC_STATUS_PROCESS_INFO, SERVICE_QUERY_CONFIG, SERVICE_QUERY_STATUS, SERVICE_STATUS_PROCESS,
};

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

/// A handle of the service manager, closed when it is dropped.
struct Handle(SC_HANDLE);

impl Handle {
    fn of(handle: SC_HANDLE) -> io::Result<Self> {
        if handle.is_null() { Err(io::Error::last_os_error()) } else { Ok(Self(handle)) }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the handle is open, and not used any more.
        unsafe { CloseServiceHandle(self.0) };
    }
}

/// The id of the service's process: 0 for one that does not run. `None` without such a service.
///
/// Fails with `PermissionDenied` for accounts that may not ask: those of remote sessions who are no administrators.
pub(crate) fn service_process(name: &str) -> io::Result<Option<u32>> {
    let Some(service) = opened(name, SERVICE_QUERY_STATUS)? else { return Ok(None) };
    let mut status = SERVICE_STATUS_PROCESS::default();
    let mut needed = 0;
    let size = size_of::<SERVICE_STATUS_PROCESS>() as u32;
    // SAFETY: the handle is open; `status` is writable, and `size` its size.
    if unsafe { QueryServiceStatusEx(service.0, SC_STATUS_PROCESS_INFO, ptr::from_mut(&mut status).cast(), size, &mut needed) } == FALSE {
        return Err(io::Error::last_os_error());
    }
    Ok(Some(status.dwProcessId))
}

/// The name of the account that the service runs as. `None` without such a service.
pub(crate) fn service_account(name: &str) -> io::Result<Option<String>> {
    let Some(service) = opened(name, SERVICE_QUERY_CONFIG)? else { return Ok(None) };
    let mut block = vec![0u64; 1024]; // 8 KiB: the most that Windows asks for.
    let (room, mut needed) = ((block.len() * size_of::<u64>()) as u32, 0);
    // SAFETY: the handle is open; `room` is the size of the block in bytes.
    if unsafe { QueryServiceConfigW(service.0, block.as_mut_ptr().cast(), room, &mut needed) } == FALSE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the system filled the block, which is aligned for it, with this structure.
    let account = unsafe { (*block.as_ptr().cast::<QUERY_SERVICE_CONFIGW>()).lpServiceStartName };
    if account.is_null() {
        return Ok(None);
    }
    // SAFETY: the name lies in the block and ends with NUL; reading stops there.
    let length = (0..).take_while(|&index| unsafe { *account.add(index) } != 0).count();
    // SAFETY: `length` characters were just read.
    Ok(Some(String::from_utf16_lossy(unsafe { std::slice::from_raw_parts(account, length) })))
}

fn opened(name: &str, rights: u32) -> io::Result<Option<Handle>> {
    let name: Vec<u16> = name.encode_utf16().chain([0]).collect();
    // SAFETY: no names mean this machine's active services.
    let manager = Handle::of(unsafe { OpenSCManagerW(ptr::null(), ptr::null(), SC_MANAGER_CONNECT) })?;
    // SAFETY: the handle is open, and the name ends with NUL.
    match Handle::of(unsafe { OpenServiceW(manager.0, name.as_ptr(), rights) }) {
        Ok(service) => Ok(Some(service)),
        Err(error) if error.raw_os_error() == Some(ERROR_SERVICE_DOES_NOT_EXIST as i32) => Ok(None),
        Err(error) => Err(error),
    }
}
