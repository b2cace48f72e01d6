//! The key directory: nobody else decides which files the emulator writes. It may run as root.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, lchown, symlink};
use std::path::Path;
use std::process::{Command, Output};
#[cfg(target_os = "linux")]
use std::sync::atomic::{AtomicBool, Ordering};

use crate::client::ask;
use crate::support::{Emulator, emulator_program, is_root};

/// A user id that no user has.
const OTHER_USER: u32 = 64_127;

fn started_in(folder: &Path) -> Emulator {
    Emulator::start(&["--key-directory", folder.to_str().expect("UTF-8")])
}

/// The error of an emulator that must not start.
fn refused_in(folder: &Path) -> String {
    // Its standard input is empty, so an emulator that starts all the same ends at once.
    let mut command = Command::new(emulator_program());
    command.args(["--until-stdin-closes", "--key-directory"]).arg(folder);
    let Output { status, stderr, stdout } = command.output().expect("it runs");
    assert!(!status.success() && stdout.is_empty(), "{}", String::from_utf8_lossy(&stdout));
    String::from_utf8(stderr).expect("UTF-8")
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it exists").mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

#[test]
fn a_folder_that_the_emulator_makes_is_closed_to_others_and_stays() {
    let folder = tempfile::tempdir().expect("a directory");
    let keys = folder.path().join("new/keys");
    for _ in 0..2 {
        let emulator = started_in(&keys);
        assert_eq!((mode(&keys), mode(keys.parent().expect("above"))), (0o700, 0o700));
        assert!(ask(&emulator, "").realm().starts_with(keys.to_str().expect("UTF-8")));
    }
}

#[test]
fn a_folder_that_others_can_write_to_is_refused_and_any_other_mode_is_fine() {
    let folder = tempfile::tempdir().expect("a directory");
    for writable in [0o720, 0o702, 0o770, 0o777, 0o1777, 0o2770] {
        set_mode(folder.path(), writable);
        let error = refused_in(folder.path());
        assert!(error.contains(&format!("written to by other users (mode {writable:o})")), "{error}");
    }
    for fine in [0o755, 0o2750, 0o711] {
        set_mode(folder.path(), fine);
        ask(&started_in(folder.path()), "").realm();
        assert_eq!(mode(folder.path()), fine);
    }
}

#[test]
fn a_link_of_ones_own_is_followed_and_judged_by_what_it_leads_to() {
    let folder = tempfile::tempdir().expect("a directory");
    let (keys, link) = (folder.path().join("keys"), folder.path().join("link"));
    fs::create_dir(&keys).expect("a directory");
    symlink(&keys, &link).expect("a link");
    set_mode(&keys, 0o755);
    let realm = ask(&started_in(&link), "").realm();
    assert!(realm.starts_with(link.to_str().expect("UTF-8")), "{realm}");
    set_mode(&keys, 0o777);
    assert!(refused_in(&link).contains("written to by other users"));
}

#[test]
fn a_folder_or_link_of_another_user_is_refused_without_the_switch() {
    if !is_root() {
        return eprintln!("SKIP: only root can make a folder of another user");
    }
    let folder = tempfile::tempdir().expect("a directory");
    let (keys, link) = (folder.path().join("keys"), folder.path().join("link"));
    fs::create_dir(&keys).expect("a directory");
    symlink(&keys, &link).expect("a link");
    set_mode(&keys, 0o755);
    lchown(&link, Some(OTHER_USER), None).expect("we are root");
    for spelling in [link.clone(), link.join("")] {
        let error = refused_in(&spelling);
        assert!(error.contains(&format!("is a link of another user (user id {OTHER_USER})")), "{error}");
    }
    chown(&keys, Some(OTHER_USER), None).expect("we are root");
    let error = refused_in(&keys);
    assert!(error.contains(&format!("belongs to another user (user id {OTHER_USER})")), "{error}");
    let emulator = Emulator::start(&["--any-key-directory", "--key-directory", keys.to_str().expect("UTF-8")]);
    ask(&emulator, "").realm();
}

/// A thread plays another user who can write to the folder, and puts a link in the place of each file as soon as it is there.
#[test]
#[cfg(target_os = "linux")]
fn no_fault_writes_through_a_link_or_changes_its_target() {
    if !is_root() {
        return eprintln!("SKIP: only root can give a file away");
    }
    let folder = tempfile::tempdir().expect("a directory");
    let (keys, precious) = (folder.path().join("keys"), folder.path().join("precious"));
    fs::create_dir(&keys).expect("a directory");
    fs::write(&precious, "precious").expect("a file");
    set_mode(&precious, 0o600);
    let faults = ["", "key-file-growing", "key-file-other-owner", "key-file-huge", "key-unreadable", "key-newline"];
    let emulator = started_in(&keys);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| replace_new_files(&keys, &precious, &over));
        for fault in faults {
            emulator.set_fault(fault);
            for _ in 0..30 {
                ask(&emulator, "");
            }
        }
        over.store(true, Ordering::Relaxed);
    });
    let facts = fs::metadata(&precious).expect("it exists");
    assert_eq!((facts.uid(), facts.mode() & 0o7777), (0, 0o600));
    assert_eq!(fs::read_to_string(&precious).expect("it is text"), "precious");
}

/// Renames a link over each new file.
#[cfg(target_os = "linux")]
fn replace_new_files(keys: &Path, target: &Path, over: &AtomicBool) {
    let next = target.with_file_name("next");
    while !over.load(Ordering::Relaxed) {
        for file in fs::read_dir(keys).expect("it exists").flatten() {
            if file.file_type().is_ok_and(|kind| kind.is_file()) {
                symlink(target, &next).expect("a link");
                fs::rename(&next, file.path()).expect("the folder is ours");
            }
        }
    }
}
