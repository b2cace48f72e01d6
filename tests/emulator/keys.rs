//! One-time keys. Each key is the content of a file in the key directory, and is worth one token.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::key_directory::{Folder, set_mode};

/// A new key, before its file is written. A fault can change the name, the content or the place.
pub(crate) struct NewKey<'a> {
    /// The path of the key directory in challenges.
    pub(crate) directory: &'a Path,
    /// The key directory itself, for a fault that changes it.
    pub(crate) folder: &'a Folder,
    /// A private directory of the emulator, for files that a client must not read.
    pub(crate) aside: &'a Path,
    /// `<guid>.key`
    pub(crate) name: String,
    /// The path that the challenge names.
    pub(crate) realm: String,
    /// The key: the text that the client must send.
    pub(crate) content: String,
    /// Whether a client that keeps the rules never sends the key.
    pub(crate) forbidden: bool,
    /// Another key that works, but that a client must never send.
    pub(crate) decoy: Option<String>,
    /// The files and directories to remove afterwards.
    pub(crate) paths: Vec<PathBuf>,
}

impl NewKey<'_> {
    /// The ordinary path of the file.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }

    /// A new random key.
    pub(crate) fn another() -> String {
        let mut bytes = [0; 64];
        fastrand::fill(&mut bytes);
        STANDARD.encode(bytes)
    }

    /// Writes the content to a new file. It is removed with the key.
    pub(crate) fn write(&mut self, path: impl Into<PathBuf>) -> io::Result<()> {
        self.create(path).map(drop)
    }

    /// The same, for a fault that changes the file.
    pub(crate) fn create(&mut self, path: impl Into<PathBuf>) -> io::Result<File> {
        let content = self.content.clone();
        self.create_with(path, content.as_bytes())
    }

    pub(crate) fn create_with(&mut self, path: impl Into<PathBuf>, bytes: &[u8]) -> io::Result<File> {
        let path = path.into();
        let file = new_file(&path, bytes)?;
        self.paths.push(path);
        Ok(file)
    }
}

/// Makes a file with mode 0640. Fails if there is anything at its path, also a link. Whoever changes the file later does it through
/// the handle.
pub(crate) fn new_file(path: &Path, bytes: &[u8]) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    set_mode(&file, 0o640)?;
    Ok(file)
}

/// The worth of a key in a request.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Worth {
    Good,
    /// The key works, but a client that keeps the rules does not send it.
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
    folder: Arc<Folder>,
    directory: PathBuf,
    aside: PathBuf,
    lifetime: Duration,
    outstanding: Mutex<HashMap<String, Outstanding>>,
    used: Mutex<HashSet<String>>,
}

impl Keys {
    pub(crate) fn new(folder: Arc<Folder>, directory: PathBuf, aside: PathBuf, lifetime: Duration) -> Self {
        Self { folder, directory, aside, lifetime, outstanding: Mutex::default(), used: Mutex::default() }
    }

    /// Makes a key. `make` writes its file. Returns the path for the challenge, and the key.
    pub(crate) fn issue(&self, make: impl FnOnce(&mut NewKey<'_>) -> io::Result<()>) -> io::Result<(String, String)> {
        let name = format!("{}.key", guid());
        let mut key = NewKey {
            directory: &self.directory,
            folder: &self.folder,
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

    /// Takes a key from a request, and returns its worth. Afterwards the key is worth nothing, and its file is removed.
    pub(crate) fn redeem(&self, content: &str) -> Worth {
        let Some(key) = self.outstanding().remove(content) else {
            return if self.used().contains(content) { Worth::Used } else { Worth::Unknown };
        };
        remove(&key.paths);
        self.used().insert(content.to_owned());
        if key.forbidden { Worth::Forbidden } else { Worth::Good }
    }

    /// Removes expired keys.
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

/// Removes files and empty directories, the newest first.
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
