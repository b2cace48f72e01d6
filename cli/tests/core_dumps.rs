//! Core dumps: there is none of this program.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "run/mod.rs"]
mod run;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A user id that no user has.
const USER: &str = "64126";

/// The kernel gives the files below `/proc/PID` to root when the process may not be dumped, whoever runs it.
#[test]
fn the_program_leaves_no_core_dump_and_its_memory_is_closed_to_its_user() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("arc-token");
    support::copy_program(run::arc_token().get_program().as_ref(), &program);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    // The program waits for an answer that does not come.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/", silent.local_addr().unwrap());
    let mut command = Command::new(if support::is_root() { "setpriv" } else { "env" });
    if support::is_root() {
        command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]); // Root's processes would prove nothing.
    }
    command.arg(&program).args(["--endpoint", &endpoint]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();

    let process = format!("/proc/{}", child.id());
    let (begun, mut owner) = (Instant::now(), None);
    while begun.elapsed() < Duration::from_secs(20) && owner != Some(0) {
        sleep(Duration::from_millis(5));
        if fs::read_to_string(format!("{process}/comm")).is_ok_and(|name| name.trim() == "arc-token") {
            owner = fs::metadata(format!("{process}/maps")).ok().map(|maps| maps.uid());
        }
    }
    let ended = child.try_wait().unwrap();
    let _ = child.kill();
    let _ = child.wait();
    assert_eq!((owner, ended), (Some(0), None));
}
