//! The built library and its header, inspected from outside.

use std::fs;
use std::path::Path;

#[cfg(target_os = "linux")]
pub(crate) use linux::{declared, elf_headers, exported, left_after};

pub(crate) fn header() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("include/arc_token.h");
    fs::read_to_string(path).expect("the checked-in header")
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::BTreeSet;
    use std::env;
    use std::fs::File;
    use std::os::unix::fs::FileExt;
    use std::path::PathBuf;
    use std::process::Command;

    use super::header;

    /// The functions that the header declares.
    pub(crate) fn declared() -> BTreeSet<String> {
        let header = header();
        let words = header.lines().filter(|line| !line.trim_start().starts_with('*') && !line.starts_with("/*"));
        let before_parenthesis =
            words.filter_map(|line| line.split_once('(')).filter_map(|(before, _)| before.split([' ', '*']).next_back());
        before_parenthesis.filter(|name| name.starts_with("arc_token_")).map(str::to_owned).collect()
    }

    /// The symbols that the shared library exports. `None` where there is no `nm`.
    pub(crate) fn exported() -> Option<BTreeSet<String>> {
        let list = output(Command::new("nm").args(["-D", "--defined-only", "--format=just-symbols"]).arg(built()))?;
        Some(list.lines().map(str::to_owned).collect())
    }

    /// The library's program headers and dynamic section. `None` where there is no `readelf`.
    pub(crate) fn elf_headers() -> Option<String> {
        output(Command::new("readelf").args(["--wide", "--program-headers", "--dynamic"]).arg(built()))
    }

    /// The library to inspect: ARCTOKEN_LIBRARY (the shipped one), or the one that cargo built together with this test.
    fn built() -> PathBuf {
        if let Some(named) = env::var_os("ARCTOKEN_LIBRARY") {
            return named.into();
        }
        let test = env::current_exe().expect("this test's path");
        let library = test.with_file_name("libarc_token.so");
        assert!(library.is_file(), "no {}", library.display());
        library
    }

    fn output(command: &mut Command) -> Option<String> {
        let output = command.output().ok()?;
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        Some(String::from_utf8(output.stdout).expect("text"))
    }

    /// The number of bytes of a block that are still in its old place after `end`.
    ///
    /// It reads through the kernel, because Rust must not access freed memory.
    pub(crate) fn left_after(end: impl FnOnce(Vec<u8>)) -> usize {
        const MARK: u8 = 0xA5;
        let memory = File::open("/proc/self/mem").expect("this process's memory");
        let mut seen = vec![0u8; 5000];
        let block = vec![MARK; seen.len()];
        let address = block.as_ptr() as u64;
        memory.read_exact_at(&mut seen, address).expect("the block");
        assert!(seen.iter().all(|byte| *byte == MARK), "this way of looking does not work");
        end(block);
        memory.read_exact_at(&mut seen, address).expect("where the block was");
        seen.iter().filter(|byte| **byte == MARK).count()
    }
}
