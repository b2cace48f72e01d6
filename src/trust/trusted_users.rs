//! The one list of users that count as the agent, with its two uses: who may answer, and who may own a key.
//!
//! | user | may answer | may own a key |
//! | --- | --- | --- |
//! | root | yes | yes |
//! | the owner of the key directory | yes | yes, but not the calling user in the agent's own directory |
//! | the account `himds` | yes | yes |
//! | the user of the agent's service (`User=` of systemd's unit) | yes | yes |
//! | the calling user | if the caller named the address | no |

use std::fs;
use std::io;
use std::path::PathBuf;

use super::key_folder::KeyFolder;
use super::passwd::uid_in_passwd;
use super::policy::PeerPolicy;
use super::user_namespace;
use crate::agent::service_unit;
use crate::error::ErrorKind;
use crate::sys;
use crate::text::plain::shown_path;

/// The agent's users, as one try sees them.
#[derive(Clone, Debug)]
pub(crate) struct AgentUsers {
    owner: Option<u32>,
    /// By the files of the system, which only root can write.
    named: Vec<u32>,
    policy: PeerPolicy,
    /// The user who counts as no owner of keys: the calling user, in the agent's own directory.
    no_owner: Option<u32>,
    key_directory: PathBuf,
}

impl AgentUsers {
    /// Reads the files that name them. Fails where this process cannot open any file.
    pub(crate) fn of(folder: &KeyFolder<'_>, policy: PeerPolicy) -> Result<Self, ErrorKind> {
        let used_up = |error: &io::Error| sys::is_used_up(error).then(|| ErrorKind::of_system("the agent's files cannot be opened", error));
        if let Some(error) = folder.handle().err().and_then(used_up) {
            return Err(error);
        }
        // The agent's package makes a local account. The name service is not used, as it may ask the network.
        let passwd = match fs::read_to_string("/etc/passwd") {
            Ok(passwd) => passwd,
            Err(error) => used_up(&error).map_or_else(|| Ok(String::new()), Err)?,
        };
        let id = |user: &str| user.parse().ok().or_else(|| uid_in_passwd(&passwd, user));
        let service = service_unit::user_of_service(sys::UNIT_FOLDERS, sys::UNIT);
        let named: Vec<_> = [Some(sys::AGENT_USER), service.as_deref()].into_iter().flatten().filter_map(id).collect();
        let owner = folder.owner();
        let usual = sys::key_directory().is_some_and(|usual| usual == folder.path());
        Ok(Self { owner, named, policy, no_owner: usual.then(sys::effective_uid), key_directory: folder.path().to_owned() })
    }

    /// The owner of the key directory and the accounts. Root is among them where the agent runs as root.
    pub(super) fn of_agent(&self) -> Vec<u32> {
        self.owner.into_iter().chain(self.named.iter().copied()).collect()
    }

    /// The users who may hold the agent's port, sorted and without duplicates, and the id that stands for every user without a number
    /// of its own, if there is one and nobody allowed it. `caller` is the calling user, who counts if he named the address.
    pub(super) fn may_answer(&self, caller: Option<u32>) -> (Vec<u32>, Option<u32>) {
        let users = [0].into_iter().chain(self.of_agent()).chain(caller).collect();
        without_nobody(users, user_namespace::nobody(), self.policy)
    }

    /// True when `user` may own a key.
    pub(crate) fn may_own_key(&self, user: u32) -> bool {
        let identified = || self.policy == PeerPolicy::AllowUnidentified || user_namespace::nobody() != Some(user);
        let is_owner = self.owner == Some(user) && self.no_owner != Some(user);
        user == 0 || ((is_owner || self.named.contains(&user)) && identified())
    }

    /// True when nobody but root is known as the agent.
    pub(super) fn is_unknown(&self) -> bool {
        self.owner.iter().chain(&self.named).all(|user| *user == 0)
    }

    /// The reason why the files name nobody but root.
    pub(super) fn why_unknown(&self) -> String {
        let path = shown_path(&self.key_directory);
        let folder = match self.owner {
            Some(_) => format!("the key directory '{path}' is root's"),
            None => format!("there is no key directory '{path}' that this user can see"),
        };
        format!("{folder}, and /etc/passwd has no user '{}'", sys::AGENT_USER)
    }
}

fn without_nobody(mut users: Vec<u32>, nobody: Option<u32>, policy: PeerPolicy) -> (Vec<u32>, Option<u32>) {
    let allowed = policy == PeerPolicy::AllowUnidentified;
    users.retain(|user| Some(*user) != nobody);
    users.extend(nobody.filter(|_| allowed));
    users.sort_unstable();
    users.dedup();
    (users, nobody.filter(|_| !allowed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_overflow_id_is_nobodys() {
        let users = |policy| without_nobody(vec![0, 65534, 998, 998], Some(65534), policy);
        for policy in [PeerPolicy::Usual, PeerPolicy::RequireIdentified] {
            assert_eq!(users(policy), (vec![0, 998], Some(65534)));
        }
        assert_eq!(users(PeerPolicy::AllowUnidentified), (vec![0, 998, 65534], None));
    }

    #[test]
    fn where_each_user_has_a_number_65534_is_one_of_them() {
        assert_eq!(without_nobody(vec![0, 65534], None, PeerPolicy::Usual), (vec![0, 65534], None));
    }

    #[test]
    fn the_agents_accounts_own_keys_and_the_calling_user_does_not() {
        let users = |owner, no_owner| {
            let users = AgentUsers { owner, named: vec![998], policy: PeerPolicy::Usual, no_owner, key_directory: PathBuf::new() };
            [0, 998, 1000, 1001].map(|user| users.may_own_key(user))
        };
        assert_eq!(users(Some(0), Some(1000)), [true, true, false, false]);
        assert_eq!(users(Some(1000), Some(1000)), [true, true, false, false], "in the agent's own directory");
        assert_eq!(users(Some(1000), None), [true, true, true, false], "in a directory that the caller named");
        assert_eq!(users(Some(998), Some(998)), [true, true, false, false], "the agent's account makes calls itself");
    }
}
