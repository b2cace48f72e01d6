//! The version information that the build scripts make for Windows. `tests/powershell/Module.Tests.ps1` reads it on Windows.

#[test]
fn both_packages_make_it_in_the_same_way() {
    assert!(
        include_str!("../version_info.rs") == include_str!("../cli/version_info.rs"),
        "version_info.rs and cli/version_info.rs differ: a change of one belongs into both"
    );
}
