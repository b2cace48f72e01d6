//! Windows: known folders, the opening of files without following reparse points, and this user.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::ffi::OsStringExt;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::AsRawHandle;
use std::path::{Path, PathBuf};
use std::ptr;

use windows_sys::Win32::Foundation::S_OK;
use windows_sys::Win32::Storage::FileSystem::{
    BY_HANDLE_FILE_INFORMATION, FILE_ATTRIBUTE_DEVICE, FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_REPARSE_POINT,
    FILE_FLAG_OPEN_REPARSE_POINT, FILE_SHARE_DELETE, FILE_SHARE_READ, FILE_SHARE_WRITE, FILE_TYPE_DISK, GetFileInformationByHandle,
    GetFileType, SECURITY_ANONYMOUS,
};
use windows_sys::Win32::System::Com::CoTaskMemFree;
use windows_sys::Win32::UI::Shell::{KF_FLAG_DEFAULT, SHGetKnownFolderPath};
use windows_sys::core::GUID;

/// A directory's path, as Windows has no stable way to open a file relative to a handle.
pub(crate) struct Directory(PathBuf);

/// Checks that the directory exists.
pub(crate) fn open_directory(path: &Path) -> io::Result<Directory> {
    if std::fs::metadata(path)?.is_dir() { Ok(Directory(path.to_owned())) } else { Err(io::ErrorKind::NotADirectory.into()) }
}

/// Opens `name` in `directory` for reading. A reparse point is opened itself, and [`file_facts`] finds it.
pub(crate) fn open_in(directory: &Directory, name: &str) -> io::Result<File> {
    // SQOS_PRESENT with anonymous level: if the name leads to a pipe, its server cannot act as this user.
    OpenOptions::new()
        .read(true)
        .share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)
        .custom_flags(FILE_FLAG_OPEN_REPARSE_POINT)
        .security_qos_flags(SECURITY_ANONYMOUS)
        .open(directory.0.join(name))
}

/// Always false: opening a link does not fail here, and [`file_facts`] finds it.
pub(crate) fn is_link_error(_: &io::Error) -> bool {
    false
}

/// The facts about an open file that the rules for key files need.
pub(crate) struct FileFacts {
    pub(crate) regular: bool,
    pub(crate) links: u64,
    /// Always `None`: the access control list of the directory keeps others from making files.
    pub(crate) owner: Option<u32>,
    pub(crate) size: u64,
}

/// Reads the facts from the handle, so that nobody can change them by renaming.
pub(crate) fn file_facts(file: &File) -> io::Result<FileFacts> {
    let handle = file.as_raw_handle();
    // SAFETY: the handle is open as long as `file` is borrowed.
    let on_disk = unsafe { GetFileType(handle) } == FILE_TYPE_DISK;
    let mut information = BY_HANDLE_FILE_INFORMATION::default();
    // SAFETY: as above; `information` is writable and has the layout the system expects.
    if on_disk && unsafe { GetFileInformationByHandle(handle, &mut information) } == 0 {
        return Err(io::Error::last_os_error());
    }
    let plain = information.dwFileAttributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DEVICE) == 0;
    Ok(FileFacts {
        regular: on_disk && plain,
        links: u64::from(information.nNumberOfLinks),
        owner: None,
        size: u64::from(information.nFileSizeHigh) << 32 | u64::from(information.nFileSizeLow),
    })
}

/// The user, for error texts. Environment variables can be forged, but are good enough for a text.
pub(crate) fn current_user() -> String {
    std::env::var("USERNAME").map(|name| crate::text::plain::shown(&name)).unwrap_or_else(|_| "unknown".to_owned())
}

/// The account that the agent runs as. Holders of a port are not looked up on Windows, where users have no numbers.
pub(crate) const AGENT_USER: &str = "himds";

/// See [`AGENT_USER`].
pub(crate) const UNIT: &str = "";
/// See [`AGENT_USER`].
pub(crate) const UNIT_FOLDERS: &[&str] = &[];

/// See [`AGENT_USER`].
pub(crate) fn effective_uid() -> u32 {
    0
}

/// See [`AGENT_USER`].
pub(crate) fn owner_of(_: &Directory) -> Option<u32> {
    None
}

/// True when the directory was opened at `path`.
pub(crate) fn is_directory_at(directory: &Directory, path: &Path) -> bool {
    std::fs::canonicalize(&directory.0).is_ok_and(|own| own == path)
}

/// Always false: administrators may lack elevation, so everybody gets the same texts.
pub(crate) fn is_root() -> bool {
    false
}

/// True when both paths are spelled alike, in any letter case.
pub(crate) fn same_path(left: &str, right: &Path) -> bool {
    let right = right.to_string_lossy();
    // `canonicalize` returns paths with this prefix.
    let right = right.strip_prefix(r"\\?\").unwrap_or(&right);
    left.to_lowercase() == right.to_lowercase()
}

/// The directory and the name in a path, split at the last separator. Nothing is resolved.
pub(crate) fn split_path(path: &str) -> Option<(&str, &str)> {
    path.rsplit_once(['\\', '/'])
}

/// True when `name` ends like the names of key files, and is not a path. A colon would name a drive or an alternate stream.
pub(crate) fn is_key_name(name: &str) -> bool {
    name.len() > ".key".len()
        && name.to_ascii_lowercase().ends_with(".key")
        && !name.contains(['/', '\\', ':', '\0', '*', '?', '"', '<', '>', '|'])
}

/// True when a missing file may mean a missing permission: Windows says "not found" to users who may not read the directory.
pub(crate) const MISSING_MEANS_DENIED: bool = true;

/// A folder as the system knows it. `%ProgramData%` and `%ProgramFiles%` are not used: the caller of this process can forge them.
pub(super) fn known_folder(id: &GUID) -> Option<PathBuf> {
    let mut text: *mut u16 = ptr::null_mut();
    // SAFETY: `id` and `text` are valid for the call; no token means the current user.
    let result = unsafe { SHGetKnownFolderPath(id, KF_FLAG_DEFAULT as u32, ptr::null_mut(), &mut text) };
    let folder = (result == S_OK && !text.is_null()).then(|| {
        // SAFETY: on success the system returns a NUL-terminated string; reading stops at its end.
        let length = (0..).take_while(|&index| unsafe { *text.add(index) } != 0).count();
        // SAFETY: `length` characters were just read.
        PathBuf::from(OsString::from_wide(unsafe { std::slice::from_raw_parts(text, length) }))
    });
    // SAFETY: the caller frees the string, also after a failure; NULL is allowed.
    unsafe { CoTaskMemFree(text.cast()) };
    folder
}
