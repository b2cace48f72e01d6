//! Windows: known folders from the system, and opening files without following reparse points.
//!
//! The few functions needed are declared here: the standard library has none of them in its stable part.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::ffi::OsStringExt;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::AsRawHandle;
use std::path::{Path, PathBuf};
use std::ptr;

/// Where the agent keeps its key files.
pub(crate) fn key_directory() -> Option<PathBuf> {
    known_folder(&FOLDERID_PROGRAM_DATA).map(|folder| folder.join("AzureConnectedMachineAgent").join("Tokens"))
}

/// The agent's program: there when it is installed.
pub(crate) fn agent_program() -> Option<PathBuf> {
    known_folder(&FOLDERID_PROGRAM_FILES).map(|folder| folder.join("AzureConnectedMachineAgent").join("himds.exe"))
}

/// On Windows the variables are set for the whole machine, so no file is asked.
pub(crate) const SERVICE_CONFIGURATION: Option<&str> = None;

pub(crate) const START_AGENT: &str = "Start-Service himds";
pub(crate) const RESTART_AGENT: &str = "Restart-Service himds";
pub(crate) const AGENT_LOG: &str = r"%ProgramData%\AzureConnectedMachineAgent\Log\himds.log";
pub(crate) const CHECK_TIME: &str = "'w32tm /query /status' shows whether it is synchronised";
pub(crate) const JOIN_GROUP: &str = "Run it as administrator, or add the user to the group 'Hybrid agent extension applications' \
     (Add-LocalGroupMember -Group 'Hybrid agent extension applications' -Member <user>); membership counts from the next logon or service start.";

/// A directory's path: Windows has no stable way to open a file relative to a handle.
pub(crate) struct Directory(PathBuf);

/// Checks that the directory is there.
pub(crate) fn open_directory(path: &Path) -> io::Result<Directory> {
    if std::fs::metadata(path)?.is_dir() { Ok(Directory(path.to_owned())) } else { Err(io::ErrorKind::NotADirectory.into()) }
}

/// Opens `name` in `directory` for reading. A reparse point is opened itself, and refused by [`file_facts`].
pub(crate) fn open_in(directory: &Directory, name: &str) -> io::Result<File> {
    let flags = FILE_FLAG_OPEN_REPARSE_POINT;
    // SQOS_PRESENT with anonymous level: should a pipe be opened by trickery, its server may not act as this user.
    OpenOptions::new()
        .read(true)
        .share_mode(FILE_SHARE_ALL)
        .custom_flags(flags)
        .security_qos_flags(SECURITY_ANONYMOUS)
        .open(directory.0.join(name))
}

/// Links do not fail to open here; [`file_facts`] tells them.
pub(crate) fn is_link_error(_: &io::Error) -> bool {
    false
}

/// What the rules for key files ask of an open file.
pub(crate) struct FileFacts {
    pub(crate) regular: bool,
    pub(crate) links: u64,
    /// Not examined on Windows, where the directory's access control list keeps others from making files.
    pub(crate) owner_trusted: bool,
    pub(crate) owner: String,
    pub(crate) size: u64,
}

/// Reads them from the handle, so that nobody can change the answer by renaming.
pub(crate) fn file_facts(file: &File, _: &Directory) -> io::Result<FileFacts> {
    let handle = file.as_raw_handle();
    // SAFETY: the handle is open as long as `file` is borrowed.
    let on_disk = unsafe { GetFileType(handle) } == FILE_TYPE_DISK;
    let mut information = ByHandleFileInformation::default();
    // SAFETY: as above; `information` is writable and has the layout the system expects.
    if on_disk && unsafe { GetFileInformationByHandle(handle, &mut information) } == 0 {
        return Err(io::Error::last_os_error());
    }
    let plain = information.attributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DEVICE) == 0;
    Ok(FileFacts {
        regular: on_disk && plain,
        links: u64::from(information.links),
        owner_trusted: true,
        owner: String::new(),
        size: u64::from(information.size_high) << 32 | u64::from(information.size_low),
    })
}

/// The user, for error texts. From the environment, which is good enough for a text.
pub(crate) fn current_user() -> String {
    std::env::var("USERNAME").map(|name| crate::text::shown(&name)).unwrap_or_else(|_| "unknown".to_owned())
}

/// The account that the agent runs as. Who holds a port is not looked up on Windows: no user has a number here.
pub(crate) const AGENT_USER: &str = "himds";

/// See [`AGENT_USER`].
pub(crate) fn effective_uid() -> u32 {
    0
}

