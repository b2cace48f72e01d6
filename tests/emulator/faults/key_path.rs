//! Faults in the path that the challenge names. If the path can exist, it does, and holds a key that works. So only its own rules
//! stop a client.

use std::fs;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

use super::{Fault, Needs, key};
use crate::keys::NewKey;

fn text(path: impl AsRef<Path>) -> String {
    path.as_ref().display().to_string()
}

/// A fault that names another path. The key file is written as usual.
fn named(name: &str, about: &str, realm: fn(&NewKey<'_>) -> String) -> Fault {
    key(name, about, move |key| {
        key.forbidden = true;
        key.realm = realm(key);
        key.write(key.path())
    })
}

/// A fault that writes the key to a file with another name in the key directory, and names that file.
fn renamed(name: &str, about: &str, file: fn(&str) -> String) -> Fault {
    key(name, about, move |key| {
        key.forbidden = true;
        let path = key.directory.join(file(key.name.trim_end_matches(".key")));
        key.realm = text(&path);
        key.write(path)
    })
}

pub(super) fn faults() -> Vec<Fault> {
    vec![
        named("key-path-passwd", "/etc/passwd", |_| "/etc/passwd".into()),
        named("key-path-environment", "/proc/self/environ", |_| "/proc/self/environ".into()),
        key("key-path-outside", "a .key file in another directory", |key| {
            key.forbidden = true;
            let path = key.aside.join(&key.name);
            key.realm = text(&path);
            key.write(path)
        }),
        key("key-path-dot-dot", "out of the key directory through ..", |key| {
            key.forbidden = true;
            let path = key.aside.join(&key.name);
            // The first two parts are the drive and its root on Windows, and the root elsewhere.
            let root = path.components().take(if cfg!(windows) { 2 } else { 1 }).collect::<PathBuf>();
            let up = format!("..{MAIN_SEPARATOR}").repeat(key.directory.components().count());
            let down = path.strip_prefix(root).unwrap_or(&path);
            key.realm = format!("{}{MAIN_SEPARATOR}{up}{}", text(key.directory), text(down));
            key.write(path)
        }),
        key("key-path-sub-directory", "a .key file in a directory below the key directory", |key| {
            key.forbidden = true;
            let directory = key.directory.join(key.name.trim_end_matches(".key"));
            fs::create_dir(&directory)?;
            key.paths.push(directory.clone());
            let path = directory.join(&key.name);
            key.realm = text(&path);
            key.write(path)
        }),
        key("key-path-in-and-out", "the right file through a directory below and ..", |key| {
            key.forbidden = true;
            let stem = key.name.trim_end_matches(".key").to_owned();
            let directory = key.directory.join(&stem);
            fs::create_dir(&directory)?;
            key.paths.push(directory);
            key.realm = text(key.directory.join(stem).join("..").join(&key.name));
            key.write(key.path())
        }),
        named("key-path-dot", "the right file through .", |key| format!("{0}{1}.{1}{2}", text(key.directory), MAIN_SEPARATOR, key.name)),
        named("key-path-double-slash", "the right file after two slashes", |key| {
            format!("{0}{1}{1}{2}", text(key.directory), MAIN_SEPARATOR, key.name)
        }),
        named("key-path-slash-at-the-end", "the right file and a slash after it", |key| format!("{}{MAIN_SEPARATOR}", text(key.path()))),
        named("key-path-directory", "the key directory itself", |key| text(key.directory)),
        named("key-path-name-only", "the file's name without a directory", |key| key.name.clone()),
        key("key-path-alias", "the right file through a link to the key directory that the client does not know", |key| {
            key.forbidden = true;
            let alias = key.aside.join(key.name.trim_end_matches(".key"));
            link(key.directory, &alias)?;
            key.paths.push(alias.clone());
            key.realm = text(alias.join(&key.name));
            key.write(key.path())
        })
        .needs(Needs::Linux),
        renamed("key-path-txt", "a .txt file", |stem| format!("{stem}.txt")),
        renamed("key-path-no-extension", "a file without an extension", |stem| stem.into()),
        renamed("key-path-upper-case", "a .KEY file", |stem| format!("{stem}.KEY")),
        renamed("key-path-two-extensions", "a .key.txt file", |stem| format!("{stem}.key.txt")),
        renamed("key-path-key-inside", "a file whose name ends in key, without the dot", |stem| format!("{stem}key")),
        named("key-path-absent", "a file that does not exist, with the right form of name", |key| {
            text(key.directory.join(format!("{}.key", crate::keys::guid())))
        }),
        named("key-path-unc", "a UNC path", |key| format!("\\\\server\\share\\{}", key.name)),
        named("key-path-unc-slashes", "a UNC path with slashes", |key| format!("//server/share/{}", key.name)),
        named("key-path-device-namespace", "a Windows device path to the right file", |key| format!("\\\\?\\{}", text(key.path()))),
        // The separator of the other system.
        named("key-path-backslash", if cfg!(windows) { "a slash before the name" } else { "a backslash before the name" }, |key| {
            format!("{}{}{}", text(key.directory), if cfg!(windows) { '/' } else { '\\' }, key.name)
        }),
        named("key-path-stream", "an alternate stream of the right file", |key| format!("{}:x.key", text(key.path()))),
        named("key-path-url", "a file: URL", |key| format!("file://{}", text(key.path()))),
        named("key-path-encoded", "percent-encoded slashes", |key| {
            text(key.path()).replace(MAIN_SEPARATOR, if cfg!(windows) { "%5C" } else { "%2F" })
        }),
        named("key-path-control", "a tab in the name", |key| text(key.directory.join("a\tb.key"))),
        named("key-path-non-ascii", "a name that is not ASCII", |key| text(key.directory.join("schl\u{fc}ssel.key"))),
        named("key-path-long", "a name of 60,000 bytes", |key| text(key.directory.join(format!("{}.key", "x".repeat(60_000))))),
        named("key-path-windows", "the directory of the other operating system", |key| {
            let directory =
                if cfg!(windows) { "/var/opt/azcmagent/tokens/" } else { "C:\\ProgramData\\AzureConnectedMachineAgent\\Tokens\\" };
            format!("{directory}{}", key.name)
        }),
    ]
}

#[cfg(unix)]
fn link(to: &Path, at: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(to, at)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
