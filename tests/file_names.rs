//! The names of the project's files: Windows must be able to have them, so that it can check the project out.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The longest path below the project's folder. Windows takes 259 characters, of which some are the folder's.
const LONGEST: usize = 200;

/// What Windows has against a path, if anything.
fn fault(path: &str) -> Option<&'static str> {
    if path.chars().count() > LONGEST {
        return Some("it is too long");
    }
    path.split('/').find_map(|name| {
        let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
        let numbered = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
        let is_device = ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str())
            || numbered.is_some_and(|number| number.len() == 1 && number.chars().all(|c| c.is_ascii_digit()));
        match () {
            () if is_device => Some("it names a device"),
            () if name.ends_with(['.', ' ']) => Some("Windows takes the dot or blank at the end of a name away"),
            () if name.contains(['<', '>', ':', '"', '|', '?', '*', '\\']) || name.chars().any(char::is_control) => {
                Some("a name has a character that Windows does not allow")
            }
            () => None,
        }
    })
}

/// The project's files, without what is built.
fn files() -> Vec<String> {
    // In a folder of links for the build, the files are elsewhere; the manifest can be one of its own.
    let root = fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")).unwrap().parent().unwrap().to_owned();
    let mut folders = vec![PathBuf::new()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).unwrap().map(Result::unwrap) {
            let path = folder.join(entry.file_name());
            match entry.file_type().unwrap().is_dir() {
                true if [".git", "target", "out"].iter().any(|built| path == Path::new(built)) => (),
                true if entry.file_name() == "bin" || entry.file_name() == "obj" => (),
                true => folders.push(path),
                false => found.push(path.iter().map(|name| name.to_string_lossy()).collect::<Vec<_>>().join("/")),
            }
        }
    }
    found
}

#[test]
fn windows_can_have_all_files() {
    let files = files();
    assert!(files.iter().any(|file| file == "tests/file_names.rs"), "{} files", files.len());
    let mut spelled = BTreeMap::new();
    for file in &files {
        assert_eq!(fault(file), None, "{file}");
        let other = spelled.insert(file.to_lowercase(), file);
        assert_eq!(other, None, "'{file}' is the same for Windows");
    }
}

#[test]
fn what_windows_cannot_have_is_found() {
    let long = "x/".repeat(LONGEST / 2) + "x";
    for path in ["a/nul", "a/Con.txt", "com1.key/a", "lpt9", "aux .c", "a./b", "a /b", "a:b", "a?b", "a\\b", "a\tb", "<a>", &long] {
        assert!(fault(path).is_some(), "{path:?}");
    }
    for path in ["nully", "a/console.rs", "com.rs", "com10", ".gitignore", "a.b/c d", &long[2..]] {
        assert_eq!(fault(path), None, "{path:?}");
    }
}
