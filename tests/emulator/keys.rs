//! One-time keys: each is a file in the key directory whose content, once sent back, is worth one token.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};
use std::{fs, io, mem};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A key file in the making. A fault changes what is named, what is written, or where.
pub(crate) struct NewKey<'a> {
    /// The key directory.
    pub(crate) directory: &'a Path,
    /// A directory of the emulator's own, for what a client must not read.
    pub(crate) aside: &'a Path,
    /// `<guid>.key`
    pub(crate) name: String,
    /// What the challenge names.
    pub(crate) realm: String,
    /// What the client has to send.
    pub(crate) content: String,
    /// Whether a client that follows the rules never gets as far as sending it.
    pub(crate) forbidden: bool,
    /// Another key, which such a client never sends.
    pub(crate) decoy: Option<String>,
    /// What has to be removed afterwards.
    pub(crate) paths: Vec<PathBuf>,
}

impl NewKey<'_> {
    /// The file's ordinary place.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }

    /// A key like all others.
    pub(crate) fn another() -> String {
        let mut bytes = [0; 64];
        fastrand::fill(&mut bytes);
        STANDARD.encode(bytes)
    }

    /// Writes the content to a file of mode 0640 that is removed with the key.
    pub(crate) fn write(&mut self, path: impl Into<PathBuf>) -> io::Result<()> {
        let content = self.content.clone();
        self.write_bytes(path, content.as_bytes())
    }

    pub(crate) fn write_bytes(&mut self, path: impl Into<PathBuf>, bytes: &[u8]) -> io::Result<()> {
        let path = path.into();
        self.paths.push(path.clone());
        fs::write(&path, bytes)?;
        set_mode(&path, 0o640)
    }
}

#[cfg(unix)]
pub(crate) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
pub(crate) fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

/// What a key that came back is worth.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Worth {
    Good,
    /// Good too, but a client that follows the rules would not have sent it.
    Forbidden,
    Used,
    Unknown,
}

impl Worth {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Forbidden => "forbidden",
            Self::Used => "used",
            Self::Unknown => "unknown",
        }
    }
}

struct Outstanding {
    forbidden: bool,
    paths: Vec<PathBuf>,
    made: Instant,
}

pub(crate) struct Keys {
    pub(crate) directory: PathBuf,
    aside: PathBuf,
    lifetime: Duration,
    outstanding: Mutex<HashMap<String, Outstanding>>,
    used: Mutex<HashSet<String>>,
}

impl Keys {
    pub(crate) fn new(directory: PathBuf, aside: PathBuf, lifetime: Duration) -> Self {
        Self { directory, aside, lifetime, outstanding: Mutex::default(), used: Mutex::default() }
    }

    /// Makes a key: its file as `make` wants it. Returns what the challenge names, and the key.
    pub(crate) fn issue(&self, make: impl FnOnce(&mut NewKey<'_>) -> io::Result<()>) -> io::Result<(String, String)> {
        let name = format!("{}.key", guid());
        let mut key = NewKey {
            directory: &self.directory,
            aside: &self.aside,
            realm: self.directory.join(&name).display().to_string(),
            name,
            content: NewKey::another(),
            forbidden: false,
            decoy: None,
            paths: Vec::new(),
        };
        let made = make(&mut key);
        let NewKey { realm, content, forbidden, decoy, paths, .. } = key;
        if let Err(error) = made {
            remove(&paths);
            return Err(error);
        }
        let made = Instant::now();
        let mut outstanding = self.outstanding();
        if let Some(decoy) = decoy {
            outstanding.insert(decoy, Outstanding { forbidden: true, paths: Vec::new(), made });
        }
        outstanding.insert(content.clone(), Outstanding { forbidden, paths, made });
        Ok((realm, content))
    }

    /// Takes a key back. Whatever it was worth, it is worth nothing afterwards, and its file is gone.
    pub(crate) fn redeem(&self, content: &str) -> Worth {
        let Some(key) = self.outstanding().remove(content) else {
            return if self.used().contains(content) { Worth::Used } else { Worth::Unknown };
        };
        remove(&key.paths);
        self.used().insert(content.to_owned());
        if key.forbidden { Worth::Forbidden } else { Worth::Good }
    }

    /// Removes what nobody fetched in time.
    pub(crate) fn remove_old(&self) {
        self.outstanding().retain(|_, key| {
            let young = key.made.elapsed() < self.lifetime;
            if !young {
                remove(&key.paths);
            }
            young
        });
    }

    pub(crate) fn remove_all(&self) {
        let outstanding = mem::take(&mut *self.outstanding());
        outstanding.values().for_each(|key| remove(&key.paths));
    }

    fn outstanding(&self) -> MutexGuard<'_, HashMap<String, Outstanding>> {
        self.outstanding.lock().expect("no panic")
    }

    fn used(&self) -> MutexGuard<'_, HashSet<String>> {
        self.used.lock().expect("no panic")
    }
}

/// Removes files and empty directories, those made last first.
fn remove(paths: &[PathBuf]) {
    for path in paths.iter().rev() {
        let _ = fs::remove_file(path).or_else(|_| fs::remove_dir(path));
    }
}

/// A random GUID (version 4).
pub(crate) fn guid() -> String {
    let bits = fastrand::u128(..) & !(0xf << 76) & !(0b11 << 62) | (4 << 76) | (0b10 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
