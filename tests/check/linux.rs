//! The checks for other users and on other machines. These tests need new processes, and most of them need root.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::process::Command;

use arc_token::{CheckStatus, TokenRequest};

use super::{assert_row, list, request};
use crate::support::{self, Emulator};

#[test]
fn the_listener_is_named() {
    let emulator = Emulator::start(&[]);
    let user = String::from_utf8(Command::new("id").args(["-un"]).output().unwrap().stdout).unwrap();
    let list = list(&request(&emulator));
    assert_row(&list, "Listener", CheckStatus::Pass, &format!("user {} (id ", user.trim()));
    assert_row(&list, "Listener", CheckStatus::Pass, &format!("/emulator' (process {})", emulator.id()));
}

/// Root can read everything, so an ordinary user does this in a new process.
#[test]
fn who_may_not_read_the_keys_is_told_the_command_that_mends_it() {
    if !support::is_root() {
        return eprintln!("SKIP: only root can become another user");
    }
    // Nearly every Linux system has this user and this group.
    let (nobody, games) = (id_of("passwd", "nobody"), id_of("group", "games"));
    let (Some(nobody), Some(games)) = (nobody, games) else { return eprintln!("SKIP: no user 'nobody' or no group 'games' here") };
    let (emulator, folder) = (Emulator::start(&[]), tempfile::tempdir().unwrap());
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let (program, keys) = (folder.path().join("probe"), folder.path().join("tokens"));
    support::copy_program(&std::env::current_exe().unwrap(), &program);
    fs::create_dir(&keys).unwrap();
    chown(&keys, None, Some(games)).unwrap();
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o710)).unwrap();
    let user = nobody.to_string();
    let probe = |groups: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", &user, "--regid", &user]).args(groups).arg(&program);
        probe(&mut command, &emulator.endpoint, &keys.to_string_lossy())
    };
    let output = probe(&["--clear-groups"]);
    assert!(output.contains("'sudo usermod -aG games nobody'") && output.contains("log on again"), "{output}");
    assert!(output.contains("Token: Skip: Not checked, because 'Key directory' failed."), "{output}");
    let output = probe(&["--groups", &games.to_string()]);
    assert!(output.contains("Key directory: Pass"), "{output}");
}

/// A program of another user holds the port: the check names it, and sends nothing to it.
#[test]
fn a_stranger_on_the_port_is_named_and_asked_nothing() {
    if !support::is_root() {
        return eprintln!("SKIP: only root can start a process of another user");
    }
    let (folder, keys) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = folder.path().join("stranger");
    support::copy_program(&support::emulator_program(), &program);
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "64123", "--regid", "64123", "--clear-groups"]).arg(program);
    let emulator = Emulator::start_by(&mut command, &[]);
    let list = list(&request(&emulator).key_directory(keys.path()));
    assert_row(&list, "Listener", CheckStatus::Fail, "ForeignAnswer: ");
    assert_row(&list, "Listener", CheckStatus::Fail, "user id 64123, program '");
    for name in ["Agent connected", "Token", "Identity", "Clock"] {
        assert_row(&list, name, CheckStatus::Skip, "'Listener' failed");
    }
    assert!(emulator.requests().is_empty());
}

fn id_of(table: &str, name: &str) -> Option<u32> {
    let text = fs::read_to_string(format!("/etc/{table}")).ok()?;
    let line = text.lines().find(|line| line.split(':').next() == Some(name))?;
    line.split(':').nth(2)?.parse().ok()
}

/// Plays a machine with an installed agent, in new namespaces: the test does not touch a real agent.
#[test]
fn an_installed_agent_is_found_without_being_named() {
    if !support::is_root() {
        return eprintln!("SKIP: only root can make namespaces");
    }
    let emulator = support::emulator_program();
    let script = format!(
        "set -e
         ip link set lo up
         mount -t tmpfs none /opt; mount -t tmpfs none /var/opt
         mkdir -p /opt/azcmagent/bin /var/opt/azcmagent/tokens; : >/opt/azcmagent/bin/himds
         {} --port 40342 --key-directory /var/opt/azcmagent/tokens >/dev/null &
         while ! grep -q 0100007F:9D96 /proc/net/tcp; do sleep 0.05; done
         exec \"$@\"",
        emulator.display()
    );
    let mut command = Command::new("unshare");
    command.args(["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]);
    // The first process of the namespace becomes this test program, and the emulator ends with it.
    command.args(["sh", "-c", &script, "sh"]).arg(std::env::current_exe().unwrap());
    let output = probe(&mut command, "", "");
    if output.contains("not permitted") || output.contains("ip: not found") {
        return eprintln!("SKIP: this machine lets root make no namespaces, or has no 'ip'");
    }
    assert!(output.contains(": '/opt/azcmagent/bin/himds' is there"), "{output}");
    assert!(output.contains("Endpoint: Pass: http://127.0.0.1:40342/metadata/identity/oauth2/token (the installed agent's"), "{output}");
    assert!(output.contains("Environment variables: Pass: ") && output.contains("does not matter"), "{output}");
    assert!(output.contains("Key directory: Pass: '/var/opt/azcmagent/tokens'"), "{output}");
    assert!(output.contains("Token: Pass: ") && !output.contains(": Fail: "), "{output}");
}

/// The checks name the first cause, and none of its consequences.
#[test]
fn a_machine_without_an_agent_is_told_so_once() {
    if !support::is_root() {
        return eprintln!("SKIP: only root can make namespaces");
    }
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", "mount -t tmpfs none /opt && exec \"$@\"", "sh"]).arg(std::env::current_exe().unwrap());
    let output = probe(&mut command, "", "");
    if output.contains("not permitted") {
        return eprintln!("SKIP: this machine lets root make no namespaces");
    }
    assert!(output.contains("Agent installed: Fail: AgentNotInstalled: ") && output.matches(": Fail: ").count() == 1, "{output}");
    for name in ["Endpoint", "Port", "Listener", "Agent connected", "Key directory", "Token", "Identity", "Clock"] {
        assert!(output.contains(&format!("{name}: Skip: Not checked, because 'Agent installed' failed.")), "{name}: {output}");
    }
}

/// Runs [`probed`] in a new process with these environment variables.
fn probe(command: &mut Command, endpoint: &str, keys: &str) -> String {
    command.args(["--exact", "linux::probed", "--ignored", "--nocapture"]);
    command.env_remove("IDENTITY_ENDPOINT").env_remove("IMDS_ENDPOINT");
    let output = command.env("PROBED_ENDPOINT", endpoint).env("PROBED_KEYS", keys).output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
#[ignore = "run by other tests in a process of its own"]
fn probed() {
    let mut request = TokenRequest::new("https://vault.azure.net");
    if let Ok(endpoint) = std::env::var("PROBED_ENDPOINT").map(|endpoint| endpoint.trim().to_owned())
        && !endpoint.is_empty()
    {
        request = request.endpoint(endpoint).key_directory(std::env::var("PROBED_KEYS").unwrap());
    }
    for check in list(&request) {
        println!("{}: {}: {} {}", check.name, check.status.name(), check.detail, check.advice);
    }
}
