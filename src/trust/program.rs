//! The program that holds a socket, as far as this process may see it.

use std::fs;
use std::path::{Path, PathBuf};

#[cfg(not(windows))]
use super::passwd::name_in_passwd;
use super::socket::Socket;
use crate::sys;

/// True when `program` is the installed program, or was it before an update: Linux then shows the old program as deleted.
pub(crate) fn is_same(program: &Path, installed: &Path) -> bool {
    let program = program.to_string_lossy();
    let program = program.strip_suffix(" (deleted)").unwrap_or(&program);
    let resolved = fs::canonicalize(installed);
    [Some(installed), resolved.as_deref().ok()].into_iter().flatten().any(|path| sys::same_path(program, path))
}

/// The process that has this socket open, and its program. Only root can find processes of other users.
#[cfg(not(windows))]
pub(crate) fn holder_of(socket: &Socket) -> Option<(u32, PathBuf)> {
    let wanted = PathBuf::from(format!("socket:[{}]", socket.inode));
    let has_it = |process: u32| {
        let descriptors = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
        descriptors.into_iter().any(|entry| fs::read_link(entry.path()).is_ok_and(|target| target == wanted))
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let process = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).find(|process| has_it(*process))?;
    Some((process, fs::read_link(format!("/proc/{process}/exe")).ok()?))
}

/// The process that has this socket open, and its program. Only administrators can look at processes of other users.
#[cfg(windows)]
pub(crate) fn holder_of(socket: &Socket) -> Option<(u32, PathBuf)> {
    Some((socket.holder, sys::program_of(socket.holder).ok()?))
}

/// The user of a socket, as far as it is known.
#[cfg(not(windows))]
pub(crate) fn user_of(socket: &Socket) -> String {
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    match name_in_passwd(&passwd, socket.holder) {
        Some(name) => format!("user {name} (id {})", socket.holder),
        None => format!("user id {}", socket.holder),
    }
}

/// The user of a socket's process, as far as it is known.
#[cfg(windows)]
pub(crate) fn user_of(socket: &Socket) -> String {
    match sys::account_of(socket.holder) {
        Ok(account) => sys::accounts::shown(&account.user),
        Err(_) => format!("process {}", socket.holder),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::is_same;
    use std::path::Path;

    #[test]
    fn the_agents_program_is_known_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap().join("himds");
        let link = folder.path().join("link");
        std::fs::write(&real, "").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let deleted = format!("{} (deleted)", real.display());
        for program in [real.as_path(), Path::new(&deleted)] {
            assert!(is_same(program, &real) && is_same(program, &link), "{program:?}");
        }
        assert!(!is_same(&folder.path().join("other"), &real) && !is_same(Path::new("/usr/bin/himds"), &real));
    }
}
