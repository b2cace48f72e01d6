//! Who listens, and is it the agent?

use std::fs;
use std::path::PathBuf;

use super::rows::Row;
use crate::advice;
use crate::error::shown_path;
use crate::peer::{Peer, Socket, name_in_passwd};
use crate::plan::Plan;
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
    let who: Vec<_> = holders.listening.iter().map(described).collect();
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
    Row::pass(format!("Port {} is held by {who}.", address.port()))
}

/// The user, and the program where this process may see it.
fn described(socket: &Socket) -> String {
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = match name_in_passwd(&passwd, socket.uid) {
        Some(name) => format!("user {name} (id {})", socket.uid),
        None => format!("user id {}", socket.uid),
    };
    match program_with(socket.inode) {
        Some((process, program)) => format!("{user}, program '{}' (process {process})", shown_path(&program)),
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
