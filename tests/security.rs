//! SECURITY.md has a test for every promise, and each test that it names exists.

use std::fs;
use std::path::Path;

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The tests that a text names, between backticks.
fn named(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split('`').skip(1).step_by(2).filter_map(|code| code.split_once("::")).filter(|(file, _)| file.contains('/'))
}

#[test]
fn every_test_named_in_security_md_exists() {
    let document = read("SECURITY.md");
    let mut count = 0;
    for (file, name) in named(&document) {
        let wanted = if file.ends_with(".rs") { format!("fn {name}(") } else { name.to_owned() };
        assert!(read(file).contains(&wanted), "{file} has no {wanted:?}");
        count += 1;
    }
    assert!(count > 40, "only {count} tests were found in SECURITY.md");
}

#[test]
fn every_row_of_its_tables_names_a_test() {
    let document = read("SECURITY.md");
    let rows = document.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| --- ") && !line.contains("| Tests |"));
    for row in rows {
        assert!(named(row).next().is_some(), "no test proves: {row}");
    }
}
