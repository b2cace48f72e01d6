//! `PortUsers`: the users who may hold one address of the agent's, where sockets tell their user; and a warning for a program of root's
//! at the agent's port that is not the agent.
//!
//! Root is trusted at every port. A forward or a proxy that root runs would pass the agent's challenge on, and the key.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::holders::Judged;
use super::program;
use super::socket::Socket;
use super::trusted_users::AgentUsers;
use crate::agent::locate::{LocatedAgent, is_absent};
use crate::agent::source::Source;
use crate::error::ErrorKind;
use crate::log::Log;
use crate::sys;
use crate::text::plain::shown_path;

/// The advice where users cannot be told apart.
const NO_NUMBERS: &str = "Run it outside of this user namespace: without PrivateUsers= in the systemd unit (or with PrivateUsers=identity), and without \
     sandbox options in a unit of 'systemd --user'; or give the container a map with a number for the agent's user (himds). A rootless container \
     that has to work as it is: -AllowUnidentifiedAgent (arc-token: --allow-unidentified-agent; Connect-ArcAzAccount: without -Identity); then \
     any user of the machine can take the agent's place.";

/// The advice where the files do not say which user is the agent's.
const NO_AGENT_USER: &str = "In a container, mount the agent's folder of keys (--volume=/var/opt/azcmagent/tokens:/var/opt/azcmagent/tokens:ro); if the folder \
     is root's on the host, too, give the container's /etc/passwd the host's line of himds ('getent passwd himds'). Elsewhere, find out which program \
     holds that port; the agent's own port is 40342.";

/// The users of one address.
#[derive(Clone, Debug)]
pub(crate) struct PortUsers {
    /// User ids, sorted.
    may_answer: Vec<u32>,
    /// The id that stands for every user without a number of its own, if there is one.
    nobody: Option<u32>,
    /// The program that root must be, if it holds the port.
    root_program: Option<PathBuf>,
    /// The agent's users, if the files here name nobody but root.
    unknown: Option<AgentUsers>,
}

impl PortUsers {
    /// What does not tell, where nobody is known.
    pub(super) const NOT_TOLD: &str = "neither by netlink nor in /proc/net/tcp";
    /// The advice where the system says nothing of sockets, and the caller wants to know.
    pub(super) const ADVICE: &str = "Let it use netlink (AF_NETLINK in RestrictAddressFamilies=) or see /proc/net/tcp, or do not require it \
         (-RequireIdentifiedAgent, or the variable ARC_TOKEN_REQUIRE_IDENTIFIED_AGENT).";

    /// The agent's users; also the calling user, if the caller named the address.
    pub(super) fn of(agent: &LocatedAgent, users: &AgentUsers) -> Self {
        // Elsewhere no socket is found that they could be compared with.
        if !cfg!(target_os = "linux") {
            return Self { may_answer: Vec::new(), nobody: None, root_program: None, unknown: None };
        }
        let root_program = expected_program(agent, &users.of_agent());
        let (may_answer, nobody) = users.may_answer((agent.source == Source::Caller).then(sys::effective_uid));
        let unknown = users.is_unknown().then(|| users.clone());
        Self { may_answer, nobody, root_program, unknown }
    }

    #[cfg(test)]
    pub(super) fn for_tests(may_answer: Vec<u32>) -> Self {
        Self { may_answer, nobody: None, root_program: None, unknown: None }
    }

    /// Each socket tells its user, so there is nothing to look up.
    pub(super) fn judge(&self, _: &[Socket]) -> Judged {
        Judged { passing: self.may_answer.clone(), unknown: Vec::new(), strange: Vec::new() }
    }

    /// Warns of a program of root's that is not the agent's.
    pub(super) fn warn_of(&self, listening: &[Socket], log: &Log) {
        if let Some(expected) = &self.root_program {
            warn_of_root(listening, expected, log);
        }
    }

    /// The users, for the log.
    pub(super) fn described(&self) -> String {
        format!("{:?} (user ids)", self.may_answer)
    }

    /// The error where the port at `address` is held by a user who may not.
    pub(super) fn held_by(&self, user: u32, _: &Judged, address: SocketAddr) -> ErrorKind {
        let (address, port) = (address.to_string(), address.port());
        if self.nobody == Some(user) {
            let what = format!("port {port} is held by a user without a number in this user namespace (shown as {user}, like all of them)");
            return ErrorKind::UnidentifiedAgent { address, what, advice: NO_NUMBERS };
        }
        // Where the agent's program is, its files say who it is.
        let is_installed = || sys::agent_program().is_some_and(|program| !is_absent(&program));
        if let Some(users) = self.unknown.as_ref().filter(|_| !is_installed()) {
            let why = users.why_unknown();
            let what = format!("port {port} is held by user id {user}, and nothing here says which user is the agent's: {why}");
            return ErrorKind::UnidentifiedAgent { address, what, advice: NO_AGENT_USER };
        }
        let what = format!("port {port} is held by user id {user}, which is not the agent's");
        ErrorKind::ForeignAnswer { address, what, http_status: None, key_sent: false }
    }
}

/// The program that root must be at the agent's port. `None` where root can be another: the caller named the address, or the agent
/// itself runs as root (`agent_users` are its account and the owner of its key directory).
fn expected_program(agent: &LocatedAgent, agent_users: &[u32]) -> Option<PathBuf> {
    if agent.source == Source::Caller || agent_users.contains(&0) { None } else { sys::agent_program() }
}

/// Warns once for each listening socket: looking through all processes takes its time.
fn warn_of_root(listening: &[Socket], expected: &Path, log: &Log) {
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
