//! Accounts of Windows: the identifiers that every machine has, and what a process or a file tells of its own.

/// The local system.
pub(crate) const SYSTEM: &str = "S-1-5-18";
/// LOCAL SERVICE.
pub(crate) const LOCAL_SERVICE: &str = "S-1-5-19";
/// NETWORK SERVICE.
#[cfg(windows)]
pub(crate) const NETWORK_SERVICE: &str = "S-1-5-20";
/// The group of administrators.
pub(crate) const ADMINISTRATORS: &str = "S-1-5-32-544";
/// Every user.
pub(crate) const EVERYONE: &str = "S-1-1-0";
/// `NT SERVICE\himds`. The identifier is made from the service's name, so it is the same on every machine.
pub(crate) const HIMDS: &str = "S-1-5-80-4215458991-2034252225-2287069555-1155419622-2701885083";

/// The account of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// The user's identifier: `S-1-5-…`.
    pub(crate) user: String,
    /// True when it has an administrator's rights.
    pub(crate) administrator: bool,
    /// True for an administrator from whom User Account Control keeps these rights.
    #[cfg_attr(not(windows), allow(dead_code))]
    pub(crate) filtered: bool,
}

/// Who may do what with a file or a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AccessList {
    /// The owner's identifier. `None` where it cannot be read.
    pub(crate) owner: Option<String>,
    /// The identifiers to which rights are given, with their rights. `None` where the list cannot be read.
    pub(crate) allowed: Option<Vec<Allowed>>,
}

/// An entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Allowed {
    pub(crate) to: String,
    /// Windows' access mask.
    pub(crate) rights: u32,
    /// True for an entry that only new files in the folder get.
    pub(crate) only_inherited: bool,
}

/// An account for a text: a name where every machine has the same, else the identifier.
#[cfg(windows)]
pub(crate) fn shown(sid: &str) -> String {
    let name = match sid {
        SYSTEM => "SYSTEM",
        LOCAL_SERVICE => "LOCAL SERVICE",
        NETWORK_SERVICE => "NETWORK SERVICE",
        ADMINISTRATORS => "Administrators",
        EVERYONE => "Everyone",
        HIMDS => r"NT SERVICE\himds",
        _ => return format!("the account {sid}"),
    };
    format!("{name} ({sid})")
}
