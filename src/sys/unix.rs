//! Linux (and other Unix systems, for development): the agent's paths, the opening of files without following links and of sockets for
//! questions about sockets (sock_diag(7)), and this user.

use std::ffi::CString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::ptr::{self, NonNull};

/// An open directory.
pub(crate) type Directory = File;

/// Opens a directory as a handle. This needs search permission only: the agent's group may have no more.
pub(crate) fn open_directory(path: &Path) -> io::Result<Directory> {
    #[cfg(target_os = "linux")]
    let flags = libc::O_PATH | libc::O_DIRECTORY | libc::O_CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = libc::O_DIRECTORY | libc::O_CLOEXEC;
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Opens `name` in `directory` for reading. Does not follow a link, does not wait for the other end of a pipe, and does not get a
/// controlling terminal.
pub(crate) fn open_in(directory: &Directory, name: &str) -> io::Result<File> {
    let name = CString::new(name.as_bytes())?;
    let flags = libc::O_RDONLY | libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_CLOEXEC | libc::O_NOCTTY;
    // SAFETY: the descriptor is open as long as `directory` is borrowed; `name` is NUL-terminated and outlives the call.
    let descriptor = unsafe { libc::openat(directory.as_raw_fd(), name.as_ptr(), flags) };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor was just opened, and nobody else knows it.
    Ok(unsafe { File::from_raw_fd(descriptor) })
}

/// A netlink socket on which the kernel answers questions about sockets. It answers any user.
#[cfg(target_os = "linux")]
pub(crate) fn open_sock_diag() -> io::Result<File> {
    // SAFETY: socket has no preconditions.
    let descriptor = unsafe { libc::socket(libc::AF_NETLINK, libc::SOCK_RAW | libc::SOCK_CLOEXEC, libc::NETLINK_SOCK_DIAG) };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor was just opened, and nobody else knows it.
    Ok(unsafe { File::from_raw_fd(descriptor) })
}

/// True for the error that [`open_in`] gives for a link.
pub(crate) fn is_link_error(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::ELOOP)
}

/// The facts about an open file that the rules for key files need.
pub(crate) struct FileFacts {
    pub(crate) regular: bool,
    pub(crate) links: u64,
    /// The user id of its owner. `None` on systems without them.
    pub(crate) owner: Option<u32>,
    pub(crate) size: u64,
}

/// Reads them from the handle, so that nobody can change the answer by renaming.
pub(crate) fn file_facts(file: &File) -> io::Result<FileFacts> {
    let file = file.metadata()?;
    Ok(FileFacts { regular: file.is_file(), links: file.nlink(), owner: Some(file.uid()), size: file.len() })
}

/// The id of the user that the calling thread acts as. Linux has one for each thread; libc's functions change it for all of them.
pub(crate) fn effective_uid() -> u32 {
    // SAFETY: geteuid has no preconditions and cannot fail.
    unsafe { libc::geteuid() }
}

/// The user that this process acts as, for error texts.
pub(crate) fn current_user() -> String {
    format!("user id {}", effective_uid())
}

/// True when this process runs as root.
pub(crate) fn is_root() -> bool {
    effective_uid() == 0
}

/// The user id of an open directory's owner.
pub(crate) fn owner_of(directory: &Directory) -> Option<u32> {
    directory.metadata().ok().map(|metadata| metadata.uid())
}

/// True when the open directory lies at `path`.
pub(crate) fn is_directory_at(directory: &Directory, path: &Path) -> bool {
    let same = |a: std::fs::Metadata, b: std::fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    directory.metadata().is_ok_and(|own| std::fs::metadata(path).is_ok_and(|other| same(own, other)))
}

/// True when both paths are spelled alike.
pub(crate) fn same_path(left: &str, right: &Path) -> bool {
    left.as_bytes() == right.as_os_str().as_bytes()
}

/// The directory and the name in a path, split at the last separator. Nothing is resolved.
pub(crate) fn split_path(path: &str) -> Option<(&str, &str)> {
    path.rsplit_once('/')
}

/// True when `name` ends like the names of key files, and is not a path.
pub(crate) fn is_key_name(name: &str) -> bool {
    name.len() > ".key".len() && name.ends_with(".key") && !name.contains(['/', '\\', ':', '\0'])
}

/// True when a missing file may mean a missing permission.
pub(crate) const MISSING_MEANS_DENIED: bool = false;

/// New pages, all zeros. `None` when the system has none left.
pub(super) fn new_pages(len: usize) -> Option<NonNull<u8>> {
    let (read_write, private) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    // SAFETY: a new private mapping at an address of the system's choice touches no other memory.
    let start = unsafe { libc::mmap(ptr::null_mut(), len, read_write, private, -1, 0) };
    if start == libc::MAP_FAILED {
        return None;
    }
    // Errors do not count: a limit (RLIMIT_MEMLOCK) or a policy may forbid this, and the caller still needs a token.
    // SAFETY: the range is the mapping just made.
    unsafe {
        libc::mlock(start, len);
        #[cfg(target_os = "linux")]
        {
            libc::madvise(start, len, libc::MADV_DONTDUMP);
            // A child gets pages of zeros.
            libc::madvise(start, len, libc::MADV_WIPEONFORK);
        }
    }
    NonNull::new(start.cast())
}

/// Gives pages back, which unlocks them.
///
/// # Safety
/// - `start` is the result of [`new_pages`] for `len`, and nobody uses the pages any more.
pub(super) unsafe fn release_pages(start: NonNull<u8>, len: usize) {
    // SAFETY: the caller's promise.
    unsafe { libc::munmap(start.as_ptr().cast(), len) };
}
