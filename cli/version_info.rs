// Version information for Windows' Explorer, which shows it of a program and of a library. Used by the build scripts of both packages. A
// package has no file of another, so each has this one, and tests/version_info.rs compares them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Makes the resource, and prints for cargo how it gets into `file`. Does nothing for other systems.
pub(crate) fn add(file: &str, description: &str) {
    println!("cargo:rerun-if-changed=version_info.rs");
    if variable("CARGO_CFG_TARGET_OS") != "windows" {
        return;
    }
    let (kind, what) = if file.ends_with(".dll") { (2, "cdylib") } else { (1, "bins") };
    let out = PathBuf::from(variable("OUT_DIR"));
    let resource = out.join("version.res");
    fs::write(&resource, resource_file(&version_tree(file, description, kind))).expect("version.res is written");
    // Microsoft's linker takes the file as it is, GNU's takes objects.
    let linked = if variable("CARGO_CFG_TARGET_ENV") == "msvc" { resource } else { object(&resource, out.join("version.o")) };
    println!("cargo:rustc-link-arg-{what}={}", linked.display());
}

/// The resource as an object for GNU's linker.
fn object(resource: &Path, object: PathBuf) -> PathBuf {
    let named = format!("{}-w64-mingw32-windres", variable("CARGO_CFG_TARGET_ARCH"));
    let made = [named.as_str(), "windres"].iter().any(|program| {
        let made =
            Command::new(program).args(["--input-format=res", "--output-format=coff", "-i"]).arg(resource).arg("-o").arg(&object).status();
        made.is_ok_and(|status| status.success())
    });
    assert!(made, "{named}, or windres, makes the version information: it comes with GNU's linker for Windows");
    object
}

/// A file with this one resource. Each is preceded by a header; the first one is empty and tells the format.
fn resource_file(version: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (data, kind, name, flags, language) in [(&[][..], 0, 0, 0, 0), (version, 16, 1, 0x30, 0x409)] {
        let size = u32::try_from(data.len()).expect("a short text");
        out.extend([size, 32].map(u32::to_le_bytes).concat());
        // Type and name are numbers.
        out.extend([0xffff, kind, 0xffff, name, 0, 0, flags, language].map(u16::to_le_bytes).concat());
        out.extend([0; 8]);
        out.extend(data);
        pad(&mut out);
    }
    out
}

/// The tree that Windows calls VS_VERSIONINFO.
fn version_tree(file: &str, description: &str, kind: u32) -> Vec<u8> {
    let version = variable("CARGO_PKG_VERSION");
    let part = |name| variable(&format!("CARGO_PKG_VERSION_{name}")).parse::<u32>().expect("a number");
    let (high, low) = (part("MAJOR") << 16 | part("MINOR"), part("PATCH") << 16);
    let fixed = [0xfeef_04bd, 0x1_0000, high, low, high, low, 0x3f, 0, 0x4_0004, kind, 0, 0, 0];
    let texts = [
        ("FileDescription", description),
        ("FileVersion", &version),
        ("InternalName", file),
        ("LegalCopyright", "Copyright (c) ArcToken contributors, MIT licence"),
        ("OriginalFilename", file),
        ("ProductName", "ArcToken"),
        ("ProductVersion", &version),
    ]
    .map(|(name, text)| node(name, true, &utf16(text), &[]));
    let neutral = [0x409_u16, 1200].map(u16::to_le_bytes).concat();
    let children = [
        node("StringFileInfo", true, &[], &[node("040904B0", true, &[], &texts)]),
        node("VarFileInfo", true, &[], &[node("Translation", false, &neutral, &[])]),
    ];
    node("VS_VERSION_INFO", false, &fixed.map(u32::to_le_bytes).concat(), &children)
}

/// A node: its length, that of its value (in characters if it is text), the kind of value, the name, the value, and what is below it.
fn node(name: &str, is_text: bool, value: &[u8], children: &[Vec<u8>]) -> Vec<u8> {
    let short = |number: usize| u16::try_from(number).expect("a short text").to_le_bytes();
    let mut out = [[0, 0], short(if is_text { value.len() / 2 } else { value.len() }), short(usize::from(is_text))].concat();
    out.extend(utf16(name));
    for part in [value].into_iter().chain(children.iter().map(Vec::as_slice)).filter(|part| !part.is_empty()) {
        pad(&mut out);
        out.extend(part);
    }
    let length = short(out.len());
    out[..2].copy_from_slice(&length);
    out
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

fn pad(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(4), 0);
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}
