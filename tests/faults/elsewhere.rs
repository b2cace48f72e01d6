//! Rows that need a process of their own: this program, run again. Root reads every file, so what an ordinary user would see is
//! tried as one; and an environment belongs to a process.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::support::{Emulator, copy_program, emulator_program};
use crate::table::Row;

/// The environment variable that names the fault to try.
pub(crate) const FAULT: &str = "ARC_TOKEN_TEST_FAULT";
/// The environment variable with what the emulator said, if there is one already.
pub(crate) const EMULATOR: &str = "ARC_TOKEN_TEST_EMULATOR";
/// Nobody's user id.
const STRANGER: &str = "64123";

/// The row as another user sees it.
pub(crate) fn as_a_stranger(row: &Row) -> Vec<String> {
    // The build directory may be closed to others: copies, lying as cargo lays the originals.
    let folder = tempfile::tempdir().expect("a directory");
    let own = std::env::current_exe().expect("a test program has a path");
    let programs = [(own, "deps/faults"), (emulator_program(), "examples/emulator")];
    for (program, copy) in programs {
        let copy = folder.path().join(copy);
        fs::create_dir(copy.parent().expect("a directory")).expect("a new directory");
        copy_program(&program, &copy);
    }
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("our own directory");

    let mut command = Command::new("setpriv");
    command.args(["--reuid", STRANGER, "--regid", STRANGER, "--clear-groups"]).arg(folder.path().join("deps/faults"));
    command.current_dir("/");
    run(row, "as an ordinary user", &mut command)
}

/// The row in the environment that its fault wants.
pub(crate) fn in_its_environment(row: &Row, emulator: &Emulator) -> Vec<String> {
    let mut command = Command::new(std::env::current_exe().expect("a test program has a path"));
    command.envs(emulator.environment.iter().cloned()).env(EMULATOR, &emulator.ready);
    run(row, "in its environment", &mut command)
}

fn run(row: &Row, how: &str, command: &mut Command) -> Vec<String> {
    let output = command.args(["--exact", "one_fault", "--ignored"]).env(FAULT, row.fault).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let well = output.status.success() && said.contains("1 passed");
    if well { Vec::new() } else { vec![format!("{} {how}: {said}{}", row.fault, String::from_utf8_lossy(&output.stderr))] }
}
