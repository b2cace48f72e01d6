//! Access to the key files: whether this user has it, and the command that gives it.

use std::io;
use std::path::Path;

/// Fails when this user may not open files in `directory`.
pub(crate) fn may_enter(directory: &Path) -> io::Result<()> {
    std::fs::read_dir(directory).map(drop)
}

/// The command that lets this user enter the directory.
pub(crate) fn how_to_enter(_: &Path) -> String {
    let user = user_name()
        .filter(|name| !name.contains(char::is_control))
        .map_or("<user>".to_owned(), |name| format!("'{}'", name.replace('\'', "''")));
    format!(
        "Run \"Add-LocalGroupMember -Group 'Hybrid agent extension applications' -Member {user}\" as administrator. \
         Then log on again, or restart the service: membership counts from then on. Or run this as administrator."
    )
}

/// The user, with the domain. Environment variables can be forged, but are good enough for a text.
pub(crate) fn user_name() -> Option<String> {
    let name = std::env::var("USERNAME").ok()?;
    Some(std::env::var("USERDOMAIN").map(|domain| format!(r"{domain}\{name}")).unwrap_or(name))
}

/// Always `None`: on Windows, only the agent's own answer about its state has the version.
pub(crate) fn agent_version() -> Option<String> {
    None
}