/// See [`AGENT_USER`].
pub(crate) fn owner_of(_: &Path) -> Option<u32> {
    None
}

/// Administrators may still lack elevation, so everybody is told the same.
pub(crate) fn is_root() -> bool {
    false
}

/// True when both are spelled alike, whatever the case of letters.
pub(crate) fn same_path(left: &str, right: &Path) -> bool {
    let right = right.to_string_lossy();
    // `canonicalize` gives the verbatim form.
    let right = right.strip_prefix(r"\\?\").unwrap_or(&right);
    left.to_lowercase() == right.to_lowercase()
}

/// A path's directory and name, split at the last separator, without resolving anything.
pub(crate) fn split_path(path: &str) -> Option<(&str, &str)> {
    path.rsplit_once(['\\', '/'])
}

/// True when `name` ends as key files do. Without a colon, it names no alternate stream and no drive.
pub(crate) fn is_key_name(name: &str) -> bool {
    name.len() > ".key".len()
        && name.to_ascii_lowercase().ends_with(".key")
        && !name.contains(['/', '\\', ':', '\0', '*', '?', '"', '<', '>', '|'])
}

/// Who may not read the directory is told that the file does not exist.
pub(crate) const MISSING_MEANS_DENIED: bool = true;

/// The folder as the system knows it: `%ProgramData%` and `%ProgramFiles%` can be forged by whoever starts the process.
fn known_folder(id: &Guid) -> Option<PathBuf> {
    let mut text: *mut u16 = ptr::null_mut();
    // SAFETY: `id` and `text` are valid for the call; no token means the current user.
    let result = unsafe { SHGetKnownFolderPath(id, 0, ptr::null_mut(), &mut text) };
    let folder = (result == 0 && !text.is_null()).then(|| {
        // SAFETY: on success the system returns a NUL-terminated string; reading stops at its end.
        let length = (0..).take_while(|&index| unsafe { *text.add(index) } != 0).count();
        // SAFETY: `length` characters were just read.
        PathBuf::from(OsString::from_wide(unsafe { std::slice::from_raw_parts(text, length) }))
    });
    // SAFETY: the string is the caller's to free, also after a failure; NULL is allowed.
    unsafe { CoTaskMemFree(text.cast()) };
    folder
}

const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
const FILE_SHARE_ALL: u32 = 7;
const SECURITY_ANONYMOUS: u32 = 0;
const FILE_TYPE_DISK: u32 = 1;
const FILE_ATTRIBUTE_DIRECTORY: u32 = 0x10;
const FILE_ATTRIBUTE_DEVICE: u32 = 0x40;
const FILE_ATTRIBUTE_REPARSE_POINT: u32 = 0x400;

/// `GUID` of the Windows SDK.
#[repr(C)]
struct Guid(u32, u16, u16, [u8; 8]);

/// {905e63b6-c1bf-494e-b29c-65b732d3d21a}
const FOLDERID_PROGRAM_FILES: Guid = Guid(0x905e_63b6, 0xc1bf, 0x494e, [0xb2, 0x9c, 0x65, 0xb7, 0x32, 0xd3, 0xd2, 0x1a]);
/// {62AB5D82-FDC1-4DC3-A9DD-070D1D495D97}
const FOLDERID_PROGRAM_DATA: Guid = Guid(0x62ab_5d82, 0xfdc1, 0x4dc3, [0xa9, 0xdd, 0x07, 0x0d, 0x1d, 0x49, 0x5d, 0x97]);

/// `BY_HANDLE_FILE_INFORMATION` of the Windows SDK.
#[repr(C)]
#[derive(Default)]
struct ByHandleFileInformation {
    attributes: u32,
    times: [u32; 6],
    volume: u32,
    size_high: u32,
    size_low: u32,
    links: u32,
    index_high: u32,
    index_low: u32,
}

type Handle = *mut std::ffi::c_void;

#[link(name = "kernel32")]
unsafe extern "system" {
    fn GetFileType(file: Handle) -> u32;
    fn GetFileInformationByHandle(file: Handle, information: *mut ByHandleFileInformation) -> i32;
}

#[link(name = "shell32")]
unsafe extern "system" {
    fn SHGetKnownFolderPath(id: *const Guid, flags: u32, token: Handle, path: *mut *mut u16) -> i32;
}

#[link(name = "ole32")]
unsafe extern "system" {
    fn CoTaskMemFree(memory: *mut std::ffi::c_void);
}
