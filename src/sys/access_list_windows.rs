//! The access list of an open file or folder, and the account behind a name.

use std::fs::File;
use std::os::windows::io::AsRawHandle;
use std::ptr;

use windows_sys::Win32::Foundation::{ERROR_SUCCESS, FALSE, LocalFree};
use windows_sys::Win32::Security::Authorization::{GetSecurityInfo, SE_FILE_OBJECT};
use windows_sys::Win32::Security::{
    ACCESS_ALLOWED_ACE, ACE_HEADER, ACL, DACL_SECURITY_INFORMATION, GetAce, INHERIT_ONLY_ACE, LookupAccountNameW,
    OWNER_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID, SECURITY_MAX_SID_SIZE,
};
use windows_sys::Win32::System::SystemServices::{ACCESS_ALLOWED_ACE_TYPE, ACCESS_ALLOWED_CALLBACK_ACE_TYPE};

use super::accounts::{AccessList, Allowed, EVERYONE};
use super::process_windows::sid_text;

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
