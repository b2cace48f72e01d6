//! The examples in examples/ and in the documentation compile and run.
#![cfg(all(feature = "c-api", target_os = "linux"))]

#[path = "support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::Emulator;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of the library that cargo built with this test.
fn library_folder() -> PathBuf {
    let folder = std::env::current_exe().expect("this test's path").parent().expect("a folder").to_owned();
    assert!(folder.join("libarc_token.so").is_file(), "no library in {}", folder.display());
    folder
}

/// Compiles a C example with all warnings. Without a compiler it prints that and returns `None`.
fn compiled(name: &str, folder: &Path) -> Option<Command> {
    let program = folder.join(name);
    let mut compiler = Command::new("cc");
    compiler.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-I"]).arg(root().join("include"));
    compiler.arg(root().join(format!("examples/c/{name}.c"))).arg("-L").arg(library_folder()).arg("-larc_token").arg("-o").arg(&program);
    let Ok(output) = compiler.output() else {
        eprintln!("SKIP: no C compiler here");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut command = Command::new(program);
    command.env("LD_LIBRARY_PATH", library_folder());
    Some(command)
}

fn python() -> Option<Command> {
    let mut command = Command::new("python3");
    if !command.arg("--version").output().is_ok_and(|output| output.status.success()) {
        eprintln!("SKIP: no python3 here");
        return None;
    }
    let mut command = Command::new("python3");
    command.arg(root().join("examples/python/get_token.py")).arg(library_folder().join("libarc_token.so"));
    Some(command)
}

fn ran(command: &mut Command) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (status.code(), text(stdout), text(stderr))
}

/// Checks an example: it prints the emulator's token, and a useful error without the emulator.
fn gets_a_token(command: &mut Command) {
    let emulator = Emulator::start(&[]);
    command.args(["https://vault.azure.net", &emulator.endpoint]).arg(&emulator.key_directory);
    let (code, output, errors) = ran(command);
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    assert_eq!(emulator.issued().tokens, [output]);
    assert!(emulator.requests()[0].query.contains("vault.azure.net"));
    drop(emulator);
    let (code, output, errors) = ran(command);
    assert_eq!((code, output.as_str()), (Some(1), ""));
    assert!(errors.contains("does not answer") && errors.contains("azcmagent show"), "{errors}");
}

#[test]
fn the_c_example_gets_a_token() {
    let folder = tempfile::tempdir().expect("a folder");
    if let Some(mut command) = compiled("get_token", folder.path()) {
        gets_a_token(&mut command);
    }
}

#[test]
fn the_python_example_gets_a_token() {
    if let Some(mut command) = python() {
        gets_a_token(&mut command);
    }
}

#[test]
fn the_c_example_prints_the_checks() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(mut command) = compiled("check_agent", folder.path()) else { return };
    let emulator = Emulator::start(&[]);
    let (code, output, errors) = ran(command.arg(&emulator.endpoint).arg(&emulator.key_directory));
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    assert!(output.lines().any(|line| line.starts_with("Pass\tToken\t")), "{output}");
}

fn documentation() -> String {
    fs::read_to_string(root().join("docs/c-api.md")).expect("docs/c-api.md")
}

/// The commands of the first section, with this build's library in place of a release's.
#[test]
fn the_documentations_commands_work() {
    let text = documentation();
    let commands = text.split("```sh\n").nth(1).and_then(|block| block.split("```").next()).expect("commands");
    let lines: Vec<_> = commands.lines().collect();
    let [build, compile, run] = lines[..] else { panic!("{commands}") };
    assert_eq!(build, "cargo build --release --locked");
    if Command::new("cc").arg("--version").output().is_err() {
        return eprintln!("SKIP: no C compiler here");
    }
    let (emulator, folder) = (Emulator::start(&[]), tempfile::tempdir().expect("a folder"));
    let run = run.replace(" | wc -c", &format!(" '{}' '{}'", emulator.endpoint, emulator.key_directory.display()));
    let library = library_folder().display().to_string();
    let here = format!("set -e; cd '{}'; {compile}; {run}", root().display()).replace("target/release", &library);
    let (code, output, errors) =
        ran(Command::new("sh").arg("-c").arg(here.replace("target/get_token", &folder.path().join("get_token").display().to_string())));
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    assert_eq!(emulator.issued().tokens, [output]);
}

#[test]
fn the_documentations_c_compiles() {
    let text = documentation();
    let pieces: Vec<_> = text.split("```c\n").skip(1).map(|piece| piece.split("```").next().unwrap_or_default()).collect();
    assert!(pieces.len() >= 2, "no C in the documentation");
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("pieces.c");
    let functions =
        pieces.iter().enumerate().map(|(number, piece)| format!("void piece{number}(void);\nvoid piece{number}(void) {{\n{piece}}}\n"));
    fs::write(&source, format!("#include <arc_token.h>\n{}", functions.collect::<String>())).expect("written");
    let mut compiler = Command::new("cc");
    compiler.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only", "-I"]).arg(root().join("include")).arg(source);
    let Ok(output) = compiler.output() else { return eprintln!("SKIP: no C compiler here") };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_documentation_names_what_there_is() {
    let header = fs::read_to_string(root().join("include/arc_token.h")).expect("the header");
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let known: std::collections::HashSet<_> = header.split(|c| !is_word(c)).collect();
    let text = documentation();
    let named: Vec<_> = text.split(|c| !is_word(c)).filter(|word| word.to_ascii_lowercase().starts_with("arc_token_")).collect();
    assert!(named.len() > 40, "only {} names", named.len());
    let unknown: Vec<_> = named.into_iter().filter(|name| !known.contains(name)).collect();
    assert!(unknown.is_empty(), "not in the header: {unknown:?}");
}
