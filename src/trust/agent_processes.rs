//! Who counts as the agent on Windows: `AgentUsers` and `AgentProcesses`. Accounts have no numbers there, and are looked up when a
//! process or a file is judged; processes for each look at the sockets.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::agent_process::{Service, Verdict, judge};
use super::holders::Judged;
use super::key_folder::KeyFolder;
use super::policy::PeerPolicy;
use super::socket::Socket;
use crate::agent::locate::LocatedAgent;
use crate::agent::source::Source;
use crate::error::ErrorKind;
use crate::log::Log;
use crate::sys;

/// The agent's accounts, of which nothing is to be known before.
#[derive(Clone, Debug)]
pub(crate) struct AgentUsers;

impl AgentUsers {
    /// Fails where this process cannot open any file.
    pub(crate) fn of(folder: &KeyFolder<'_>, _: PeerPolicy) -> Result<Self, ErrorKind> {
        match folder.handle() {
            Err(error) if sys::is_used_up(error) => Err(ErrorKind::of_system("the agent's files cannot be opened", error)),
            _ => Ok(Self),
        }
    }
}

/// The rule of one try.
#[derive(Clone, Debug)]
pub(crate) struct AgentProcesses {
    /// The calling user, if its processes count, too.
    caller: Option<String>,
    /// Those that were found to be the agent's, so that each is judged once a try.
    agents: Arc<Mutex<Vec<Agent>>>,
}

/// A process of the agent's.
#[derive(Debug)]
struct Agent {
    process: u32,
    /// While it is open, Windows gives its number to no other process, also when it has ended.
    _open: sys::OpenProcess,
}

impl AgentProcesses {
    /// What does not tell, where nobody is known.
    pub(super) const NOT_TOLD: &str = "this account may ask neither the service manager nor for other users' processes";
    /// The advice where the system does not tell, and the caller wants to know.
    pub(super) const ADVICE: &str = "Run it as administrator, or in a session on the machine itself instead of a remote one, or do not require it \
         (-RequireIdentifiedAgent, or the variable ARC_TOKEN_REQUIRE_IDENTIFIED_AGENT).";

    /// The service's process; also those of the calling user, if the caller named the address.
    pub(super) fn of(agent: &LocatedAgent, _: &AgentUsers) -> Self {
        let caller = if agent.source == Source::Caller { sys::own_account().ok() } else { None };
        Self { caller: caller.map(|account| account.user), agents: Arc::default() }
    }

    /// This user's own processes.
    #[cfg(test)]
    pub(super) fn for_tests(_: Vec<u32>) -> Self {
        Self { caller: sys::own_account().ok().map(|account| account.user), agents: Arc::default() }
    }

    /// Judges each process that holds one of the sockets.
    pub(super) fn judge(&self, sockets: &[Socket]) -> Judged {
        let mut processes: Vec<_> = sockets.iter().filter(|socket| socket.inode != 0).map(|socket| socket.holder).collect();
        processes.sort_unstable();
        processes.dedup();
        let mut judged = Judged { passing: Vec::new(), unknown: Vec::new(), strange: Vec::new() };
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        let mut service = None;
        for process in processes {
            if agents.iter().any(|agent| agent.process == process) {
                judged.passing.push(process);
                continue;
            }
            // Before it is judged: the number is to be this process's until the end.
            let open = sys::open_process(process);
            match judge(|| service.get_or_insert_with(service_now).clone(), process, || sys::account_of(process), self.caller.as_deref()) {
                Verdict::Agent => {
                    judged.passing.push(process);
                    // One that this user may not open is judged each time.
                    agents.extend(open.map(|open| Agent { process, _open: open }));
                }
                Verdict::Unknown => {
                    judged.passing.push(process);
                    judged.unknown.push(process);
                }
                Verdict::Strange(what) => judged.strange.push((process, what)),
            }
        }
        judged
    }

    pub(super) fn warn_of(&self, _: &[Socket], _: &Log) {}

    /// The rule, for the log.
    pub(super) fn described(&self) -> &'static str {
        if self.caller.is_some() { "the agent's service, the system and this user" } else { "the agent's service or the system" }
    }

    /// The error where the port at `address` is held by a process that may not.
    pub(super) fn held_by(&self, process: u32, judged: &Judged, address: SocketAddr) -> ErrorKind {
        let what =
            judged.strange.iter().find(|(id, _)| *id == process).map_or_else(|| format!("process {process}"), |(_, what)| what.clone());
        ErrorKind::ForeignAnswer {
            address: address.to_string(),
            what: format!("port {} is held by {what}", address.port()),
            http_status: None,
            key_sent: false,
        }
    }
}

/// What the service manager says now.
fn service_now() -> Service {
    match sys::service_process(sys::AGENT_SERVICE) {
        Ok(Some(process)) => Service::Process(process),
        Ok(None) => Service::Absent,
        // Whatever it is: without its word, nobody is known by it.
        Err(_) => Service::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trust::socket::State;

    /// The number of no process: Windows gives out multiples of four, from the lowest on.
    const NOBODY: u32 = u32::MAX - 3;

    fn held_by(process: u32) -> Socket {
        let (local, remote) = ("127.0.0.1:40342".parse().unwrap(), "0.0.0.0:0".parse().unwrap());
        Socket { local, remote, state: State::Listening, holder: process, inode: 1 }
    }

    #[test]
    fn the_agents_process_is_judged_once_and_a_stranger_each_time() {
        let own = AgentProcesses::for_tests(Vec::new());
        let process = std::process::id();
        // The copies of a try, for the port and for its connections, share what was found.
        for rule in [own.clone(), own.clone()] {
            let judged = rule.judge(&[held_by(process), held_by(process), held_by(NOBODY)]);
            assert_eq!(judged.passing, [process]);
            assert!(matches!(&judged.strange[..], [(NOBODY, _)]));
            assert_eq!(own.agents.lock().unwrap().iter().map(|agent| agent.process).collect::<Vec<_>>(), [process]);
        }
        assert!(AgentProcesses::for_tests(Vec::new()).agents.lock().unwrap().is_empty(), "another try");
    }
}
