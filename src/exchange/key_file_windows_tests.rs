//! The key-file rules on Windows, on real files. What no file here can be is in the tests of `trust/key_access.rs`.

use std::fs::{self, OpenOptions};
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::trust::policy::PeerPolicy;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, content: &str) -> String {
        fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    fn read(&self, path: &str) -> Result<String, KeyFileReason> {
        let folder = KeyFolder::open(self.0.path());
        match read(&folder, &AgentUsers::of(&folder, PeerPolicy::Usual).unwrap(), path) {
            Ok(key) => Ok(key.expose_text().to_owned()),
            Err(ErrorKind::KeyFileRefused { reason, .. }) => Err(reason),
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn a_key_is_read_by_its_path_in_any_letter_case() {
    let folder = Folder::new();
    let path = folder.write("a.key", "c2VjcmV0\r\n");
    for path in [path.clone(), path.to_uppercase(), path.to_lowercase()] {
        assert_eq!(folder.read(&path).as_deref(), Ok("c2VjcmV0"), "{path}");
    }
}

#[test]
fn another_spelling_of_the_same_file_is_refused() {
    let folder = Folder::new();
    let path = folder.write("a.key", "k");
    let parent = folder.0.path().to_str().unwrap();
    for path in [
        path.replace('\\', "/"),
        format!("{parent}/a.key"),
        format!(r"\\?\{path}"),
        format!(r"\\.\{path}"),
        format!(r"{parent}\.\a.key"),
        format!(r"{parent}\\a.key"),
        format!("{path}."),
        format!("{path}::$DATA"),
        path.replacen("C:", r"\\localhost\C$", 1),
    ] {
        assert_eq!(folder.read(&path), Err(KeyFileReason::Path), "{path}");
    }
}

#[test]
fn what_is_no_plain_file_of_one_name_is_refused() {
    let folder = Folder::new();
    fs::create_dir(folder.path("folder.key")).unwrap();
    assert!(folder.read(&folder.path("folder.key")).is_err());
    let path = folder.write("a.key", "k");
    fs::hard_link(&path, folder.path("b")).unwrap();
    assert_eq!(folder.read(&path), Err(KeyFileReason::Kind));
    assert_eq!(folder.read(&folder.path("missing.key")), Err(KeyFileReason::Vanished));
}

#[test]
fn size_and_content_are_judged_as_everywhere() {
    let folder = Folder::new();
    assert_eq!(folder.read(&folder.write("a.key", &"k".repeat(4096))).unwrap().len(), 4096);
    assert_eq!(folder.read(&folder.write("b.key", &"k".repeat(4097))), Err(KeyFileReason::Size));
    assert_eq!(folder.read(&folder.write("c.key", "a\nb")), Err(KeyFileReason::Content));
}

#[test]
fn a_missing_folder_is_told_as_such() {
    let folder = Folder::new();
    let gone = folder.0.path().join("gone");
    let path = gone.join("a.key");
    let folder = KeyFolder::open(&gone);
    let users = AgentUsers::of(&folder, PeerPolicy::Usual).unwrap();
    let error = read(&folder, &users, path.to_str().unwrap()).unwrap_err();
    assert!(matches!(&error, ErrorKind::KeyFileRefused { reason: KeyFileReason::Vanished, .. }), "{error}");
}

/// Opens the file as a program does that looks for viruses: nobody else may open it.
fn taken(path: &str, time: Duration) -> thread::JoinHandle<()> {
    let file = OpenOptions::new().read(true).share_mode(0).open(path).unwrap();
    thread::spawn(move || {
        thread::sleep(time);
        drop(file);
    })
}

#[test]
fn a_file_that_another_program_has_taken_is_waited_for_but_not_for_long() {
    let folder = Folder::new();
    let path = folder.write("a.key", "k");
    let release = taken(&path, Duration::from_millis(300));
    assert_eq!(folder.read(&path).as_deref(), Ok("k"));
    release.join().unwrap();

    let release = taken(&path, Duration::from_secs(3));
    let begun = Instant::now();
    assert_eq!(folder.read(&path), Err(KeyFileReason::Unreadable));
    assert!((Duration::from_secs(1)..Duration::from_millis(2500)).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    release.join().unwrap();
}

#[test]
fn the_folder_cannot_be_renamed_while_it_is_open() {
    let parent = tempfile::tempdir().unwrap();
    let (keys, other): (PathBuf, PathBuf) = (parent.path().join("keys"), parent.path().join("other"));
    fs::create_dir(&keys).unwrap();
    let open = KeyFolder::open(&keys);
    assert!(open.handle().is_ok());
    assert!(fs::rename(&keys, &other).is_err());
    drop(open);
    fs::rename(&keys, &other).unwrap();
}
