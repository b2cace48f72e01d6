//! The key-file rules, on real files.

use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::trust::policy::PeerPolicy;

struct Folder {
    temporary: tempfile::TempDir,
}

impl Folder {
    fn new() -> Self {
        let folder = Self { temporary: tempfile::tempdir().unwrap() };
        fs::create_dir(folder.tokens()).unwrap();
        folder
    }

    fn tokens(&self) -> PathBuf {
        self.temporary.path().join("tokens")
    }

    fn path(&self, name: &str) -> String {
        self.tokens().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    fn read(&self, path: &str) -> Result<String, (KeyFileReason, String)> {
        match read_from(&KeyFolder::open(&self.tokens()), path) {
            Ok(key) => Ok(key.expose_text().to_owned()),
            Err(ErrorKind::KeyFileRefused { reason, what, .. }) => Err((reason, what)),
            Err(other) => panic!("{other}"),
        }
    }

    fn refusal(&self, path: &str) -> KeyFileReason {
        self.read(path).expect_err(path).0
    }
}

fn read_from(folder: &KeyFolder<'_>, path: &str) -> Result<Secret, ErrorKind> {
    read(folder, &AgentUsers::of(folder, PeerPolicy::Usual).unwrap(), path)
}

#[test]
fn a_key_is_read_without_its_line_end() {
    let folder = Folder::new();
    for content in ["c2VjcmV0", "c2VjcmV0\n", "c2VjcmV0\r\n", "c2VjcmV0\n\n"] {
        assert_eq!(folder.read(&folder.write("a.key", content)).as_deref(), Ok("c2VjcmV0"));
    }
}

#[test]
fn content_that_is_no_key_is_refused() {
    let folder = Folder::new();
    for content in [b"".as_slice(), b"\n", b"  ", b"a\nb", b"a\rb", b"a\0b", b"a\tb", b"\xff\xfe", "ключ".as_bytes(), b"\x7f"] {
        assert_eq!(folder.refusal(&folder.write("a.key", content)), KeyFileReason::Content, "{content:?}");
    }
}

#[test]
fn four_kilobytes_are_a_key_and_one_byte_more_is_not() {
    let folder = Folder::new();
    assert_eq!(folder.read(&folder.write("a.key", "k".repeat(4096))).unwrap().len(), 4096);
    assert_eq!(folder.refusal(&folder.write("b.key", "k".repeat(4097))), KeyFileReason::Size);
}

#[test]
fn paths_elsewhere_are_refused_whatever_lies_there() {
    let folder = Folder::new();
    folder.write("a.key", "k");
    folder.write("a.txt", "k");
    folder.write("a.KEY", "k");
    folder.write(".key", "k");
    fs::create_dir(folder.tokens().join("sub")).unwrap();
    folder.write("sub/a.key", "k");
    fs::write(folder.temporary.path().join("a.key"), "k").unwrap();
    let tokens = folder.path("");
    for path in [
        "/etc/passwd".to_owned(),
        "/etc/passwd.key".to_owned(),
        "a.key".to_owned(),
        String::new(),
        folder.path("../a.key"),
        folder.path("../tokens/a.key"),
        folder.path("./a.key"),
        folder.path("sub/a.key"),
        folder.path("sub/../a.key"),
        folder.path("a.txt"),
        folder.path("a.KEY"),
        folder.path(".key"),
        folder.path("a.key:stream"),
        folder.path("a:b.key"),
        folder.path("a.key\0"),
        folder.path("a\tb.key"),
        folder.path("a.key/"),
        format!("{tokens}/a.key"),
        format!("/{tokens}a.key"),
        r"\\server\share\a.key".to_owned(),
        tokens.clone(),
    ] {
        assert_eq!(folder.refusal(&path), KeyFileReason::Path, "{path}");
    }
}

#[test]
fn links_and_special_files_are_refused_at_once() {
    let folder = Folder::new();
    let target = folder.temporary.path().join("secret.key");
    fs::write(&target, "k").unwrap();
    symlink(&target, folder.path("link.key")).unwrap();
    symlink("nowhere", folder.path("dangling.key")).unwrap();
    fs::hard_link(&target, folder.path("hard.key")).unwrap();
    fs::create_dir(folder.path("directory.key")).unwrap();
    let status = std::process::Command::new("mkfifo").arg(folder.path("pipe.key")).status().unwrap();
    assert!(status.success());
    let _socket = std::os::unix::net::UnixListener::bind(folder.path("socket.key")).unwrap();

    let begun = Instant::now();
    for name in ["link.key", "dangling.key", "hard.key", "directory.key", "pipe.key", "socket.key"] {
        assert_eq!(folder.refusal(&folder.path(name)), KeyFileReason::Kind, "{name}");
    }
    assert!(begun.elapsed() < Duration::from_secs(1), "a pipe must not make the reader wait");
}

#[test]
fn a_missing_file_or_directory_has_vanished() {
    let folder = Folder::new();
    assert_eq!(folder.refusal(&folder.path("a.key")), KeyFileReason::Vanished);
    fs::remove_dir(folder.tokens()).unwrap();
    assert_eq!(folder.refusal(&folder.path("a.key")), KeyFileReason::Vanished);
}

#[test]
fn a_directory_behind_a_link_is_accepted_under_both_names() {
    let folder = Folder::new();
    folder.write("a.key", "k");
    let alias = folder.temporary.path().join("alias");
    symlink(folder.tokens(), &alias).unwrap();
    let through_alias = KeyFolder::open(&alias);
    assert!(read_from(&through_alias, alias.join("a.key").to_str().unwrap()).is_ok());
    assert!(read_from(&through_alias, &folder.path("a.key")).is_ok());
    // If the directory is given by its real path, the link is another directory.
    assert_eq!(folder.refusal(alias.join("a.key").to_str().unwrap()), KeyFileReason::Path);
}

#[test]
fn the_folder_that_was_opened_is_the_one_that_is_read() {
    let (mine, other) = (Folder::new(), Folder::new());
    let key = other.write("a.key", "k");
    let link = mine.temporary.path().join("link");
    symlink(mine.tokens(), &link).unwrap();
    let opened = KeyFolder::open(&link);
    fs::remove_file(&link).unwrap();
    symlink(other.tokens(), &link).unwrap();
    // The link leads to another folder by now, whose files are none of the opened folder, however they are named.
    for path in [key.as_str(), link.join("a.key").to_str().unwrap()] {
        assert!(read_from(&opened, path).is_err(), "{path}");
    }
}

#[test]
fn a_file_of_another_user_is_refused() {
    if !sys::is_root() {
        eprintln!("SKIP: only root can give files away");
        return;
    }
    let folder = Folder::new();
    let path = folder.write("a.key", "k");
    chown(&path, Some(12345), None).unwrap();
    assert_eq!(folder.refusal(&path), KeyFileReason::Owner);
    // The directory's owner may own the file, and so may root.
    chown(folder.tokens(), Some(12345), None).unwrap();
    assert_eq!(folder.read(&path).as_deref(), Ok("k"));
    chown(&path, Some(0), None).unwrap();
    assert_eq!(folder.read(&path).as_deref(), Ok("k"));
    chown(&path, Some(54321), None).unwrap();
    assert_eq!(folder.refusal(&path), KeyFileReason::Owner);
}

#[test]
fn a_denied_file_is_told_apart_from_a_missing_one() {
    if sys::is_root() {
        // Root is denied nothing by file modes; the PowerShell tests do this as another user.
        let denied = denied(Path::new("/x"));
        assert!(matches!(denied, ErrorKind::KeyAccessDenied { root: true, .. }));
        return;
    }
    let folder = Folder::new();
    let path = folder.write("a.key", "k");
    File::open(&path).unwrap().set_permissions(fs::Permissions::from_mode(0o000)).unwrap();
    let error = read_from(&KeyFolder::open(&folder.tokens()), &path).unwrap_err();
    assert!(matches!(error, ErrorKind::KeyAccessDenied { root: false, .. }), "{error}");
}

/// The directory in the text shows a caller that the given directory is wrong. Without it, a stranger on the port is suspected.
#[test]
fn a_path_elsewhere_is_refused_with_the_directory_that_was_expected() {
    let folder = Folder::new();
    let (reason, what) = folder.read("/elsewhere/a.key").unwrap_err();
    assert_eq!(reason, KeyFileReason::Path);
    assert!(what.contains(&folder.path("").trim_end_matches('/').to_owned()), "{what}");
}

proptest! {
    #[test]
    fn only_names_directly_in_the_directory_pass(path in "\\PC{0,60}") {
        if let Ok(name) = name_in(&KeyFolder::open(Path::new("/nowhere/tokens")), &path) {
            prop_assert_eq!(format!("/nowhere/tokens/{name}"), path.as_str());
            prop_assert!(!name.contains('/') && name.ends_with(".key"));
        }
    }

    #[test]
    fn a_key_is_one_printable_line(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        if let Some(key) = key_in(Secret::new(&bytes)) {
            prop_assert!(bytes.starts_with(key.expose()));
            prop_assert!(key.expose().iter().all(|b| (0x20..0x7f).contains(b)));
            prop_assert!(std::ffi::OsStr::from_bytes(&bytes[key.expose().len()..]).as_bytes().iter().all(|b| b"\r\n".contains(b)));
        }
    }
}
