//! Services of Windows, as the service manager tells them.

use std::io;
use std::ptr;

use windows_sys::Win32::Foundation::{ERROR_SERVICE_DOES_NOT_EXIST, FALSE};
use windows_sys::Win32::System::Services::{
    CloseServiceHandle, OpenSCManagerW, OpenServiceW, QUERY_SERVICE_CONFIGW, QueryServiceConfigW, QueryServiceStatusEx, SC_HANDLE,
    SC_MANAGER_CONNECT, SC_STATUS_PROCESS_INFO, SERVICE_QUERY_CONFIG, SERVICE_QUERY_STATUS, SERVICE_STATUS_PROCESS,
};

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
