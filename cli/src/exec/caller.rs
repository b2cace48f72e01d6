//! Who is at the other end of a connection: a process of the same user, and of the child's tree.

use std::net::SocketAddr;

#[cfg(target_os = "linux")]
use super::process_tree::ProcessTree;

/// What is known of a connection's other end. Looked up once, before anything is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code))] // Elsewhere nobody is looked up.
pub(super) enum Caller {
    /// May have tokens.
    Allowed,
    /// Another user's: the connection is closed.
    AnotherUser,
    /// Closed again, or not of this machine.
    Nobody,
    /// This user's, but not below the child.
    Outside,
    /// The system does not tell.
    Unknown,
}

/// The rule for callers.
pub(super) struct CallerRule {
    #[cfg(target_os = "linux")]
    tree: Option<ProcessTree>,
}

#[cfg(target_os = "linux")]
impl CallerRule {
    /// Before the child is started. `root`: the process below which callers are. `any_process`: of the same user, wherever it is.
    pub(super) fn new(root: u32, any_process: bool) -> Self {
        Self { tree: (!any_process).then(|| ProcessTree::new(root)) }
    }

    /// Reads `/proc`, which takes some milliseconds.
    pub(super) fn judge(&self, client: SocketAddr, server: SocketAddr) -> Caller {
        match arc_token::SocketOwner::of(client, server) {
            Err(_) => Caller::Unknown,
            Ok(None) => Caller::Nobody,
            Ok(Some(owner)) if !owner.is_this_user() => Caller::AnotherUser,
            Ok(Some(owner)) if self.tree.as_ref().is_none_or(|tree| tree.holds(owner.inode())) => Caller::Allowed,
            Ok(Some(_)) => Caller::Outside,
        }
    }
}

/// Elsewhere nothing says who it is: the secret alone counts.
#[cfg(not(target_os = "linux"))]
impl CallerRule {
    pub(super) fn new(_root: u32, _any_process: bool) -> Self {
        Self {}
    }

    pub(super) fn judge(&self, _client: SocketAddr, _server: SocketAddr) -> Caller {
        Caller::Allowed
    }
}
