//! The path of a key file, as the agent names it.

use std::path::{Path, PathBuf};

use crate::error::{ErrorKind, KeyFileReason};
use crate::key_file::KeyDirectory;

/// A directory behind a link, which nobody can put files into; and one that does not exist.
const DIRECTORIES: [&str; 2] = ["/proc/self", "/arc-token/no/such/directory"];

pub(super) fn run(data: &[u8]) {
    let path = String::from_utf8_lossy(data);
    for directory in DIRECTORIES.map(PathBuf::from) {
        check(&path, &directory);
    }
}

fn check(path: &str, directory: &Path) {
    let keys = KeyDirectory::new(directory.to_owned());
    let accepted = keys.name_of(path);
    if let Ok(name) = accepted {
        assert!(name.len() > 4 && name.ends_with(".key") && !name.contains(['/', '\\', '\0']), "{name:?}");
        let spelled = |parent: &Path| parent.to_str().is_some_and(|parent| path == format!("{parent}/{name}"));
        assert!(spelled(directory) || directory.canonicalize().is_ok_and(|real| spelled(&real)), "{path:?}");
        assert_eq!(Path::new(path).file_name().and_then(|name| name.to_str()), Some(name));
    }
    // There is no key file in either directory, so nothing may be read, and nothing outside may be reached.
    match keys.read(path) {
        Err(error @ ErrorKind::KeyFileRefused { reason: KeyFileReason::Path, .. }) => {
            assert!(accepted.is_err());
            super::assert_plain(&error.to_string());
        }
        Err(ErrorKind::KeyFileRefused { .. }) => assert!(accepted.is_ok(), "{path:?} was looked for"),
        other => panic!("{path:?} gave {other:?}"),
    }
}
