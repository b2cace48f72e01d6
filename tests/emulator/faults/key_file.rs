//! Faults in which the key file is not an ordinary file: links, devices, FIFOs and others. If it leads to a key, that key works.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, fchown, symlink};
use std::path::{Path, PathBuf};
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use rustix::fs::{CWD, Dev, FileType, Mode, makedev, mknodat};

use super::{Fault, Needs, key};
use crate::keys::{NewKey, new_file};

/// A user id that no user has. It is neither root's nor that of the owner of the key directory.
const NOBODY: u32 = 65_533;

/// The time for which a file keeps changing.
const RESTLESS: Duration = Duration::from_secs(20);

/// Writes the key to a file outside the key directory.
fn hidden(key: &mut NewKey<'_>) -> std::io::Result<PathBuf> {
    key.forbidden = true;
    let path = key.aside.join(&key.name);
    key.write(&path)?;
    Ok(path)
}

fn node(key: &mut NewKey<'_>, kind: FileType, device: Dev) -> std::io::Result<()> {
    key.forbidden = true;
    key.paths.push(key.path());
    Ok(mknodat(CWD, key.path(), kind, Mode::from_raw_mode(0o640), device)?)
}

pub(super) fn faults() -> Vec<Fault> {
    let faults = vec![
        key("key-file-link", "a symbolic link to the key elsewhere", |key| {
            let real = hidden(key)?;
            key.paths.push(key.path());
            symlink(real, key.path())
        }),
        key("key-file-link-inside", "a symbolic link to the key under another name in the key directory", |key| {
            key.forbidden = true;
            let real = format!("real-{}", key.name);
            key.write(key.directory.join(&real))?;
            key.paths.push(key.path());
            symlink(real, key.path())
        }),
        key("key-file-link-to-nothing", "a symbolic link that leads nowhere", |key| {
            key.forbidden = true;
            key.paths.push(key.path());
            symlink(key.aside.join("nothing"), key.path())
        }),
        key("key-file-link-to-itself", "a symbolic link to itself", |key| {
            key.forbidden = true;
            key.paths.push(key.path());
            symlink(key.path(), key.path())
        }),
        key("key-file-hard-link", "a file with a second name in the key directory", |key| {
            key.forbidden = true;
            let real = key.directory.join(format!("real-{}", key.name));
            key.write(&real)?;
            key.paths.push(key.path());
            fs::hard_link(real, key.path())
        }),
        key("key-file-directory", "a directory", |key| {
            key.forbidden = true;
            key.paths.push(key.path());
            fs::create_dir(key.path())
        }),
        key("key-file-fifo", "a FIFO that nobody writes to", |key| node(key, FileType::Fifo, 0)),
        key("key-file-socket", "a socket", |key| node(key, FileType::Socket, 0)),
        key("key-file-device", "the device /dev/zero under the key's name", |key| node(key, FileType::CharacterDevice, makedev(1, 5)))
            .needs(Needs::Root),
        key("key-file-other-owner", "a file that belongs to somebody else (uid 65533)", |key| {
            key.forbidden = true;
            fchown(key.create(key.path())?, Some(NOBODY), None)
        })
        .needs(Needs::Root),
        key("key-file-vanished", "the file is gone by the time its name arrives", |_| Ok(())),
        key("key-file-vanished-once", "the same, but only the first time", |_| Ok(())).once(),
        key("key-file-huge", "a file of 1 TiB, all of it a hole", |key| {
            key.forbidden = true;
            key.create(key.path())?.set_len(1 << 40)
        }),
        key("key-file-growing", "4000 bytes that grow by 16 every millisecond, for 20 s", |key| {
            let some: String = std::iter::repeat_with(fastrand::alphanumeric).take(4000).collect();
            let file = key.create_with(key.path(), some.as_bytes())?;
            spawn(move || grow(file));
            Ok(())
        }),
        key("key-file-replaced", "by turns the right file and a link to another key, as fast as possible, for 20 s", |key| {
            let decoy = key.aside.join(&key.name);
            let other = NewKey::another();
            key.create_with(&decoy, other.as_bytes())?;
            key.decoy = Some(other);
            key.write(key.path())?;
            let (path, content) = (key.path(), key.content.clone());
            let next = key.directory.join(format!("next-{}", key.name));
            key.paths.push(next.clone());
            spawn(move || replace(&path, &next, &decoy, &content));
            Ok(())
        }),
    ];
    // All of them need links, owners or special files.
    faults.into_iter().map(|fault| if matches!(fault.needs, Needs::Nothing) { fault.needs(Needs::Linux) } else { fault }).collect()
}

/// Appends to the file until it is gone.
fn grow(mut file: File) {
    let start = Instant::now();
    while file.metadata().is_ok_and(|file| file.nlink() > 0) && start.elapsed() < RESTLESS && file.write_all(&[b'x'; 16]).is_ok() {
        sleep(Duration::from_millis(1));
    }
}

/// Swaps the file and the decoy all the time. Each step is a rename, so that one of them is always there. Ends when the decoy is
/// gone, which means that the key is used or expired.
fn replace(path: &Path, next: &Path, decoy: &Path, content: &str) {
    let start = Instant::now();
    while decoy.exists() && start.elapsed() < RESTLESS {
        let turn = symlink(decoy, next)
            .and_then(|()| fs::rename(next, path))
            .and_then(|()| new_file(next, content.as_bytes()))
            .and_then(|_| fs::rename(next, path));
        if turn.is_err() {
            break;
        }
    }
    let _ = fs::remove_file(path);
    let _ = fs::remove_file(next);
}
