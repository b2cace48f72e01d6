//! Trust: the users that count as the agent's, and the check that they hold its port and connections.
//!
//! In: an agent's address, its key directory, the kernel's list of sockets. Out: yes, or an error that names the stranger. This
//! folder sends nothing to an agent, and knows nothing of HTTP or keys.

pub(crate) mod holders;
pub(crate) mod key_folder;
#[cfg(feature = "c-api")]
pub(crate) mod named_address;
pub(crate) mod passwd;
pub(crate) mod peer;
pub(crate) mod policy;
pub(crate) mod proc_net;
pub(crate) mod program;
mod root_listener;
#[cfg(target_os = "linux")]
pub(crate) mod sock_diag;
pub(crate) mod socket;
pub(crate) mod socket_owner;
mod socket_table;
pub(crate) mod trusted_users;
mod user_namespace;
