//! May this user read the agent's key files?

use std::io::ErrorKind::NotFound;

use super::rows::Row;
use crate::error::shown_path;
use crate::key_file::KeyDirectory;
use crate::sys;
use crate::text::shown;

pub(super) fn check(directory: &KeyDirectory) -> Row {
    let path = directory.path();
    let shown_directory = shown_path(path);
    let user = sys::user_name().map_or_else(sys::current_user, |name| shown(&name));
    match sys::may_enter(path) {
        Ok(()) => Row::pass(format!("'{shown_directory}' is open to this user ({user}).")),
        // The agent may make it when it needs it first; the token tells.
        Err(error) if error.kind() == NotFound && !sys::MISSING_MEANS_DENIED => {
            Row::warning(format!("There is no '{shown_directory}' yet."), "If no token can be had either, restart or reinstall the agent.")
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
            Row::fail(format!("'{shown_directory}' is no directory."), "Reinstall the agent, or name the right key directory.")
        }
        Err(error) => Row::fail(
            format!("This user ({user}) may not read the key files in '{shown_directory}' ({}).", shown(&error.to_string())),
            sys::how_to_enter(path),
        ),
    }
}
