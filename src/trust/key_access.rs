//! The rules for owners and writers of a key file on Windows.
//!
//! No rule may refuse a file that the real service writes. It runs as `NT SERVICE\himds`, and its installer sets the lists of the
//! folder: which entries they have is documented nowhere. So only what no installer would do is refused: a file of an ordinary account,
//! and one into which everybody may write. Other writers are told by the checks alone.

use crate::sys::accounts::{ADMINISTRATORS, EVERYONE};
use crate::sys::accounts::{AccessList, Account, HIMDS, LOCAL_SERVICE, SYSTEM};

/// The installer of Windows and its updates.
const TRUSTED_INSTALLER: &str = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";
/// Stands for the owner of what is made in a folder, who is judged as the owner.
const CREATOR_OWNER: &str = "S-1-3-0";
/// Stands for the owner.
const OWNER_RIGHTS: &str = "S-1-3-4";

/// Groups in which an ordinary user is.
const EVERYBODY: [(&str, &str); 4] =
    [(EVERYONE, "Everyone"), ("S-1-5-11", "Authenticated Users"), ("S-1-5-32-545", "Users"), ("S-1-5-32-546", "Guests")];

/// To change a file's content, or who may do so: `FILE_WRITE_DATA`, `FILE_APPEND_DATA`, `WRITE_DAC`, `WRITE_OWNER`, `GENERIC_WRITE`
/// and `GENERIC_ALL`. In a folder the first two are to make files.
const WRITE: u32 = 0x2 | 0x4 | 0x4_0000 | 0x8_0000 | 0x4000_0000 | 0x1000_0000;
/// To put another file in a key's place: `FILE_DELETE_CHILD`, and to change the folder's owner or list.
const REPLACE: u32 = 0x40 | 0x4_0000 | 0x8_0000 | 0x1000_0000;

/// The accounts of one try.
pub(crate) struct Accounts<'a> {
    /// The owner of the key folder.
    pub(crate) folder_owner: Option<&'a str>,
    /// The account of this process.
    pub(crate) caller: &'a Account,
    /// The account that the service `himds` runs as. Looked up only where it matters: it may ask a domain's controller.
    pub(crate) service: &'a dyn Fn() -> Option<String>,
}

impl Accounts<'_> {
    fn is_agents(&self, sid: &str) -> bool {
        [SYSTEM, LOCAL_SERVICE, ADMINISTRATORS, HIMDS, TRUSTED_INSTALLER, CREATOR_OWNER, OWNER_RIGHTS].contains(&sid)
            || self.folder_owner == Some(sid)
    }

    /// True for a user who could make such a file without being the agent.
    fn is_stranger(&self, sid: &str) -> bool {
        is_ordinary(sid) && !self.is_agents(sid) && (self.service)().as_deref() != Some(sid)
    }

    /// The name of a writer that no key file has: a group of everybody, or the calling user without an administrator's rights.
    fn bad_writer(&self, list: &AccessList, rights: u32) -> Option<String> {
        let writers = list.allowed.iter().flatten().filter(|entry| !entry.only_inherited && entry.rights & rights != 0);
        writers.into_iter().find_map(|entry| {
            let everybody = EVERYBODY.iter().find(|(sid, _)| *sid == entry.to).map(|(sid, name)| format!("{name} ({sid})"));
            let caller = entry.to == self.caller.user && !self.caller.administrator && self.is_stranger(&entry.to);
            everybody.or_else(|| caller.then(|| format!("this user ({})", entry.to)))
        })
    }

    /// Why the file is no key of the agent's, if so.
    pub(crate) fn refusal(&self, file: &AccessList, folder: &AccessList) -> Option<String> {
        if let Some(owner) = file.owner.as_deref().filter(|owner| self.is_stranger(owner)) {
            return Some(format!("it belongs to {owner}, which is neither the agent's account nor the key directory's owner"));
        }
        if let Some(writer) = self.bad_writer(file, WRITE) {
            return Some(format!("{writer} may write to it"));
        }
        self.bad_writer(folder, REPLACE).map(|writer| format!("{writer} may replace files in the key directory"))
    }

    /// Those who may write in the folder, or into the files made there, and are not the agent's: for the checks.
    pub(crate) fn other_writers(&self, folder: &AccessList) -> Vec<String> {
        let writers = folder.allowed.iter().flatten().filter(|entry| entry.rights & (WRITE | REPLACE) != 0);
        let mut others: Vec<_> = writers.map(|entry| entry.to.clone()).filter(|sid| !self.is_agents(sid)).collect();
        others.sort_unstable();
        others.dedup();
        others.retain(|sid| (self.service)().as_ref() != Some(sid));
        others
    }
}

