//! Writes the C header into `OUT_DIR` (never into the source tree) and says how the shared library is linked.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    #[cfg(feature = "c-api")]
    {
        header::write();
        link();
    }
}

/// Linux only: elsewhere the linker's defaults are right.
#[cfg(feature = "c-api")]
fn link() {
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("linux") {
        return;
    }
    for argument in [
        // No SONAME: the file has one name where cargo builds it and another in the module, and programs are linked with both.
        // Unloading would pull the code from under the library's threads.
        "-z,nodelete",
        // Usual defaults, but not everybody's.
        "-z,relro,-z,now",
        "-z,noexecstack",
    ] {
        println!("cargo:rustc-cdylib-link-arg=-Wl,{argument}");
    }
}

#[cfg(feature = "c-api")]
mod header {
    use std::env;
    use std::path::PathBuf;

    /// In the order in which they are to be read.
    const SOURCES: [&str; 13] = [
        "src/status.rs",
        "src/ffi/version.rs",
        "src/ffi/simple.rs",
        "src/ffi/option.rs",
        "src/ffi/request.rs",
        "src/ffi/field.rs",
        "src/ffi/result.rs",
        "src/ffi/error.rs",
        "src/ffi/cache.rs",
        "src/ffi/agent.rs",
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
        // Not `with_crate`: that runs `cargo metadata`, which asks the crate registry.
        for source in SOURCES.map(|source| root.join(source)) {
            println!("cargo:rerun-if-changed={}", source.display());
            builder = builder.with_src(source);
        }
        let header = PathBuf::from(variable("OUT_DIR")).join("arc_token.h");
        builder.generate().unwrap_or_else(|error| panic!("cbindgen: {error}")).write_to_file(&header);
        // For tests/header.rs, and for those who copy it to include/.
        println!("cargo:rustc-env=ARC_TOKEN_HEADER={}", header.display());
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
