//! `KeyFolder`: the agent's key directory, opened once for one try.
//!
//! The owner, the key files and the agent's spelling are all judged from one handle. A path that is looked at twice can lead to two
//! folders: to a stranger's for the question who is trusted, and to the agent's for the key.

use std::fs;
use std::io;
use std::path::Path;

#[cfg(target_os = "linux")]
use super::user_namespace;
use crate::error::ErrorKind;
use crate::sys;
use crate::text::plain::shown_path;

/// An open directory of key files, or the reason why it is not open.
pub(crate) struct KeyFolder<'a> {
    path: &'a Path,
    handle: io::Result<sys::Directory>,
}

impl<'a> KeyFolder<'a> {
    /// Opens the directory with search permission only. A failure matters when a key is read.
    pub(crate) fn open(path: &'a Path) -> Self {
        Self { path, handle: sys::open_directory(path) }
    }

    pub(crate) fn path(&self) -> &'a Path {
        self.path
    }

    pub(crate) fn handle(&self) -> Result<&sys::Directory, &io::Error> {
        self.handle.as_ref()
    }

    /// The error where the caller named a directory that is not there. The agent's own may be made later.
    pub(crate) fn missing(&self) -> Option<ErrorKind> {
        let path = shown_path(self.path);
        let problem = match self.handle.as_ref().err()?.kind() {
            io::ErrorKind::NotFound => format!("This user finds no directory '{path}', which was given as the key directory."),
            io::ErrorKind::NotADirectory => format!("'{path}', which was given as the key directory, is no directory."),
            _ => return None,
        };
        let advice = "Give the directory in which the agent at the given endpoint makes its key files.";
        (sys::key_directory().as_deref() != Some(self.path)).then_some(ErrorKind::InvalidArgument { problem, advice: advice.into() })
    }

    /// The true cause of an error of the peer's: without the directory, its owner is not known to be the agent.
    pub(crate) fn cause_of(&self, error: ErrorKind) -> ErrorKind {
        match error {
            ErrorKind::ForeignAnswer { .. } | ErrorKind::UnidentifiedAgent { .. } => self.missing().unwrap_or(error),
            other => other,
        }
    }

    /// The owner. `None` for a directory that is not open or whose mount hides the owner: then nobody is trusted for owning it.
    #[cfg(not(windows))]
    pub(crate) fn owner(&self) -> Option<u32> {
        let handle = self.handle.as_ref().ok()?;
        let owner = sys::owner_of(handle)?;
        #[cfg(target_os = "linux")]
        if user_namespace::is_hidden_by_mount(owner, handle) {
            return None;
        }
        Some(owner)
    }

    /// True when `text` names this directory: as it was given, or without the links on the way to it. Agents from 1.63 on may name
    /// the target of a link.
    pub(crate) fn is_spelled(&self, text: &str) -> bool {
        let resolved = || fs::canonicalize(self.path).is_ok_and(|real| sys::same_path(text, &real) && self.is_at(&real));
        sys::same_path(text, self.path) || resolved()
    }

    /// True while the open directory lies at `path`.
    fn is_at(&self, path: &Path) -> bool {
        self.handle.as_ref().is_ok_and(|handle| sys::is_directory_at(handle, path))
    }
}