/// True for a user of the machine, of a domain, or of Entra ID, and for a group of theirs: not for what Windows itself has.
fn is_ordinary(sid: &str) -> bool {
    sid.starts_with("S-1-5-21-") || sid.starts_with("S-1-12-1-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::accounts::Allowed;

    const USER: &str = "S-1-5-21-1-2-3-1001";
    const OTHER: &str = "S-1-5-21-1-2-3-1002";
    const READ: u32 = 0x12_0089;
    const FULL: u32 = 0x1f_01ff;

    fn list(owner: &str, allowed: &[(&str, u32)]) -> AccessList {
        let entry = |(to, rights): &(&str, u32)| Allowed { to: (*to).to_owned(), rights: *rights, only_inherited: false };
        AccessList { owner: Some(owner.to_owned()), allowed: Some(allowed.iter().map(entry).collect()) }
    }

    fn refusal(file: &AccessList, folder: &AccessList, administrator: bool) -> Option<String> {
        let caller = Account { user: USER.to_owned(), administrator, filtered: false };
        Accounts { folder_owner: folder.owner.as_deref(), caller: &caller, service: &|| None }.refusal(file, folder)
    }

    fn folder() -> AccessList {
        list(SYSTEM, &[(SYSTEM, FULL), (ADMINISTRATORS, FULL), (HIMDS, FULL), ("S-1-5-21-1-2-3-1010", READ)])
    }

    #[test]
    fn what_the_service_and_its_installer_make_is_good() {
        for owner in [HIMDS, SYSTEM, LOCAL_SERVICE, ADMINISTRATORS, TRUSTED_INSTALLER, CREATOR_OWNER] {
            for administrator in [true, false] {
                let file = list(owner, &[(HIMDS, FULL), (SYSTEM, FULL), (ADMINISTRATORS, FULL), ("S-1-5-32-545", READ), (USER, READ)]);
                assert_eq!(refusal(&file, &folder(), administrator), None, "{owner}");
            }
        }
        assert_eq!(refusal(&list("S-1-5-80-1-2-3-4-5", &[]), &folder(), false), None, "another service's account is no ordinary one");
    }

    #[test]
    fn a_file_of_an_ordinary_account_is_refused() {
        for owner in [USER, OTHER, "S-1-12-1-1-2-3-4"] {
            assert!(refusal(&list(owner, &[]), &folder(), true).is_some_and(|what| what.contains(owner)), "{owner}");
        }
        assert_eq!(refusal(&list(OTHER, &[]), &list(OTHER, &[]), false), None, "the key folder's own owner");
        let caller = Account { user: USER.to_owned(), administrator: false, filtered: false };
        let service = || Some(OTHER.to_owned());
        let accounts = Accounts { folder_owner: None, caller: &caller, service: &service };
        assert_eq!(accounts.refusal(&list(OTHER, &[(OTHER, FULL)]), &folder()), None, "the account of the service");
    }

    #[test]
    fn a_file_that_everybody_may_write_is_refused() {
        for (sid, name) in EVERYBODY {
            for rights in [FULL, 0x2, 0x4, 0x4_0000, 0x8_0000, 0x4000_0000, 0x1000_0000] {
                let file = list(HIMDS, &[(HIMDS, FULL), (sid, rights)]);
                assert!(refusal(&file, &folder(), true).is_some_and(|what| what.contains(name)), "{name} {rights:x}");
            }
            assert_eq!(refusal(&list(HIMDS, &[(sid, READ)]), &folder(), false), None, "{name}");
        }
    }

    #[test]
    fn the_calling_user_may_not_write_it_but_as_administrator_or_owner_of_the_folder() {
        let file = list(HIMDS, &[(USER, FULL)]);
        assert!(refusal(&file, &folder(), false).is_some());
        assert_eq!(refusal(&file, &folder(), true), None);
        assert_eq!(refusal(&file, &list(USER, &[]), false), None);
        assert_eq!(refusal(&list(HIMDS, &[(OTHER, FULL)]), &folder(), false), None, "another's rights are told, not refused");
    }

    #[test]
    fn a_folder_in_which_everybody_may_replace_files_is_refused_but_not_one_where_they_may_add_some() {
        let key = list(HIMDS, &[(HIMDS, FULL)]);
        assert!(refusal(&key, &list(SYSTEM, &[("S-1-5-32-545", FULL)]), true).is_some());
        // What folders below ProgramData inherit.
        assert_eq!(refusal(&key, &list(SYSTEM, &[("S-1-5-32-545", 0x2 | 0x4)]), true), None);
    }

    #[test]
    fn a_list_that_cannot_be_read_is_not_judged() {
        assert_eq!(refusal(&AccessList::default(), &AccessList::default(), false), None);
    }

    #[test]
    fn other_writers_are_told() {
        let caller = Account { user: USER.to_owned(), administrator: false, filtered: false };
        let accounts = Accounts { folder_owner: None, caller: &caller, service: &|| None };
        let found = accounts.other_writers(&list(SYSTEM, &[(SYSTEM, FULL), (OTHER, FULL), (OTHER, 0x2), ("S-1-5-32-545", READ)]));
        assert_eq!(found, [OTHER]);
    }
}
