//! Which processes are of one tree, and hold a socket (proc_pid_stat(5), proc_pid_fd(5)).

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::time::Duration;

/// A process and those below it, but for those that were there before.
pub(super) struct ProcessTree {
    root: u32,
    /// The root may have been started in the place of another process, by `exec` in a shell, and have children of that one. Or it is a
    /// shell that has started others before.
    foreign: HashSet<u32>,
}

impl ProcessTree {
    /// Before the first child is started.
    pub(super) fn new(root: u32) -> Self {
        Self { root, foreign: parents().into_iter().filter(|(_, parent)| *parent == root).map(|(process, _)| process).collect() }
    }

    /// True when a process of the tree holds the socket with this number.
    ///
    /// The list of processes is not read in one moment, and a process whose parent ends gets another one. So a "no" is looked at again.
    pub(super) fn holds(&self, inode: u64) -> bool {
        const LOOKS: u32 = 4;
        (0..LOOKS).any(|look| {
            if look > 0 {
                std::thread::sleep(Duration::from_millis(10));
            }
            let parents = parents();
            parents.keys().any(|process| self.has(*process, &parents) && has_socket(*process, inode))
        })
    }

    fn has(&self, process: u32, parents: &HashMap<u32, u32>) -> bool {
        let mut at = process;
        // A process number may be used again while the list is read: a circle must not be an endless one.
        for _ in 0..parents.len() {
            match parents.get(&at) {
                _ if at == self.root => return true,
                Some(parent) if !self.foreign.contains(&at) => at = *parent,
                _ => return false,
            }
        }
        false
    }
}

/// Each process with its parent.
fn parents() -> HashMap<u32, u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return HashMap::new() };
    let processes = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    processes.filter_map(|process: u32| Some((process, parent_in(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)?))).collect()
}

/// The parent in a line of `stat`. The name before it may hold anything, also a parenthesis.
fn parent_in(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// True when one of the process's files is the socket. Those of another user's process cannot be read.
fn has_socket(process: u32, inode: u64) -> bool {
    let wanted = format!("socket:[{inode}]");
    let Ok(files) = fs::read_dir(format!("/proc/{process}/fd")) else { return false };
    files.flatten().any(|file| fs::read_link(file.path()).is_ok_and(|target| target.as_os_str() == OsStr::new(&wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_is_read_whatever_the_name_is() {
        assert_eq!(parent_in("12 (sh) S 7 12 12 0"), Some(7));
        assert_eq!(parent_in("12 (a) S 99 (b) R 7 12"), Some(7));
        assert_eq!(parent_in("12 (sh"), None);
    }

    #[test]
    fn descendants_are_told_from_others_and_from_inherited_children() {
        let tree = ProcessTree { root: 10, foreign: HashSet::from([13]) };
        let parents = HashMap::from([(10, 1), (11, 10), (12, 11), (13, 10), (14, 13), (20, 1), (30, 31), (31, 30)]);
        let of_tree: Vec<_> = [10, 11, 12, 13, 14, 20, 30, 99].into_iter().filter(|process| tree.has(*process, &parents)).collect();
        assert_eq!(of_tree, [10, 11, 12]);
    }
}
