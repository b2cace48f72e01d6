//! Runs rows in a new process of this test program. Root can read every file, so some rows need an ordinary user. Other rows need
//! environment variables, which belong to a process.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::support::{Emulator, copy_program, emulator_program};
use crate::table::Row;

/// The environment variable with the name of the fault.
pub(crate) const FAULT: &str = "ARC_TOKEN_TEST_FAULT";
/// The environment variable with the first line of an emulator that already runs.
pub(crate) const EMULATOR: &str = "ARC_TOKEN_TEST_EMULATOR";
/// A user id that no user has.
const OTHER_USER: &str = "64123";

/// Checks the row as another user.
pub(crate) fn as_other_user(row: &Row) -> Vec<String> {
    // Other users may not be able to read the build directory, so the programs are copied, in cargo's layout.
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
    command.args(["--reuid", OTHER_USER, "--regid", OTHER_USER, "--clear-groups"]).arg(folder.path().join("deps/faults"));
    command.current_dir("/");
    run(row, "as an ordinary user", &mut command)
}

/// Checks the row in the environment that its fault requires.
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
