//! Processes on Windows: their users, and their programs.

use std::ffi::OsString;
use std::io;
use std::os::windows::ffi::OsStringExt;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::path::PathBuf;
use std::ptr;

use windows_sys::Win32::Foundation::{HANDLE, LocalFree};
use windows_sys::Win32::Security::Authorization::ConvertSidToStringSidW;
use windows_sys::Win32::Security::{
    GetTokenInformation, PSID, SID_AND_ATTRIBUTES, TOKEN_GROUPS, TOKEN_INFORMATION_CLASS, TOKEN_QUERY, TOKEN_USER, TokenGroups, TokenUser,
};
use windows_sys::Win32::System::SystemServices::{SE_GROUP_ENABLED, SE_GROUP_USE_FOR_DENY_ONLY};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, OpenProcess, OpenProcessToken, PROCESS_QUERY_LIMITED_INFORMATION, QueryFullProcessImageNameW,
};

use super::accounts::{ADMINISTRATORS, Account};

/// The account that a process runs as. Fails with `PermissionDenied` for other users' processes, unless this one may look at all.
pub(crate) fn account_of(process: u32) -> io::Result<Account> {
    let process = opened(process)?;
    account(process.as_raw_handle())
}

/// The account of this process.
pub(crate) fn own_account() -> io::Result<Account> {
    // SAFETY: the call has no preconditions; its handle is a constant that need not be closed.
    account(unsafe { GetCurrentProcess() })
}

/// The path of a process's program.
pub(crate) fn program_of(process: u32) -> io::Result<PathBuf> {
    let process = opened(process)?;
    let mut text = vec![0; 32_768]; // The longest path that Windows has.
    let mut length = text.len() as u32;
    // SAFETY: the handle is open, and `length` is the room in `text`.
    if unsafe { QueryFullProcessImageNameW(process.as_raw_handle(), 0, text.as_mut_ptr(), &mut length) } == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(PathBuf::from(OsString::from_wide(&text[..length as usize])))
}

fn opened(process: u32) -> io::Result<OwnedHandle> {
    // SAFETY: the call has no preconditions.
    let handle = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, process) };
    // SAFETY: a handle that is not null was just opened, and nobody else knows it.
    if handle.is_null() { Err(io::Error::last_os_error()) } else { Ok(unsafe { OwnedHandle::from_raw_handle(handle) }) }
}

fn account(process: HANDLE) -> io::Result<Account> {
    let mut token: HANDLE = ptr::null_mut();
    // SAFETY: `token` is writable, and the handle is open.
    if unsafe { OpenProcessToken(process, TOKEN_QUERY, &mut token) } == 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the handle was just opened, and nobody else knows it.
    let token = unsafe { OwnedHandle::from_raw_handle(token) };
    let user = token_information(&token, TokenUser)?;
    // SAFETY: the system filled the block, which is aligned for it, with this structure.
    let user = unsafe { (*user.as_ptr().cast::<TOKEN_USER>()).User.Sid };
    // SAFETY: the identifier lies in the block, which is still there: the copy is of the pointer alone.
    let user = unsafe { sid_text(user) }?;
    let group = administrators(&token)?;
    let has = |attribute: i32| group.is_some_and(|attributes| attributes & attribute as u32 != 0);
    Ok(Account { user, administrator: has(SE_GROUP_ENABLED), filtered: has(SE_GROUP_USE_FOR_DENY_ONLY) })
}

/// The attributes of the group of administrators in the token, if it is there: in one that User Account Control has filtered, the group
/// only denies.
fn administrators(token: &OwnedHandle) -> io::Result<Option<u32>> {
    let block = token_information(token, TokenGroups)?;
    let groups = block.as_ptr().cast::<TOKEN_GROUPS>();
    // SAFETY: the system filled the block, which is aligned for it, with this structure.
    let count = unsafe { (*groups).GroupCount } as usize;
    // SAFETY: so many entries follow in the block.
    let groups = unsafe { std::slice::from_raw_parts(ptr::addr_of!((*groups).Groups).cast::<SID_AND_ATTRIBUTES>(), count) };
    // SAFETY: the identifiers lie in the same block.
    let is_it = |group: &SID_AND_ATTRIBUTES| unsafe { sid_text(group.Sid) }.is_ok_and(|text| text == ADMINISTRATORS);
    Ok(groups.iter().find(|group| is_it(group)).map(|group| group.Attributes))
}

/// A block of the token's information, aligned for pointers.
fn token_information(token: &OwnedHandle, class: TOKEN_INFORMATION_CLASS) -> io::Result<Vec<u64>> {
    let mut block = vec![0u64; 512];
    loop {
        let (room, mut needed) = ((block.len() * size_of::<u64>()) as u32, 0);
        // SAFETY: `room` is the size of the block in bytes.
        if unsafe { GetTokenInformation(token.as_raw_handle(), class, block.as_mut_ptr().cast(), room, &mut needed) } != 0 {
            return Ok(block);
        }
        if needed <= room {
            return Err(io::Error::last_os_error());
        }
        block.resize((needed as usize).div_ceil(size_of::<u64>()), 0);
    }
}

/// A security identifier as text: `S-1-5-18`.
///
/// # Safety
/// - `sid` points to a security identifier.
pub(super) unsafe fn sid_text(sid: PSID) -> io::Result<String> {
    let mut text: *mut u16 = ptr::null_mut();
    // SAFETY: the caller's promise; `text` is writable.
    if unsafe { ConvertSidToStringSidW(sid, &mut text) } == 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: on success the system returns a NUL-terminated string; reading stops at its end.
    let length = (0..).take_while(|&index| unsafe { *text.add(index) } != 0).count();
    // SAFETY: `length` characters were just read.
    let result = String::from_utf16_lossy(unsafe { std::slice::from_raw_parts(text, length) });
    // SAFETY: the caller frees the string.
    unsafe { LocalFree(text.cast()) };
    Ok(result)
}
