//! Windows' form of `AgentUsers`: accounts have no numbers there, and are looked up when a process or a file is judged.

use super::key_folder::KeyFolder;
use super::policy::PeerPolicy;
use crate::error::ErrorKind;
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
