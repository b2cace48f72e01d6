//! Runs every fuzz target as a test: on its seeds, and on bytes that proptest makes up.
//!
//! This file is part of the library's own tests (`src/fuzzing.rs` includes it), so they need neither libFuzzer nor nightly Rust.
//! The tests below say which line to add for a new target.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

#[cfg(feature = "c-api")]
#[path = "fuzz_targets/abi.rs"]
mod abi;
#[path = "fuzz_targets/challenge.rs"]
mod challenge;
#[path = "fuzz_targets/claims.rs"]
mod claims;
#[path = "fuzz_targets/endpoint.rs"]
mod endpoint;
#[path = "fuzz_targets/json.rs"]
mod json;
#[path = "fuzz_targets/key_content.rs"]
mod key_content;
#[cfg(unix)]
#[path = "fuzz_targets/key_path.rs"]
mod key_path;
#[path = "fuzz_targets/machine.rs"]
mod machine;
#[path = "fuzz_targets/passwd.rs"]
mod passwd;
#[path = "fuzz_targets/redact.rs"]
mod redact;
#[path = "fuzz_targets/request.rs"]
mod request;
#[path = "fuzz_targets/retry_after.rs"]
mod retry_after;
#[path = "fuzz_targets/service_configuration.rs"]
mod service_configuration;
#[cfg(target_os = "linux")]
#[path = "fuzz_targets/sock_diag.rs"]
mod sock_diag;
#[path = "fuzz_targets/sockets.rs"]
mod sockets;
#[path = "fuzz_targets/text.rs"]
mod text;
#[path = "fuzz_targets/token_response.rs"]
mod token_response;

/// Feeds one parser. Panics when a rule is broken.
type Target = fn(&[u8]);

macro_rules! targets {
    ($($(#[$only:meta])? $name:ident,)*) => {
        /// The names of all targets, also of targets that this platform or build does not have.
        const NAMES: &[&str] = &[$(stringify!($name)),*];
        const TARGETS: &[(&str, Target)] = &[$($(#[$only])? (stringify!($name), $name::run)),*];
    };
}

targets! {
    #[cfg(feature = "c-api")]
    abi,
    challenge,
    claims,
    endpoint,
    json,
    key_content,
    #[cfg(unix)]
    key_path,
    machine,
    passwd,
    redact,
    request,
    retry_after,
    service_configuration,
    #[cfg(target_os = "linux")]
    sock_diag,
    sockets,
    text,
    token_response,
}

fn fuzz(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(path)
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("plain text")).collect()
}

/// The inputs that are checked in. All others have a hash as name (see `fuzz/.gitignore`).
fn seeds(target: &str) -> BTreeSet<String> {
    names_in(&fuzz("corpus").join(target)).into_iter().filter(|name| name.len() != 40).collect()
}

#[test]
fn a_target_is_in_every_list() {
    let files = names_in(&fuzz("fuzz_targets"));
    let corpora = names_in(&fuzz("corpus"));
    let manifest = fs::read_to_string(fuzz("Cargo.toml")).expect("fuzz/Cargo.toml");
    let bins: BTreeSet<_> = manifest.split("[[bin]]\nname = \"").skip(1).filter_map(|bin| bin.split('"').next()).collect();
    let mut all: BTreeSet<&str> = files.iter().map(|file| file.strip_suffix(".rs").unwrap_or(file)).collect();
    all.extend(corpora.iter().map(String::as_str));
    all.extend(&bins);
    all.extend(NAMES);
    // Its code is Linux's.
    for name in all.into_iter().filter(|name| cfg!(target_os = "linux") || *name != "sock_diag") {
        assert!(files.contains(&format!("{name}.rs")), "fuzz/fuzz_targets/{name}.rs is missing");
        assert!(
            manifest.contains(&format!("[[bin]]\nname = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"\n")),
            "add to fuzz/Cargo.toml: a [[bin]] with name = \"{name}\" and path = \"fuzz_targets/{name}.rs\""
        );
        assert!(corpora.contains(name), "fuzz/corpus/{name}/ is missing: add two seeds or more");
        assert!(NAMES.contains(&name), "add to fuzz/tests.rs: `{name},` in targets! and `mod {name};` with its path");
    }
}

#[test]
fn seeds_are_few_and_named_for_what_they_show() {
    // Windows refuses these names for a file.
    let refused = |name: &str| matches!(name, "aux" | "con" | "nul" | "prn") || name.starts_with("com") || name.starts_with("lpt");
    for target in NAMES {
        let seeds = seeds(target);
        assert!((2..=4).contains(&seeds.len()), "{target} has {} seeds, not two to four", seeds.len());
        for seed in seeds {
            let words = seed.split('-').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
            assert!(
                words && seed.contains('-') && !refused(&seed),
                "fuzz/corpus/{target}/{seed}: use two plain words or more, as in no-such-key"
            );
        }
    }
}

#[test]
fn every_seed_keeps_every_invariant() {
    for (name, target) in TARGETS {
        for seed in seeds(name) {
            let data = fs::read(fuzz("corpus").join(name).join(&seed)).expect("readable");
            assert!(catch_unwind(|| target(&data)).is_ok(), "{name} fails on {seed}");
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_keep_every_invariant(data in proptest::collection::vec(any::<u8>(), 0..200)) {
        TARGETS.iter().for_each(|(_, target)| target(&data));
    }

    #[test]
    fn any_text_keeps_every_invariant(text in "(\\PC|[ \t\r\n=:/,\"{}]){0,200}") {
        TARGETS.iter().for_each(|(_, target)| target(text.as_bytes()));
    }
}
