//! Reads the key file that the agent names, if its path and the file keep the rules.
//!
//! A stranger on the agent's port can name any path, and a privileged caller that follows it sends the stranger that file's content
//! (CVE-2024-35255). So the path is only compared, never resolved. The file is opened by its name in our own directory, and all
//! further checks use the open handle.

use std::fs;
use std::io::{self, ErrorKind::NotFound, ErrorKind::PermissionDenied};
use std::path::Path;

use crate::error::{ErrorKind, KeyFileReason};
use crate::secret::bytes::Secret;
use crate::sys;
use crate::text::plain::{shown, shown_path};
use crate::trust::key_folder::KeyFolder;
use crate::trust::key_owner;
use crate::trust::trusted_users::AgentUsers;

/// The largest key file, in bytes. All client libraries have this limit since June 2024.
const MAX_SIZE: usize = 4096;

/// The name of the key file at `path`, or the reason why it is none.
///
/// The parent of `path` must be spelled exactly as the folder, or as the folder without links.
pub(crate) fn name_in<'a>(folder: &KeyFolder<'_>, path: &'a str) -> Result<&'a str, String> {
    let (parent, name) = sys::split_path(path).ok_or("it is not a path")?;
    if !folder.is_spelled(parent) {
        return Err(format!("it is not directly in the key directory '{}'", shown_path(folder.path())));
    }
    if !sys::is_key_name(name) || name.contains(char::is_control) {
        return Err("its name is not that of a key file".to_owned());
    }
    Ok(name)
}

/// Reads the key from the file at `path`, which the agent named.
pub(crate) fn read(folder: &KeyFolder<'_>, users: &AgentUsers, path: &str) -> Result<Secret, ErrorKind> {
    let refuse = |reason, what: &str| ErrorKind::KeyFileRefused { path: shown(path), reason, what: what.to_owned() };
    let name = name_in(folder, path).map_err(|what| refuse(KeyFileReason::Path, &what))?;

    let directory = folder.handle().map_err(|error| not_opened(folder, folder.path(), error))?;
    let file = sys::open_in(directory, name).map_err(|error| {
        if sys::is_link_error(&error) {
            refuse(KeyFileReason::Kind, "it is a symbolic link")
        } else {
            not_opened(folder, Path::new(path), &error)
        }
    })?;

    let unreadable = |error: io::Error| refuse(KeyFileReason::Unreadable, &shown(&error.to_string()));
    let facts = sys::file_facts(&file).map_err(unreadable)?;
    if !facts.regular {
        return Err(refuse(KeyFileReason::Kind, "it is not a regular file"));
    }
    if facts.links == 0 {
        return Err(refuse(KeyFileReason::Vanished, "it was removed while it was being read"));
    }
    if facts.links != 1 {
        return Err(refuse(KeyFileReason::Kind, "the file has another name elsewhere (a hard link)"));
    }
    if let Some(what) = key_owner::refusal(&file, &facts, folder, users) {
        return Err(refuse(KeyFileReason::Owner, &what));
    }
    let too_large = || refuse(KeyFileReason::Size, "it is larger than 4096 bytes");
    if facts.size > MAX_SIZE as u64 {
        return Err(too_large());
    }
    let expected = usize::try_from(facts.size).unwrap_or(MAX_SIZE);
    let content = Secret::read(&file, expected, MAX_SIZE).map_err(unreadable)?.ok_or_else(too_large)?;
    if content.expose().len() != expected {
        return Err(refuse(KeyFileReason::Size, "it changed its size while it was read"));
    }
    key_in(content).ok_or_else(|| refuse(KeyFileReason::Content, "it is empty or not one line of printable ASCII"))
}

fn not_opened(folder: &KeyFolder<'_>, path: &Path, error: &io::Error) -> ErrorKind {
    let is_folder = path == folder.path();
    if sys::is_used_up(error) {
        return ErrorKind::of_system("the agent's key file cannot be opened", error);
    }
    let (reason, what) = match error.kind() {
        // Opening a socket, or a device without a driver, fails; on Windows also a directory, which it says nobody may open.
        _ if !is_folder && fs::symlink_metadata(path).is_ok_and(|m| !m.is_file()) => {
            (KeyFileReason::Kind, "it is not a regular file".to_owned())
        }
        PermissionDenied => return denied(path),
        NotFound if is_folder => (KeyFileReason::Vanished, "the agent's key directory does not exist".to_owned()),
        NotFound if sys::MISSING_MEANS_DENIED && sys::may_enter(folder.path()).is_err() => return denied(path),
        NotFound => (KeyFileReason::Vanished, "it does not exist (any more)".to_owned()),
        _ => (KeyFileReason::Unreadable, shown(&error.to_string())),
    };
    ErrorKind::KeyFileRefused { path: shown_path(path), reason, what }
}

fn denied(path: &Path) -> ErrorKind {
    ErrorKind::KeyAccessDenied { path: shown_path(path), user: sys::current_user(), root: sys::is_root() }
}

/// The key in a file's content, without its line end. `None` for text that cannot be part of a header line.
pub(crate) fn key_in(content: Secret) -> Option<Secret> {
    let bytes = content.expose();
    let len = bytes.iter().rposition(|b| !matches!(b, b'\r' | b'\n')).map_or(0, |last| last + 1);
    let printable = bytes[..len].iter().all(|b| matches!(b, 0x20..=0x7e));
    let blank = bytes[..len].iter().all(|b| *b == b' ');
    (printable && !blank).then(|| content.truncated(len))
}

#[cfg(test)]
#[cfg_attr(unix, path = "key_file_tests.rs")]
#[cfg_attr(windows, path = "key_file_windows_tests.rs")]
mod tests;
