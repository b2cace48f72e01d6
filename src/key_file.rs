//! Reads the key file that the agent names, if it is one that may be read.
//!
//! Whoever answers on the agent's port can name any path, and a privileged caller that follows it sends that file's content
//! to them (CVE-2024-35255). So the path is only ever compared, never resolved: what is opened is a name in our own
//! directory, and everything else is asked of the open handle.

use std::fs;
use std::io::{self, ErrorKind::NotFound, ErrorKind::PermissionDenied};
use std::path::{Path, PathBuf};

use crate::error::{ErrorKind, KeyFileReason, shown_path};
use crate::secret::Secret;
use crate::sys;
use crate::text::shown;

/// Key files are at most this long, in every client library since June 2024.
const LARGEST: usize = 4096;

/// The directory that key files are in, as far as we are concerned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct KeyDirectory(PathBuf);

impl KeyDirectory {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// The installed agent's.
    pub(crate) fn of_agent() -> Option<Self> {
        sys::key_directory().map(Self)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The name of the key file that `path` is in this directory, if it is one: its parent spelled exactly as this
    /// directory, or as what this directory really is (agents from 1.63 on may name that, when it lies behind a link).
    pub(crate) fn name_of<'a>(&self, path: &'a str) -> Result<&'a str, String> {
        let (parent, name) = sys::split_path(path).ok_or("it is not a path")?;
        let ours = sys::same_path(parent, &self.0) || fs::canonicalize(&self.0).is_ok_and(|real| sys::same_path(parent, &real));
        if !ours {
            return Err(format!("it is not directly in the key directory '{}'", shown_path(&self.0)));
        }
        if !sys::is_key_name(name) || name.contains(char::is_control) {
            return Err("its name is not that of a key file".to_owned());
        }
        Ok(name)
    }

    /// Reads the key from the file the agent named.
    pub(crate) fn read(&self, path: &str) -> Result<Secret, ErrorKind> {
        let refuse = |reason, what: &str| ErrorKind::KeyFileRefused { path: shown(path), reason, what: what.to_owned() };
        let name = self.name_of(path).map_err(|what| refuse(KeyFileReason::Path, &what))?;

        let directory = sys::open_directory(&self.0).map_err(|error| self.not_opened(&self.0, &error))?;
        let file = sys::open_in(&directory, name).map_err(|error| {
            if sys::is_link_error(&error) {
                refuse(KeyFileReason::Kind, "it is a symbolic link")
            } else {
                self.not_opened(Path::new(path), &error)
            }
        })?;

        let unreadable = |error: io::Error| refuse(KeyFileReason::Unreadable, &shown(&error.to_string()));
        let facts = sys::file_facts(&file, &directory).map_err(unreadable)?;
        if !facts.regular {
            return Err(refuse(KeyFileReason::Kind, "it is not a regular file"));
        }
        if facts.links == 0 {
            return Err(refuse(KeyFileReason::Vanished, "it was removed while it was being read"));
        }
        if facts.links != 1 {
            return Err(refuse(KeyFileReason::Kind, "the file has another name elsewhere (a hard link)"));
        }
        if !facts.owner_trusted {
            return Err(refuse(
                KeyFileReason::Owner,
                &format!("it belongs to {}, neither root nor the key directory's owner", facts.owner),
            ));
        }
        let too_large = || refuse(KeyFileReason::Size, "it is larger than 4096 bytes");
        if facts.size > LARGEST as u64 {
            return Err(too_large());
        }
        let expected = usize::try_from(facts.size).unwrap_or(LARGEST);
        let content = Secret::read(&file, expected, LARGEST).map_err(unreadable)?.ok_or_else(too_large)?;
        if content.expose().len() != expected {
            return Err(refuse(KeyFileReason::Size, "it changed its size while it was read"));
        }
        key_in(content).ok_or_else(|| refuse(KeyFileReason::Content, "it is empty or not one line of printable ASCII"))
    }

    fn not_opened(&self, path: &Path, error: &io::Error) -> ErrorKind {
        let (reason, what) = match error.kind() {
            PermissionDenied => return self.denied(path),
            NotFound if sys::MISSING_MEANS_DENIED => return self.denied(path),
            NotFound if path == self.0 => (KeyFileReason::Vanished, "the agent's key directory does not exist".to_owned()),
            NotFound => (KeyFileReason::Vanished, "it does not exist (any more)".to_owned()),
            // Sockets and devices without a driver cannot be opened at all.
            _ if path != self.0 && fs::symlink_metadata(path).is_ok_and(|m| !m.is_file()) => {
                (KeyFileReason::Kind, "it is not a regular file".to_owned())
            }
            _ => (KeyFileReason::Unreadable, shown(&error.to_string())),
        };
        ErrorKind::KeyFileRefused { path: shown_path(path), reason, what }
    }

    fn denied(&self, path: &Path) -> ErrorKind {
        ErrorKind::KeyAccessDenied { path: shown_path(path), user: sys::current_user(), root: sys::is_root() }
    }
}

/// The key without its line end, if it can be one: it becomes part of a header line.
pub(crate) fn key_in(content: Secret) -> Option<Secret> {
    let bytes = content.expose();
    let len = bytes.iter().rposition(|b| !matches!(b, b'\r' | b'\n')).map_or(0, |last| last + 1);
    let printable = bytes[..len].iter().all(|b| matches!(b, 0x20..=0x7e));
    let blank = bytes[..len].iter().all(|b| *b == b' ');
    (printable && !blank).then(|| content.truncated(len))
}

#[cfg(test)]
#[cfg(unix)]
#[path = "key_file_tests.rs"]
mod tests;
