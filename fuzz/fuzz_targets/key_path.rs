//! The path of a key file, as text from the agent.

#![cfg_attr(not(test), no_main)]

use std::path::{Path, PathBuf};

use arc_token::fuzzing::{assert_plain, key_file_name, read_key_file};
use arc_token::{ErrorKind, KeyFileReason};

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// A directory behind a link, in which nobody can make files, and a directory that does not exist.
const DIRECTORIES: [&str; 2] = ["/proc/self", "/arc-token/no/such/directory"];

pub(crate) fn run(data: &[u8]) {
    let path = String::from_utf8_lossy(data);
    for directory in DIRECTORIES.map(PathBuf::from) {
        check(&path, &directory);
    }
}

fn check(path: &str, directory: &Path) {
    let accepted = key_file_name(directory, path);
    if let Ok(name) = accepted {
        assert!(name.len() > 4 && name.ends_with(".key") && !name.contains(['/', '\\', '\0']), "{name:?}");
        let spelled = |parent: &Path| parent.to_str().is_some_and(|parent| path == format!("{parent}/{name}"));
        assert!(spelled(directory) || directory.canonicalize().is_ok_and(|real| spelled(&real)), "{path:?}");
        assert_eq!(Path::new(path).file_name().and_then(|name| name.to_str()), Some(name));
    }
    // Neither directory has a key file, so no read may succeed. A path elsewhere must be refused for its path.
    match read_key_file(directory, path) {
        Err(error @ ErrorKind::KeyFileRefused { reason: KeyFileReason::Path, .. }) => {
            assert!(accepted.is_err());
            assert_plain(&error.to_string());
        }
        Err(ErrorKind::KeyFileRefused { .. }) => assert!(accepted.is_ok(), "{path:?} was looked for"),
        other => panic!("{path:?} gave {other:?}"),
    }
}
