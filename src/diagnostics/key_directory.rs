//! The row 'Key directory': may this user read the agent's key files?

use std::io::ErrorKind::NotFound;
use std::path::Path;

use super::report::Row;
use crate::sys;
use crate::text::plain::{shown, shown_path};
use crate::trust::key_folder::KeyFolder;

pub(super) fn row(path: &Path) -> Row {
    if let Some(kind) = KeyFolder::open(path).missing() {
        return Row::error(&kind);
    }
    let shown_directory = shown_path(path);
    let user = sys::user_name().map_or_else(sys::current_user, |name| shown(&name));
    match sys::may_enter(path) {
        Ok(()) => open_row(path, format!("'{shown_directory}' is open to this user ({user}).")),
        // The agent may make the directory when it first needs it. The row 'Token' shows whether it does.
        Err(error) if error.kind() == NotFound => {
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

/// The row for a directory that is open to this user, and to whom else to write in.
#[cfg(not(windows))]
fn open_row(_: &Path, detail: String) -> Row {
    Row::pass(detail)
}

/// The row for a directory that is open to this user, and to whom else to write in.
#[cfg(windows)]
fn open_row(path: &Path, detail: String) -> Row {
    use crate::trust::{key_folder::KeyFolder, key_owner};
    match key_owner::other_writers(&KeyFolder::open(path)) {
        None => Row::pass(format!("{detail} Who else may write there cannot be read.")),
        Some(writers) if writers.is_empty() => Row::pass(detail),
        Some(writers) => Row::warning(
            format!(
                "{detail} Others than the agent may write there: {}.",
                writers.iter().map(|sid| sys::accounts::shown(sid)).collect::<Vec<_>>().join(", ")
            ),
            "Take that right from them, if nothing needs it: 'icacls' shows who has it. Who can write there can put files of their own among the keys.",
        ),
    }
}
