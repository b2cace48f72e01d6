//! Runs every target on the checked-in corpus, and on bytes that proptest makes up.

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::TARGETS;

fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target)
}

#[test]
fn the_corpus_keeps_every_invariant() {
    for (name, target) in TARGETS {
        let inputs: Vec<_> = fs::read_dir(corpus(name)).expect(name).map(|entry| entry.expect("an input").path()).collect();
        assert!(inputs.len() > 2, "{name} has no corpus");
        for input in inputs {
            let data = fs::read(&input).expect("readable");
            assert!(catch_unwind(|| target(&data)).is_ok(), "{name} fails on {}", input.display());
        }
    }
}

#[test]
fn every_corpus_has_a_target() {
    for entry in fs::read_dir(corpus("")).expect("fuzz/corpus") {
        let name = entry.expect("a corpus").file_name();
        let known = TARGETS.iter().any(|(target, _)| name == *target);
        // Two targets are not on every system or in every build.
        assert!(known || name == "abi" || name == "key_path", "no target runs {name:?}");
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
