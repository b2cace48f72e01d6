//! The build script: gives the program its version information on Windows.

mod version_info;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    version_info::add("arc-token.exe", "Access tokens of an Azure Arc machine's managed identity");
}
