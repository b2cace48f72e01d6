//! Windows: known folders, the opening of files without following reparse points, and this user.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::ffi::OsStringExt;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::AsRawHandle;
use std::path::{Path, PathBuf};
use std::ptr::{self, NonNull};
use std::time::{Duration, Instant};

use windows_sys::Win32::Foundation::{ERROR_LOCK_VIOLATION, ERROR_SHARING_VIOLATION, S_OK};
use windows_sys::Win32::Storage::FileSystem::{
    BY_HANDLE_FILE_INFORMATION, FILE_ATTRIBUTE_DEVICE, FILE_ATTRIBUTE_DIRECTORY, FILE_ATTRIBUTE_REPARSE_POINT, FILE_FLAG_BACKUP_SEMANTICS,
    FILE_FLAG_OPEN_REPARSE_POINT, FILE_READ_ATTRIBUTES, FILE_SHARE_DELETE, FILE_SHARE_READ, FILE_SHARE_WRITE, FILE_TRAVERSE,
    FILE_TYPE_DISK, GetFileInformationByHandle, GetFileType, READ_CONTROL, SECURITY_ANONYMOUS,
};
use windows_sys::Win32::System::Com::CoTaskMemFree;
use windows_sys::Win32::System::Memory::{MEM_COMMIT, MEM_RELEASE, MEM_RESERVE, PAGE_READWRITE, VirtualAlloc, VirtualFree, VirtualLock};
use windows_sys::Win32::UI::Shell::{KF_FLAG_DEFAULT, SHGetKnownFolderPath};
use windows_sys::core::GUID;

use super::accounts::AccessList;
use super::accounts_windows::access_list;

/// An open directory. As long as it is open, Windows lets nobody rename it: so its path stays its own.
pub(crate) struct Directory {
    handle: File,
    /// Without links and junctions on the way.
    path: PathBuf,
}

/// Opens the directory that is at the end of all links and junctions.
pub(crate) fn open_directory(path: &Path) -> io::Result<Directory> {
    let open = |rights| {
        let mut options = OpenOptions::new();
        options.access_mode(rights).share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE).custom_flags(FILE_FLAG_BACKUP_SEMANTICS);
        options.open(path)
    };
    // Windows holds a directory in its place only for a handle that may do something with its content. Who may not go through it, or
    // may not read its access list, may still read the keys: Windows checks no rights on the way to a file.
    let handle = open(FILE_READ_ATTRIBUTES | READ_CONTROL | FILE_TRAVERSE).or_else(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => open(FILE_READ_ATTRIBUTES),
        _ => Err(error),
    })?;
    if !handle.metadata()?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    let path = std::fs::canonicalize(path)?;
    Ok(Directory { handle, path })
}

/// The access list of an open directory.
pub(crate) fn access_list_of(directory: &Directory) -> AccessList {
    access_list(&directory.handle)
}

/// Opens `name` in `directory` for reading. A reparse point is opened itself, and [`file_facts`] finds it.
///
/// A program that looks for viruses may have just opened the new file for itself alone. So that error is waited for, up to a second.
pub(crate) fn open_in(directory: &Directory, name: &str) -> io::Result<File> {
    const PATIENCE: Duration = Duration::from_secs(1);
    const PAUSE: Duration = Duration::from_millis(20);
    let until = Instant::now() + PATIENCE;
    loop {
        // SQOS_PRESENT with anonymous level: if the name leads to a pipe, its server cannot act as this user.
        let opened = OpenOptions::new()
            .read(true)
            .share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)
            .custom_flags(FILE_FLAG_OPEN_REPARSE_POINT)
            .security_qos_flags(SECURITY_ANONYMOUS)
            .open(directory.path.join(name));
        match opened {
            Err(error) if is_taken(&error) && Instant::now() < until => std::thread::sleep(PAUSE),
            other => return other,
        }
    }
}

/// True where another program has opened the file for itself alone, or locked a part.
fn is_taken(error: &io::Error) -> bool {
    let taken = [ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION].map(|code| code as i32);
    error.raw_os_error().is_some_and(|code| taken.contains(&code))
}

/// Always false: opening a link does not fail here, and [`file_facts`] finds it.
pub(crate) fn is_link_error(_: &io::Error) -> bool {
    false
}

/// The facts about an open file that the rules for key files need.
pub(crate) struct FileFacts {
    pub(crate) regular: bool,
    pub(crate) links: u64,
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
        size: u64::from(information.nFileSizeHigh) << 32 | u64::from(information.nFileSizeLow),
    })
}

/// The user, for error texts.
pub(crate) fn current_user() -> String {
    super::access_windows::user_name().map_or_else(|| "unknown".to_owned(), |name| crate::text::plain::shown(&name))
}

/// Always 0: users have no numbers on Windows.
pub(crate) fn effective_uid() -> u32 {
    0
}

/// True when the directory was opened at `path`, which has no links in it.
pub(crate) fn is_directory_at(directory: &Directory, path: &Path) -> bool {
    directory.path == path
}

/// Always false: administrators may lack elevation, so everybody gets the same texts.
pub(crate) fn is_root() -> bool {
    false
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

/// New pages, all zeros. `None` when the system has none left.
pub(super) fn new_pages(len: usize) -> Option<NonNull<u8>> {
    // SAFETY: new pages at an address of the system's choice touch no other memory.
    let start = unsafe { VirtualAlloc(ptr::null_mut(), len, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE) };
    let start = NonNull::new(start.cast::<u8>())?;
    // Errors do not count: the working set's limit may forbid this, and the caller still needs a token.
    // SAFETY: the range is the pages just made.
    unsafe { VirtualLock(start.as_ptr().cast(), len) };
    Some(start)
}

/// Gives pages back, which unlocks them.
///
/// # Safety
/// - `start` is a result of [`new_pages`], and nobody uses the pages any more.
pub(super) unsafe fn release_pages(start: NonNull<u8>, _: usize) {
    // SAFETY: the caller's promise; MEM_RELEASE wants a length of 0.
    unsafe { VirtualFree(start.as_ptr().cast(), 0, MEM_RELEASE) };
}
