//! Access to the key files: whether this user has it, and the commands that give it.

use std::ffi::{CStr, CString};
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::agent_paths_unix::AGENT_USER;
use super::errors::ROOT_DENIED;
use super::unix::{effective_uid, is_root};
use crate::text::plain::shown;

/// Fails when this user may not open files in `directory` by their names.
pub(crate) fn may_enter(directory: &Path) -> io::Result<()> {
    if !fs::metadata(directory)?.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    let path = CString::new(directory.as_os_str().as_bytes())?;
    // SAFETY: `path` is NUL-terminated and outlives the call.
    let denied = unsafe { libc::faccessat(libc::AT_FDCWD, path.as_ptr(), libc::X_OK, libc::AT_EACCESS) } != 0;
    if denied { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// The commands that let this user enter `directory`.
pub(crate) fn how_to_enter(directory: &Path) -> String {
    if is_root() {
        return ROOT_DENIED.to_owned();
    }
    let groups = fs::read_to_string("/etc/group").unwrap_or_default();
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let user = user_name();
    let (id, name) = group_of(directory, &groups);
    let found = Member {
        local: user.as_ref().is_some_and(|user| passwd.lines().any(|line| line.split(':').next() == Some(user))),
        listed: user.as_ref().is_some_and(|user| is_listed(&groups, &name, user)),
        active: id.is_some_and(|id| own_groups().contains(&id)),
    };
    advice(user.as_deref(), &name, &found, directory)
}

/// A user's membership in a group.
struct Member {
    /// The user is a local account of this machine.
    local: bool,
    /// The list of the group's members has the user.
    listed: bool,
    /// The user's process has the group. A process gets it only when the user logs on after joining the group.
    active: bool,
}

fn advice(user: Option<&str>, group: &str, member: &Member, directory: &Path) -> String {
    if member.active {
        let path = quoted(&directory.to_string_lossy()).unwrap_or_else(|| "<directory>".to_owned());
        return format!("This user is in the group '{group}' already: look for what else closes the directory ('namei -l {path}').");
    }
    let again = "Then log on again, or restart the service: membership counts from then on.";
    if member.listed {
        return format!("The user is in the group '{group}', but was not when this session began. {again}");
    }
    let user = user.and_then(quoted).unwrap_or_else(|| "<user>".to_owned());
    let lacks = format!("The user is not in the group '{}'.", shown(group));
    let group = quoted(group).unwrap_or_else(|| "<group>".to_owned());
    // usermod knows local accounts only.
    let command = if member.local { format!("sudo usermod -aG {group} {user}") } else { format!("sudo gpasswd -a {user} {group}") };
    format!("{lacks} Run '{command}'. {again} Or run this as root.")
}

/// `word` as the shell needs it. `None` for words that need more than simple quotes.
fn quoted(word: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./@+".contains(c);
    let quotable = |c: char| plain(c) || c.is_alphanumeric() || " \\$~:,".contains(c);
    match word {
        "" => None,
        _ if word.starts_with('-') => None,
        _ if word.chars().all(plain) => Some(word.to_owned()),
        _ if word.chars().all(quotable) => Some(format!("\"{}\"", word.replace('\\', "\\\\").replace('$', "\\$"))),
        _ => None,
    }
}

/// The group whose members may enter `directory`. If this user may not look at `directory`, a directory above it counts.
fn group_of(directory: &Path, groups: &str) -> (Option<u32>, String) {
    let visible = directory.ancestors().find_map(|path| fs::metadata(path).ok());
    let group = visible.filter(|metadata| metadata.gid() != 0 && metadata.mode() & 0o010 != 0).map(|metadata| metadata.gid());
    let named = |id: u32| group_line(groups, |fields| fields.get(2).is_some_and(|field| field.parse() == Ok(id)));
    let agents = group_line(groups, |fields| fields.first() == Some(&AGENT_USER));
    match (group, agents) {
        (Some(id), _) => (Some(id), named(id).map_or_else(|| id.to_string(), |fields| fields[0].to_owned())),
        (None, Some(fields)) => (fields.get(2).and_then(|id| id.parse().ok()), AGENT_USER.to_owned()),
        (None, None) => (None, AGENT_USER.to_owned()),
    }
}

/// The fields of the first wanted line of /etc/group.
fn group_line(groups: &str, is_wanted: impl Fn(&[&str]) -> bool) -> Option<Vec<&str>> {
    groups.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| is_wanted(fields))
}

fn is_listed(groups: &str, group: &str, user: &str) -> bool {
    let line = group_line(groups, |fields| fields.first() == Some(&group));
    let has_user = |members: &&str| members.split(',').any(|member| member == user);
    !user.is_empty() && line.is_some_and(|fields| fields.get(3).is_some_and(has_user))
}

fn own_groups() -> Vec<u32> {
    // SAFETY: with a size of 0 nothing is written.
    let count = unsafe { libc::getgroups(0, std::ptr::null_mut()) };
    let mut groups = vec![0; usize::try_from(count).unwrap_or(0)];
    // SAFETY: the array has room for `count` groups.
    let count = unsafe { libc::getgroups(count.max(0), groups.as_mut_ptr()) };
    groups.truncate(usize::try_from(count).unwrap_or(0));
    // SAFETY: getegid has no preconditions and cannot fail.
    groups.push(unsafe { libc::getegid() });
    groups
}

/// The name of the user that this process acts as. The name service finds it, which may take long for users of a directory.
pub(crate) fn user_name() -> Option<String> {
    let mut buffer = vec![0; 16 * 1024];
    let mut found = std::ptr::null_mut();
    // SAFETY: all zeros are a valid value of this struct of numbers and pointers. It is read only after the call has filled it.
    let mut entry: libc::passwd = unsafe { std::mem::zeroed() };
    // SAFETY: all arguments outlive the call, and the length is the buffer's.
    let failed = unsafe { libc::getpwuid_r(effective_uid(), &mut entry, buffer.as_mut_ptr(), buffer.len(), &mut found) } != 0;
    if failed || found.is_null() {
        return None;
    }
    // SAFETY: the call succeeded, so the name is a string in the buffer.
    let name = unsafe { CStr::from_ptr(entry.pw_name) };
    name.to_str().ok().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// The version of the agent's package, as dpkg knows it. `None` with rpm, whose database is not plain text.
pub(crate) fn agent_version() -> Option<String> {
    version_in(BufReader::new(File::open("/var/lib/dpkg/status").ok()?))
}

fn version_in(status: impl io::BufRead) -> Option<String> {
    let mut ours = false;
    let mut installed = false;
    for line in status.split(b'\n') {
        let line = line.ok()?;
        let line = String::from_utf8_lossy(&line);
        match line.split_once(": ") {
            Some(("Package", name)) => (ours, installed) = (name == "azcmagent", false),
            Some(("Status", status)) => installed = status.ends_with(" installed"),
            Some(("Version", version)) if ours && installed => return Some(crate::text::plain::shown(version)),
            _ => (),
        }
    }
    None
}

#[cfg(test)]
#[path = "access_unix_tests.rs"]
mod tests;
