//! Accounts as Windows tells them: of processes, of open files with their access lists, and by name.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::windows::ffi::OsStringExt;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::path::PathBuf;
use std::ptr;

use windows_sys::Win32::Foundation::{ERROR_SUCCESS, FALSE, HANDLE, LocalFree};
use windows_sys::Win32::Security::Authorization::{ConvertSidToStringSidW, GetSecurityInfo, SE_FILE_OBJECT};
use windows_sys::Win32::Security::{
    ACCESS_ALLOWED_ACE, ACE_HEADER, ACL, DACL_SECURITY_INFORMATION, GetAce, GetTokenInformation, INHERIT_ONLY_ACE, LookupAccountNameW,
    OWNER_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID, SECURITY_MAX_SID_SIZE, SID_AND_ATTRIBUTES, TOKEN_GROUPS,
    TOKEN_INFORMATION_CLASS, TOKEN_QUERY, TOKEN_USER, TokenGroups, TokenUser,
};
use windows_sys::Win32::System::SystemServices::{
    ACCESS_ALLOWED_ACE_TYPE, ACCESS_ALLOWED_CALLBACK_ACE_TYPE, SE_GROUP_ENABLED, SE_GROUP_USE_FOR_DENY_ONLY,
};
use windows_sys::Win32::System::Threading::{
    GetCurrentProcess, OpenProcess, OpenProcessToken, PROCESS_QUERY_LIMITED_INFORMATION, QueryFullProcessImageNameW,
};

use super::accounts::{ADMINISTRATORS, AccessList, Account, Allowed, EVERYONE};

/// The account that a process runs as. Fails with `PermissionDenied` for other users' processes, unless this one may look at all.
pub(crate) fn account_of(process: u32) -> io::Result<Account> {
    let process = open_process(process)?;
    account(process.as_raw_handle())
}

/// The account of this process.
pub(crate) fn own_account() -> io::Result<Account> {
    // SAFETY: the call has no preconditions; its handle is a constant that need not be closed.
    account(unsafe { GetCurrentProcess() })
}

/// The path of a process's program.
pub(crate) fn program_of(process: u32) -> io::Result<PathBuf> {
    let process = open_process(process)?;
    let mut text = vec![0; 32_768]; // The longest path that Windows has.
    let mut length = text.len() as u32;
    // SAFETY: the handle is open, and `length` is the room in `text`.
    if unsafe { QueryFullProcessImageNameW(process.as_raw_handle(), 0, text.as_mut_ptr(), &mut length) } == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(PathBuf::from(OsString::from_wide(&text[..length as usize])))
}

/// A process that is held open: its number stays its own, also when it has ended.
pub(crate) type OpenProcess = OwnedHandle;

/// Opens a process, to ask for what every process may know of it.
pub(crate) fn open_process(process: u32) -> io::Result<OpenProcess> {
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
unsafe fn sid_text(sid: PSID) -> io::Result<String> {
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

/// Owner and entries that allow something. Entries that deny are left out, so that a list looks rather too open than too closed.
pub(crate) fn access_list(file: &File) -> AccessList {
    let (mut owner, mut list): (PSID, *mut ACL) = (ptr::null_mut(), ptr::null_mut());
    let mut descriptor: PSECURITY_DESCRIPTOR = ptr::null_mut();
    let wanted = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    // SAFETY: the handle is open as long as `file` is borrowed; the results are writable.
    let result = unsafe {
        GetSecurityInfo(
            file.as_raw_handle(),
            SE_FILE_OBJECT,
            wanted,
            &mut owner,
            ptr::null_mut(),
            &mut list,
            ptr::null_mut(),
            &mut descriptor,
        )
    };
    if result != ERROR_SUCCESS {
        return AccessList::default();
    }
    // SAFETY: a pointer that is not null leads into the descriptor.
    let owner = if owner.is_null() { None } else { unsafe { sid_text(owner) }.ok() };
    // SAFETY: as above.
    let allowed = if list.is_null() { Some(vec![open_to_all()]) } else { unsafe { entries(list) } };
    // SAFETY: the caller frees the descriptor, and nothing points into it any more.
    unsafe { LocalFree(descriptor) };
    AccessList { owner, allowed }
}

/// Without a list, everybody may do everything.
fn open_to_all() -> Allowed {
    Allowed { to: EVERYONE.to_owned(), rights: u32::MAX, only_inherited: false }
}

/// # Safety
/// - `list` points to an access list.
unsafe fn entries(list: *const ACL) -> Option<Vec<Allowed>> {
    let mut found = Vec::new();
    // SAFETY: the caller's promise.
    for index in 0..u32::from(unsafe { (*list).AceCount }) {
        let mut entry = ptr::null_mut();
        // SAFETY: the list is whole, and the index below its number of entries.
        if unsafe { GetAce(list, index, &mut entry) } == FALSE {
            return None;
        }
        // SAFETY: every entry begins with this header.
        let header = unsafe { ptr::read_unaligned(entry.cast::<ACE_HEADER>()) };
        if !matches!(header.AceType.into(), ACCESS_ALLOWED_ACE_TYPE | ACCESS_ALLOWED_CALLBACK_ACE_TYPE) {
            continue;
        }
        let entry = entry.cast::<ACCESS_ALLOWED_ACE>();
        // SAFETY: both types of entry have this layout.
        let rights = unsafe { ptr::read_unaligned(ptr::addr_of!((*entry).Mask)) };
        // SAFETY: as above; the identifier begins at its last field.
        let to = unsafe { sid_text(ptr::addr_of_mut!((*entry).SidStart).cast()) }.ok()?;
        found.push(Allowed { to, rights, only_inherited: u32::from(header.AceFlags) & INHERIT_ONLY_ACE != 0 });
    }
    Some(found)
}

/// The identifier of an account, by its name. For an account of a domain, this asks the domain's controller.
pub(crate) fn account_named(name: &str) -> Option<String> {
    // The manager of services has these names of its own.
    let name = match name.strip_prefix(r".\") {
        Some(local) => local,
        None if name.eq_ignore_ascii_case("LocalSystem") => return Some(super::accounts::SYSTEM.to_owned()),
        None => name,
    };
    let name: Vec<u16> = name.encode_utf16().chain([0]).collect();
    let mut sid = vec![0u64; (SECURITY_MAX_SID_SIZE as usize).div_ceil(size_of::<u64>())];
    let mut domain = vec![0u16; 1024];
    let (mut sid_size, mut domain_size, mut kind) = ((sid.len() * size_of::<u64>()) as u32, domain.len() as u32, 0);
    // SAFETY: the name ends with NUL; both sizes are those of the rooms.
    let found = unsafe {
        LookupAccountNameW(
            ptr::null(),
            name.as_ptr(),
            sid.as_mut_ptr().cast(),
            &mut sid_size,
            domain.as_mut_ptr(),
            &mut domain_size,
            &mut kind,
        )
    };
    // SAFETY: on success the block holds an identifier.
    if found == FALSE { None } else { unsafe { sid_text(sid.as_mut_ptr().cast()) }.ok() }
}
