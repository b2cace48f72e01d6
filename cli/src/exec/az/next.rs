//! The real `az`, for every command that the stand-in does not answer.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::exec::NOT_FOUND;
use crate::failure::say;

/// Runs the next `az` on the PATH in the place of this process.
pub(super) fn run(words: &[OsString]) -> ExitCode {
    let Some(program) = find() else {
        say(
            "arc-token: This 'az' is arc-token's, and answers only 'account get-access-token', 'account show' and 'version'; no other 'az' is on the PATH.",
        );
        return ExitCode::from(NOT_FOUND);
    };
    let error = replace(Command::new(&program).args(words));
    say(format_args!("arc-token: '{}' cannot be started: {error}.", program.display()));
    ExitCode::from(super::super::CANNOT_START)
}

/// The first `az` on the PATH that is another program than this one, under whatever name this one is there.
fn find() -> Option<PathBuf> {
    const NAMES: &[&str] = if cfg!(windows) { &["az.cmd", "az.exe", "az.bat"] } else { &["az"] };
    let own = std::env::current_exe().ok()?.canonicalize().ok()?;
    let is_own = |folder: &Path| {
        let name = if cfg!(windows) { "az.exe" } else { "az" };
        let there = folder.join(name).canonicalize();
        // On Windows it may be a copy. The folder is known by its name.
        there.is_ok_and(|there| there == own) || (cfg!(windows) && folder.to_string_lossy().contains("arc-token-az-"))
    };
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path).filter(|folder| !is_own(folder));
    folders.flat_map(|folder| NAMES.iter().map(move |name| folder.join(name))).find(|file| is_program(file))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}

#[cfg(unix)]
fn replace(command: &mut Command) -> std::io::Error {
    std::os::unix::process::CommandExt::exec(command.env_remove(super::ADDRESS))
}

#[cfg(not(unix))]
fn replace(command: &mut Command) -> std::io::Error {
    match command.env_remove(super::ADDRESS).status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}
