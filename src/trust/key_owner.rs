//! Whose key file it is: by its owner, on Windows also by who may write to it.

use std::fs::File;

use super::key_folder::KeyFolder;
use super::trusted_users::AgentUsers;
use crate::sys;

/// The reason why the open `file` in `folder` is not the agent's, if it is not.
#[cfg(not(windows))]
pub(crate) fn refusal(_: &File, facts: &sys::FileFacts, _: &KeyFolder<'_>, users: &AgentUsers) -> Option<String> {
    let owner = facts.owner.filter(|owner| !users.may_own_key(*owner))?;
    Some(format!("it belongs to user id {owner}, neither root, nor the agent's user, nor the key directory's owner"))
}

/// The reason why the open `file` in `folder` is not the agent's, if it is not.
#[cfg(windows)]
pub(crate) fn refusal(file: &File, _: &sys::FileFacts, folder: &KeyFolder<'_>, _: &AgentUsers) -> Option<String> {
    let list = folder.handle().map(sys::access_list_of).unwrap_or_default();
    with_accounts(list.owner.as_deref(), |accounts| accounts.refusal(&sys::access_list(file), &list))?
}

/// Those who may write in the folder and are not the agent's. `None` where that cannot be read.
#[cfg(windows)]
pub(crate) fn other_writers(folder: &KeyFolder<'_>) -> Option<Vec<String>> {
    let list = folder.handle().map(sys::access_list_of).ok()?;
    list.allowed.as_ref()?;
    with_accounts(list.owner.as_deref(), |accounts| accounts.other_writers(&list))
}

/// `None` where this process cannot learn its own account: then nothing is judged.
#[cfg(windows)]
fn with_accounts<T>(folder_owner: Option<&str>, then: impl FnOnce(&super::key_access::Accounts<'_>) -> T) -> Option<T> {
    let caller = sys::own_account().ok()?;
    let service = || sys::account_named(&sys::service_account(sys::AGENT_SERVICE).ok()??);
    Some(then(&super::key_access::Accounts { folder_owner, caller: &caller, service: &service }))
}
