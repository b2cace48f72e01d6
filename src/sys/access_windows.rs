//! Access to the key files: whether this user has it, and the command that gives it.

use std::io;
use std::path::Path;

use super::accounts::{Account, LOCAL_SERVICE, NETWORK_SERVICE, SYSTEM};
use super::accounts_windows::own_account;

/// Fails when this user may not open files in `directory`.
pub(crate) fn may_enter(directory: &Path) -> io::Result<()> {
    std::fs::read_dir(directory).map(drop)
}

/// The command that lets this user enter the directory.
pub(crate) fn how_to_enter(_: &Path) -> String {
    join_group()
}

/// The way for this process's account to the agent's keys.
pub(crate) fn join_group() -> String {
    advice(own_account().ok().as_ref(), user_name())
}

fn advice(account: Option<&Account>, name: Option<String>) -> String {
    if account.is_some_and(|account| account.filtered) {
        return "This session has an administrator's rights only where it was started with them: start it again with 'Run as administrator'."
            .to_owned();
    }
    let user =
        name.filter(|name| !name.contains(char::is_control)).map_or("<user>".to_owned(), |name| format!("'{}'", name.replace('\'', "''")));
    let again = match account.map(|account| is_service(&account.user)) {
        Some(true) => "Then restart the service: membership counts from then on.",
        _ => "Then log on again, or restart the service: membership counts from then on. Or run this as administrator.",
    };
    format!("Run \"Add-LocalGroupMember -Group 'Hybrid agent extension applications' -Member {user}\" as administrator. {again}")
}

/// True for the accounts of services: those that Windows has, and those that it makes for one service or for one pool of its web server.
fn is_service(sid: &str) -> bool {
    [SYSTEM, LOCAL_SERVICE, NETWORK_SERVICE].contains(&sid) || sid.starts_with("S-1-5-80-") || sid.starts_with("S-1-5-82-")
}

/// The user, with the domain. Variables can be forged, but are good enough for a text. Those of a service name the machine's account,
/// which it has in the network only.
pub(crate) fn user_name() -> Option<String> {
    let name = |account: Account| match account.user.as_str() {
        SYSTEM => Some(r"NT AUTHORITY\SYSTEM"),
        LOCAL_SERVICE => Some(r"NT AUTHORITY\LOCAL SERVICE"),
        NETWORK_SERVICE => Some(r"NT AUTHORITY\NETWORK SERVICE"),
        _ => None,
    };
    if let Some(name) = own_account().ok().and_then(name) {
        return Some(name.to_owned());
    }
    let name = std::env::var("USERNAME").ok()?;
    Some(std::env::var("USERDOMAIN").map(|domain| format!(r"{domain}\{name}")).unwrap_or(name))
}

/// Always `None`: on Windows, only the agent's own answer about its state has the version.
pub(crate) fn agent_version() -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice_for(user: &str, filtered: bool, name: &str) -> String {
        advice(Some(&Account { user: user.to_owned(), administrator: false, filtered }), Some(name.to_owned()))
    }

    #[test]
    fn the_account_that_needs_the_group_is_named() {
        let text = advice_for(NETWORK_SERVICE, false, r"NT AUTHORITY\NETWORK SERVICE");
        assert!(text.contains(r"-Member 'NT AUTHORITY\NETWORK SERVICE'") && text.contains("restart the service"), "{text}");
        assert!(!text.contains("log on again"), "{text}");
        let text = advice_for("S-1-5-21-1-2-3-1001", false, r"DOMAIN\o'neill");
        assert!(text.contains(r"-Member 'DOMAIN\o''neill'") && text.contains("log on again"), "{text}");
    }

    #[test]
    fn an_administrator_without_the_rights_is_told_to_take_them() {
        let text = advice_for("S-1-5-21-1-2-3-1001", true, "u");
        assert!(text.contains("'Run as administrator'") && !text.contains("Add-LocalGroupMember"), "{text}");
    }

    #[test]
    fn this_process_has_an_account_and_a_name() {
        assert!(own_account().unwrap().user.starts_with("S-1-5-"));
        assert!(user_name().is_some_and(|name| !name.is_empty()));
    }
}
