//! The layers of the library: imports go one way, between folders and between files.
//!
//! The order of the layers is the order of the modules in `src/lib.rs`, highest first.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The source files by their path below `src/`, without what is for tests alone.
fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found = BTreeMap::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
                if !name.ends_with("_tests.rs") && name != "fuzzing.rs" {
                    found.insert(name, code_of(&fs::read_to_string(path).expect("a source")));
                }
            }
        }
    }
    found
}

/// The code without comments, and without the tests at its end.
fn code_of(text: &str) -> String {
    let ends = ["#[cfg(test)]\nmod ", "#[cfg(test)]\n#[", "#[cfg(all(test, unix))]\nmod "];
    let end = ends.iter().filter_map(|end| text.find(end)).min().unwrap_or(text.len());
    text[..end].lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every path that a file imports or names, from the crate's root: `agent::locate::Agent`.
fn paths_in(file: &str, code: &str) -> BTreeSet<String> {
    let folder: Vec<_> = file.trim_end_matches("/mod.rs").split('/').collect();
    let parent = if file.ends_with("/mod.rs") { folder.clone() } else { folder[..folder.len() - 1].to_vec() }.join("::");
    let mut found = BTreeSet::new();
    for (start, base) in [("crate::", String::new()), ("super::", format!("{parent}::")), ("self::", format!("{parent}::"))] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().last();
            if before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':') {
                expand(&base, &code[at + start.len()..], &mut found);
            }
        }
    }
    // A folder's own list of what it makes known.
    for line in code.lines().filter(|line| file.ends_with("mod.rs") && line.trim_start().starts_with("pub")) {
        if let Some((_, path)) = line.split_once(" use ") {
            expand(&format!("{parent}::"), path, &mut found);
        }
    }
    found
}

/// Adds the paths of a `use` tree, which can have braces in it.
fn expand(base: &str, tree: &str, found: &mut BTreeSet<String>) {
    let tree = tree.trim_start();
    let name_end = tree.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(tree.len());
    let (name, rest) = tree.split_at(name_end);
    if let Some(inner) = tree.strip_prefix('{') {
        let mut depth = 0;
        let mut item = String::new();
        for c in inner.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    expand(base, &std::mem::take(&mut item), found);
                    continue;
                }
                _ => (),
            }
            item.push(c);
        }
        expand(base, &item, found);
    } else if let Some(rest) = rest.strip_prefix("::") {
        expand(&format!("{base}{name}::"), rest, found);
    } else if !name.is_empty() || rest.starts_with('*') {
        found.insert(format!("{base}{name}"));
    }
}

/// The file that a path leads to: the longest one that exists. A name in the crate's root leads to lib.rs.
fn file_of(path: &str, sources: &BTreeMap<String, String>) -> Option<String> {
    let parts: Vec<_> = path.split("::").collect();
    let candidates = (1..=parts.len()).rev().flat_map(|length| {
        let joined = parts[..length].join("/");
        [format!("{joined}.rs"), format!("{joined}/mod.rs")]
    });
    candidates.into_iter().find(|file| sources.contains_key(file)).or_else(|| Some("lib.rs".to_owned()))
}

/// For each file, the files that it imports.
fn imports(sources: &BTreeMap<String, String>) -> BTreeMap<String, BTreeSet<String>> {
    let files = |file: &String, code: &String| {
        let all = paths_in(file, code).into_iter().filter_map(|path| file_of(&path, sources));
        all.filter(|imported| imported != file).collect::<BTreeSet<_>>()
    };
    sources.iter().map(|(file, code)| (file.clone(), files(file, code))).collect()
}

/// The modules of lib.rs, highest layer first.
fn layers(sources: &BTreeMap<String, String>) -> Vec<String> {
    let module =
        |line: &str| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix([';', '{']).map(|name| name.trim().to_owned());
    // A folder's own files stand in braces, with a margin.
    sources["lib.rs"].lines().filter_map(module).collect()
}

fn layer_of(file: &str) -> &str {
    file.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

#[test]
fn every_import_between_folders_goes_downwards() {
    let sources = sources();
    let layers = layers(&sources);
    let height = |file: &str| layers.iter().position(|layer| layer == layer_of(file));
    assert!(layers.len() > 10, "the layers are read from src/lib.rs: {layers:?}");
    let mut wrong = Vec::new();
    for (file, imported) in imports(&sources).iter().filter(|(file, _)| *file != "lib.rs") {
        for other in imported {
            match (height(file), height(other)) {
                (Some(own), Some(its)) if own > its => wrong.push(format!("src/{file} imports src/{other}, which is a higher layer")),
                (None, _) => wrong.push(format!("src/{file} is in no layer: add its module to src/lib.rs")),
                (_, None) => wrong.push(format!("src/{file} imports from the crate's root: name the file that it means (src/{other})")),
                _ => (),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let sources = sources();
    let imports = imports(&sources);
    let mut done = BTreeSet::new();
    for file in imports.keys().filter(|file| *file != "lib.rs") {
        let mut path = Vec::new();
        walk(file, &imports, &mut path, &mut done);
    }
}

fn walk<'a>(file: &'a str, imports: &'a BTreeMap<String, BTreeSet<String>>, path: &mut Vec<&'a str>, done: &mut BTreeSet<&'a str>) {
    assert!(!path.contains(&file), "a circle: src/{} imports src/{file}", path.join(" imports src/"));
    if !done.contains(file) {
        path.push(file);
        for other in imports[file].iter().filter(|other| *other != "lib.rs") {
            walk(other, imports, path, done);
        }
        path.pop();
        done.insert(file);
    }
}

#[test]
fn an_import_that_goes_upwards_is_seen() {
    let code = "use super::{a, b::{C, d}};\nuse crate::ffi::request::X;\nfn f() { crate::cache::process::clear() }";
    let found = paths_in("text/plain.rs", code);
    let expected = ["cache::process::clear", "ffi::request::X", "text::a", "text::b::C", "text::b::d"];
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    assert_eq!(file_of("ffi::request::X", &sources()).as_deref(), Some("ffi/request.rs"));
}
