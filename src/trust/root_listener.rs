//! A warning for a program of root's at the agent's port that is not the agent.
//!
//! Root is trusted at every port. A forward or a proxy that root runs would pass the agent's challenge on, and the key.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::program;
use super::socket::Socket;
use crate::agent::locate::LocatedAgent;
use crate::agent::source::Source;
use crate::log::Log;
use crate::sys;
use crate::text::plain::shown_path;

/// The program that root must be at the agent's port. `None` where root can be another: the caller named the address, or the agent
/// itself runs as root (`agent_users` are its account and the owner of its key directory).
pub(super) fn expected_program(agent: &LocatedAgent, agent_users: &[u32]) -> Option<PathBuf> {
    if agent.source == Source::Caller || agent_users.contains(&0) { None } else { sys::agent_program() }
}

/// Warns once for each listening socket: looking through all processes takes its time.
pub(super) fn warn(listening: &[Socket], expected: &Path, log: &Log) {
    static SEEN: Mutex<Vec<u64>> = Mutex::new(Vec::new());
    for socket in listening.iter().filter(|socket| socket.holder == 0) {
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.contains(&socket.inode) {
            continue;
        }
        seen.push(socket.inode);
        drop(seen);
        if let Some(warning) = warning_for(program::holder_of(socket), expected) {
            log.warning(warning);
        }
    }
}

fn warning_for(holder: Option<(u32, PathBuf)>, expected: &Path) -> Option<String> {
    let (process, program) = holder.filter(|(_, program)| !program::is_same(program, expected))?;
    Some(format!(
        "The agent's port is held by root's program '{}' (process {process}), which is not the agent's program '{}'. If it passes \
         requests on, the token may go elsewhere.",
        shown_path(&program),
        shown_path(expected)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_program_that_can_be_seen_is_worth_a_warning() {
        let expected = Path::new("/opt/azcmagent/bin/himds");
        let warning = |program: &str| warning_for(Some((7, program.into())), expected);
        assert_eq!(warning_for(None, expected), None);
        assert_eq!(warning("/opt/azcmagent/bin/himds"), None);
        assert_eq!(warning("/opt/azcmagent/bin/himds (deleted)"), None, "an agent that was updated");
        assert!(warning("/usr/bin/socat").is_some_and(|text| text.contains("'/usr/bin/socat' (process 7)")));
    }
}
