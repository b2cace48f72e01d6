//! Reads the user namespace of this process (user_namespaces(7)).
//!
//! A user without a number in it is shown as the overflow id, and so is every other one: that id is nobody's.

use std::fs;

#[cfg(target_os = "linux")]
use crate::sys;

/// The overflow id where the kernel does not say another.
const USUAL_OVERFLOW_ID: u32 = 65534;

/// The id that stands for every user without a number of its own. `None` where each user has one.
///
/// Without `/proc` the namespace is not known, and the id counts as nobody's.
pub(super) fn nobody() -> Option<u32> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    if is_whole(&map) {
        return None;
    }
    Some(overflow_id())
}

fn overflow_id() -> u32 {
    let id = fs::read_to_string("/proc/sys/kernel/overflowuid").ok();
    id.and_then(|id| id.trim().parse().ok()).unwrap_or(USUAL_OVERFLOW_ID)
}

/// True when `owner`, the owner of `directory`, may be any user although each one has a number here: an id-mapped mount
/// (mount_setattr(2)) shows the overflow id for each user that it does not map.
#[cfg(target_os = "linux")]
pub(super) fn is_hidden_by_mount(owner: u32, directory: &sys::Directory) -> bool {
    owner != 0 && owner == overflow_id() && nobody().is_none() && lies_on_idmapped_mount(directory).unwrap_or(true)
}

#[cfg(target_os = "linux")]
fn lies_on_idmapped_mount(directory: &sys::Directory) -> Option<bool> {
    use std::os::fd::AsRawFd as _;
    let info = fs::read_to_string(format!("/proc/thread-self/fdinfo/{}", directory.as_raw_fd())).ok()?;
    let mount = info.lines().find_map(|line| line.strip_prefix("mnt_id:"))?.trim();
    let mounts = fs::read_to_string("/proc/thread-self/mountinfo").ok()?;
    let fields = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>()).find(|fields| fields[0] == mount)?;
    Some(fields.get(5)?.split(',').any(|option| option == "idmapped"))
}

/// True for the map of the machine's own namespace: every number is itself.
fn is_whole(map: &str) -> bool {
    map.split_ascii_whitespace().eq(["0", "0", "4294967295"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_identity_gives_each_user_a_number() {
        assert!(is_whole("         0          0 4294967295\n"));
        for map in ["", "0 0 65536\n", "0 1000 1\n", "0 100000 65536\n", "0 0 1\n61001 61001 1\n", "0 0 4294967294\n1 1 1\n"] {
            assert!(!is_whole(map), "{map}");
        }
    }
}
