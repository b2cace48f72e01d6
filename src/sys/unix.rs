//! Linux (and, for development, other Unix systems): opening files without following links, and who we are.

use std::ffi::CString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Where the agent's package keeps its key files.
pub(crate) fn key_directory() -> Option<PathBuf> {
    Some(PathBuf::from("/var/opt/azcmagent/tokens"))
}

/// The agent's program: there when it is installed.
pub(crate) fn agent_program() -> Option<PathBuf> {
    Some(PathBuf::from("/opt/azcmagent/bin/himds"))
}

/// The file in which the agent's package sets variables for systemd's services.
pub(crate) const SERVICE_CONFIGURATION: Option<&str> = Some("/lib/systemd/system.conf.d/azcmagent.conf");

/// The account that the agent runs as.
pub(crate) const AGENT_USER: &str = "himds";

pub(crate) const START_AGENT: &str = "sudo systemctl start himdsd";
pub(crate) const RESTART_AGENT: &str = "sudo systemctl restart himdsd";
pub(crate) const AGENT_LOG: &str = "/var/opt/azcmagent/log/himds.log";
pub(crate) const CHECK_TIME: &str = "'timedatectl' shows whether it is synchronised";
pub(crate) const JOIN_GROUP: &str = "Run it as root, or add the user to the group 'himds' (sudo usermod -aG himds <user>); \
     membership counts from the next logon or service start.";

/// A directory's handle. Needs search permission on the way to it only, as the agent's group may have no more.
pub(crate) fn open_directory(path: &Path) -> io::Result<File> {
    #[cfg(target_os = "linux")]
    let flags = libc::O_PATH | libc::O_DIRECTORY | libc::O_CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let flags = libc::O_DIRECTORY | libc::O_CLOEXEC;
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// Opens `name` in `directory` for reading: never through a link, never waiting for a pipe's other end, never becoming
/// the controlling terminal's owner.
pub(crate) fn open_in(directory: &File, name: &str) -> io::Result<File> {
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

/// True for the error that [`open_in`] gives for a link.
pub(crate) fn is_link_error(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::ELOOP)
}

/// What the rules for key files ask of an open file.
pub(crate) struct FileFacts {
    pub(crate) regular: bool,
    pub(crate) links: u64,
    /// True when its owner is root or `directory`'s owner.
    pub(crate) owner_trusted: bool,
    pub(crate) owner: String,
    pub(crate) size: u64,
}

/// Reads them from the handles, so that nobody can change the answer by renaming.
pub(crate) fn file_facts(file: &File, directory: &File) -> io::Result<FileFacts> {
    let (file, directory) = (file.metadata()?, directory.metadata()?);
    Ok(FileFacts {
        regular: file.is_file(),
        links: file.nlink(),
        owner_trusted: file.uid() == 0 || file.uid() == directory.uid(),
        owner: format!("user id {}", file.uid()),
        size: file.len(),
    })
}

/// The user this process acts as.
pub(crate) fn effective_uid() -> u32 {
    // SAFETY: geteuid has no preconditions and cannot fail.
    unsafe { libc::geteuid() }
}

/// The same, for error texts.
pub(crate) fn current_user() -> String {
    format!("user id {}", effective_uid())
}

/// True when this process runs as root.
pub(crate) fn is_root() -> bool {
    effective_uid() == 0
}

/// The owner of a directory.
pub(crate) fn owner_of(path: &Path) -> Option<u32> {
    std::fs::metadata(path).ok().map(|metadata| metadata.uid())
}

/// True when both are spelled alike.
pub(crate) fn same_path(left: &str, right: &Path) -> bool {
    left.as_bytes() == right.as_os_str().as_bytes()
}

/// A path's directory and name, split at the last separator, without resolving anything.
pub(crate) fn split_path(path: &str) -> Option<(&str, &str)> {
    path.rsplit_once('/')
}

/// True when `name` ends as key files do.
pub(crate) fn is_key_name(name: &str) -> bool {
    name.len() > ".key".len() && name.ends_with(".key") && !name.contains(['/', '\\', ':', '\0'])
}

/// True when a missing file may mean a missing permission.
pub(crate) const MISSING_MEANS_DENIED: bool = false;
