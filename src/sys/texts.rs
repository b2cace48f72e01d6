//! Advice that is the same on every system.

/// The advice for root.
pub(crate) const ROOT_DENIED: &str = "Root was denied: look for a security policy (SELinux, AppArmor), a container without the needed capabilities, \
     or a network file system.";

/// The advice for the error of [`is_used_up`](super::is_used_up).
pub(crate) const RAISE_LIMIT: &str = "This is no fault of the agent. End what this process does not need, or raise the limit ('ulimit -n', LimitNOFILE= or \
     TasksMax= in a systemd unit), and try again.";

/// The fault where the system does not name the folder of the agent's keys.
pub(crate) const NO_KEY_DIRECTORY: &str = "the system does not tell its ProgramData folder";
