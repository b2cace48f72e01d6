//! The build script: writes the C header into `OUT_DIR` (never into the source tree), sets how the shared library is linked, and gives it
//! its version information on Windows.

mod version_info;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    version_info::add("arc_token.dll", "Access tokens of an Azure Arc machine's managed identity, library");
    #[cfg(feature = "c-api")]
    {
        header::write();
        link();
    }
}

/// Sets linker options on Linux. On other systems, the linker's defaults are right.
#[cfg(feature = "c-api")]
fn link() {
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("linux") {
        return;
    }
    for argument in [
        // There is no SONAME: the file has one name in cargo's folder and another in the module, and programs are linked with both.
        // Unloading would remove the code while the library's threads still run it.
        "-z,nodelete",
        // Most linkers have these defaults, but not all.
        "-z,relro,-z,now",
        "-z,noexecstack",
    ] {
        println!("cargo:rustc-cdylib-link-arg=-Wl,{argument}");
    }
}

#[cfg(feature = "c-api")]
mod header {
    use std::path::{Path, PathBuf};
    use std::{env, fs};

    /// The files whose items are in the header, in the order of the header.
    const SOURCES: [&str; 15] = [
        "src/error/status.rs",
        "src/ffi/version.rs",
        "src/ffi/simple.rs",
        "src/ffi/option.rs",
        "src/ffi/request.rs",
        "src/ffi/field.rs",
        "src/ffi/result.rs",
        "src/ffi/error_object.rs",
        "src/ffi/error.rs",
        "src/ffi/cache.rs",
        "src/ffi/agent.rs",
        "src/ffi/audiences.rs",
        "src/ffi/check.rs",
        "src/ffi/machine.rs",
        "src/ffi/table.rs",
    ];

    pub(crate) fn write() {
        let root = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
        let config = root.join("cbindgen.toml");
        println!("cargo:rerun-if-changed={}", config.display());
        let mut builder = cbindgen::Builder::new()
            .with_config(cbindgen::Config::from_file(&config).unwrap_or_else(|error| panic!("cbindgen.toml: {error}")))
            .with_after_include(version_macros());
        let out = PathBuf::from(variable("OUT_DIR"));
        check_sources(&root);
        // `with_crate` is not used: it runs `cargo metadata`, which asks the crate registry.
        for source in SOURCES {
            builder = builder.with_src(without_macro(&root, source, &out));
        }
        let header = out.join("arc_token.h");
        builder.generate().unwrap_or_else(|error| panic!("cbindgen: {error}")).write_to_file(&header);
        // tests/header.rs reads this path; `./build.sh header` copies the file to include/.
        println!("cargo:rustc-env=ARC_TOKEN_HEADER={}", header.display());
    }

    /// Fails when a file of src/ffi has exports and is not in `SOURCES`: the header would not have them.
    fn check_sources(root: &Path) {
        println!("cargo:rerun-if-changed=src/ffi");
        for entry in fs::read_dir(root.join("src/ffi")).expect("src/ffi").flatten() {
            let file = format!("src/ffi/{}", entry.file_name().to_string_lossy());
            let text = fs::read_to_string(root.join(&file)).unwrap_or_default();
            let exports = text.contains("#[unsafe(no_mangle)]") || text.contains("numbered! {");
            assert!(
                !exports || SOURCES.contains(&file.as_str()),
                "build.rs: add the line \"{file}\" to SOURCES, where its functions are to be read"
            );
        }
    }

    /// Copies a file with its enums outside of the macro `numbered!`, which cbindgen does not expand. Returns the copy's path.
    fn without_macro(root: &Path, source: &str, out: &Path) -> PathBuf {
        println!("cargo:rerun-if-changed={source}");
        let text = fs::read_to_string(root.join(source)).unwrap_or_else(|error| panic!("{source}: {error}"));
        let mut inside = false;
        let mut plain = String::new();
        for line in text.lines() {
            match line {
                "numbered! {" => inside = true,
                "}" if inside => inside = false,
                _ => {
                    plain.push_str(line);
                    plain.push('\n');
                }
            }
        }
        let copy = out.join(source.replace('/', "-"));
        fs::write(&copy, plain).unwrap_or_else(|error| panic!("{}: {error}", copy.display()));
        copy
    }

    fn version_macros() -> String {
        let number = |part| variable(&format!("CARGO_PKG_VERSION_{part}"));
        format!(
            "\n/**\n * The version of the library that this header belongs to.\n */\n\
             #define ARC_TOKEN_VERSION \"{}\"\n\
             #define ARC_TOKEN_VERSION_MAJOR {}\n\
             #define ARC_TOKEN_VERSION_MINOR {}\n\
             #define ARC_TOKEN_VERSION_PATCH {}",
            variable("CARGO_PKG_VERSION"),
            number("MAJOR"),
            number("MINOR"),
            number("PATCH")
        )
    }

    fn variable(name: &str) -> String {
        env::var(name).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}
