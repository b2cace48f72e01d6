//! The checked-in C header is up to date with the sources, and describes every item.
#![cfg(feature = "c-api")]

use std::fs;
use std::path::Path;

fn generated() -> String {
    fs::read_to_string(env!("ARC_TOKEN_HEADER")).expect("the header that build.rs wrote")
}

fn checked_in() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/arc_token.h");
    // A checkout on Windows may have different line ends.
    fs::read_to_string(path).expect("the checked-in header").replace("\r\n", "\n")
}

#[test]
fn the_checked_in_header_is_current() {
    let (generated, checked_in) = (generated(), checked_in());
    let differs = generated.lines().zip(checked_in.lines()).position(|(new, old)| new != old);
    assert!(
        generated == checked_in,
        "include/arc_token.h is not what the sources make (first difference in line {:?}): run ./build.sh header",
        differs.map(|line| line + 1)
    );
}

#[test]
fn every_item_has_a_description() {
    let header = checked_in();
    let mut described = 0;
    let mut previous = "";
    for line in header.lines().skip_while(|line| *line != "#define ARC_TOKEN_H").skip(1) {
        let constant = line.trim_start().starts_with("ARC_TOKEN_") && line.ends_with(',');
        let function = line.contains(" arc_token_") || line.contains(" *arc_token_");
        let begins = constant
            || line.starts_with("#define ARC_TOKEN_")
            || line.starts_with("enum ")
            || line.starts_with("typedef struct ")
            || (function && line.contains('(') && !line.starts_with([' ', '/', '#']));
        // The parts of the version have one description together.
        if begins && !previous.starts_with("#define ARC_TOKEN_VERSION") {
            assert!(previous.ends_with("*/"), "no description above: {line}");
            described += 1;
        }
        previous = line;
    }
    assert!(described > 60, "only {described} items were recognised");
}

#[test]
fn the_version_is_that_of_the_manifest() {
    let header = checked_in();
    let define = |name: &str| {
        let start = format!("#define {name} ");
        header.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_else(|| panic!("no {name}")).to_owned()
    };
    assert_eq!(define("ARC_TOKEN_VERSION"), format!("\"{}\"", env!("CARGO_PKG_VERSION")));
    let parts = ["MAJOR", "MINOR", "PATCH"].map(|part| define(&format!("ARC_TOKEN_VERSION_{part}")));
    let number = env!("CARGO_PKG_VERSION").split('-').next().unwrap_or_default();
    assert_eq!(parts.join("."), number);
}
