//! Who listens, and is it the agent?

use std::fs;
use std::path::{Path, PathBuf};

use super::rows::Row;
use crate::advice;
use crate::discovery::Source;
use crate::error::shown_path;
use crate::peer::{Peer, Socket, name_in_passwd};
use crate::plan::Plan;
use crate::sys;
use crate::text::shown;

pub(super) fn check(plan: &Plan) -> Row {
    let holders = match Peer::new(&plan.agent, &plan.key_directory).holders(None) {
        Ok(holders) => holders,
        Err(error) => return Row::skip(format!("Who listens cannot be looked up just now ({}).", shown(&error.to_string()))),
    };
    let Some(holders) = holders else {
        return Row::skip(if cfg!(target_os = "linux") {
            "The system does not tell who listens (neither by netlink nor in /proc/net/tcp)."
        } else {
            "Who listens is looked up on Linux only."
        });
    };
    let address = plan.agent.endpoint.address();
    let programs: Vec<_> = holders.listening.iter().map(|socket| program_with(socket.inode)).collect();
    let who: Vec<_> = holders.listening.iter().zip(&programs).map(|(socket, program)| described(socket, program.as_ref())).collect();
    let who = if who.is_empty() { "nobody that can be seen".to_owned() } else { who.join("; ") };
    if let Some(kind) = holders.error(address) {
        return Row::fail(format!("{}: {kind} The port is held by {who}.", kind.status().name()), advice::of(&kind));
    }
    if holders.listening.is_empty() {
        return Row::warning(
            format!("Nobody is seen to listen on port {}, though it takes connections.", address.port()),
            "A packet filter or a container's network may lead the connection elsewhere: check that it leads to the agent.",
        );
    }
    let held = format!("Port {} is held by {who}", address.port());
    // Where the address was given, by whomever, the agent may be any program: an emulator, or a container's host.
    let found = matches!(plan.agent.source, Source::Installation | Source::ServiceConfiguration);
    let installed = sys::agent_program().filter(|_| found);
    let stranger = |(_, program): &(u32, PathBuf)| installed.as_deref().is_some_and(|installed| !is_same(program, installed));
    match installed.as_deref().filter(|_| programs.iter().flatten().any(stranger)) {
        Some(installed) => Row::warning(
            format!("{held}, which is not the agent's program '{}'.", shown_path(installed)),
            "ArcToken asks it, since its user may be the agent's. If no token can be had, find out what that program is.",
        ),
        None => Row::pass(format!("{held}.")),
    }
}

/// Also after an update that has replaced the program of a process, which Linux then calls deleted.
fn is_same(program: &Path, installed: &Path) -> bool {
    let program = program.to_string_lossy();
    let program = program.strip_suffix(" (deleted)").unwrap_or(&program);
    let resolved = fs::canonicalize(installed);
    [Some(installed), resolved.as_deref().ok()].into_iter().flatten().any(|path| path == Path::new(program))
}

/// The user, and the program where this process may see it.
fn described(socket: &Socket, program: Option<&(u32, PathBuf)>) -> String {
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = match name_in_passwd(&passwd, socket.uid) {
        Some(name) => format!("user {name} (id {})", socket.uid),
        None => format!("user id {}", socket.uid),
    };
    match program {
        Some((process, program)) => format!("{user}, program '{}' (process {process})", shown_path(program)),
        None => user,
    }
}

/// The process that has this socket open, and its program. Others' processes can only be looked into by root.
fn program_with(inode: u64) -> Option<(u32, PathBuf)> {
    let wanted = PathBuf::from(format!("socket:[{inode}]"));
    let has_it = |process: u32| {
        let descriptors = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
        descriptors.into_iter().any(|entry| fs::read_link(entry.path()).is_ok_and(|target| target == wanted))
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let process = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).find(|process| has_it(*process))?;
    Some((process, fs::read_link(format!("/proc/{process}/exe")).ok()?))
}

#[cfg(all(test, unix))]
mod tests {
    use super::is_same;
    use std::path::Path;

    #[test]
    fn the_agents_program_is_known_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap().join("himds");
        let link = folder.path().join("link");
        std::fs::write(&real, "").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let deleted = format!("{} (deleted)", real.display());
        for program in [real.as_path(), Path::new(&deleted)] {
            assert!(is_same(program, &real) && is_same(program, &link), "{program:?}");
        }
        assert!(!is_same(&folder.path().join("other"), &real) && !is_same(Path::new("/usr/bin/himds"), &real));
    }
}
