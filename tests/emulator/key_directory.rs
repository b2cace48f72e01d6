//! The key directory: a folder that nobody but this user and root can change.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::args::Args;

/// A given key directory stays, a temporary one is removed at the end.
pub(crate) struct KeyDirectory {
    path: PathBuf,
    folder: Arc<Folder>,
    temporary: Option<tempfile::TempDir>,
}

/// The handle of the folder. All changes of the folder itself go through it, because the path may lead elsewhere later.
pub(crate) struct Folder {
    #[cfg(unix)]
    handle: File,
}

impl KeyDirectory {
    /// Makes the folder, or checks the one that exists. `aside` is another folder that this process has made.
    pub(crate) fn new(args: &Args, aside: &Path) -> io::Result<Self> {
        let Some(given) = &args.key_directory else {
            let temporary = tempfile::Builder::new().prefix("arc-emulator-keys-").tempdir()?;
            return Self::open(temporary.path().to_owned(), Some(temporary));
        };
        make(given)?;
        // The path is not resolved: it may be a link on purpose, and the challenge names it. A slash at its end would follow the link.
        let directory = Self::open(std::path::absolute(given)?.components().collect(), None)?;
        if !args.any_key_directory {
            directory.check(aside)?;
        }
        Ok(directory)
    }

    fn open(path: PathBuf, temporary: Option<tempfile::TempDir>) -> io::Result<Self> {
        let folder = Folder {
            #[cfg(unix)]
            handle: directory(&path)?,
        };
        Ok(Self { path, folder: Arc::new(folder), temporary })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn folder(&self) -> Arc<Folder> {
        Arc::clone(&self.folder)
    }

    /// Sets a mode that lets the files of a temporary folder be removed, because a fault may have changed the mode.
    pub(crate) fn reopen(&self) {
        if self.temporary.is_some() {
            let _ = self.folder.set_mode(0o700);
        }
    }
}

impl Folder {
    #[cfg(unix)]
    pub(crate) fn set_mode(&self, mode: u32) -> io::Result<()> {
        set_mode(&self.handle, mode)
    }

    #[cfg(not(unix))]
    pub(crate) fn set_mode(&self, _: u32) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
impl KeyDirectory {
    /// Fails if another user can change the folder, or the link that leads to it: then that user decides which files the emulator
    /// writes, and the emulator may run as root.
    fn check(&self, aside: &Path) -> io::Result<()> {
        use std::os::unix::fs::MetadataExt as _;
        let own = fs::metadata(aside)?.uid();
        let is_ours = |owner: u32| owner == own || owner == 0;
        let refused = |problem: String| {
            let advice = "Give a folder of your own that no other user can write to, or one that does not exist.";
            Err(io::Error::other(format!("The key directory '{}' {problem}. {advice}", self.path.display())))
        };
        let (link, folder) = (fs::symlink_metadata(&self.path)?, self.folder.handle.metadata()?);
        if link.is_symlink() && !is_ours(link.uid()) {
            return refused(format!("is a link of another user (user id {})", link.uid()));
        }
        if !is_ours(folder.uid()) {
            return refused(format!("belongs to another user (user id {})", folder.uid()));
        }
        if folder.mode() & 0o022 != 0 {
            return refused(format!("can be written to by other users (mode {:o})", folder.mode() & 0o7777));
        }
        Ok(())
    }
}

/// Makes the folder and those above it that are missing, all of them for this user only.
#[cfg(unix)]
fn make(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(unix)]
pub(crate) fn directory(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().read(true).custom_flags(libc::O_DIRECTORY).open(path)
}

#[cfg(unix)]
pub(crate) fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
impl KeyDirectory {
    /// Elsewhere the folder's access control list says who can change it, and the emulator has no more rights than its user.
    fn check(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(not(unix))]
fn make(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(not(unix))]
pub(crate) fn set_mode(_: &File, _: u32) -> io::Result<()> {
    Ok(())
}
