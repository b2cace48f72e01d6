//! The stable numbers and names of all outcomes: the same in Rust, in the C header and in PowerShell's error ids.

use crate::numbered::numbered;

numbered! {
    /// The outcome of a call. Numbers are stable, come in families with gaps, and are never used again for another meaning.
    #[repr(i32)]
    #[non_exhaustive]
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Status {
        /// Success.
        Ok = 0,
        /// Not finished yet; not an error.
        Pending = 1,

        /// A value given by the caller cannot be right. The message says which and what is wanted.
        InvalidArgument = 10,

        /// The agent's address, whatever named it, is not plain HTTP on this machine's loopback interface.
        EndpointRefused = 20,
        /// No Azure Arc agent is installed here.
        AgentNotInstalled = 21,
        /// No connection to the agent can be made, or it breaks off without an answer. The reason says which.
        AgentNotRunning = 22,
        /// Something other than the agent holds its port or answered in its place.
        ForeignAnswer = 23,

        /// The agent asked for proof in a way that is not the documented one.
        BadChallenge = 30,
        /// The key file the agent named is not one that may be read. The reason says why.
        KeyFileRefused = 31,
        /// This user may not read the key file.
        KeyAccessDenied = 32,
        /// The agent refused the key.
        KeyRejected = 33,

        /// The identity asked for is not assigned to this machine.
        IdentityNotFound = 40,
        /// The agent did not confirm that the token is of the identity asked for.
        SelectorNotHonoured = 41,

        /// The agent answered with an error of its own.
        AgentError = 50,
        /// The agent's answer cannot be used.
        BadResponse = 51,

        /// The time for the call was used up.
        Timeout = 60,
        /// The call was cancelled.
        Cancelled = 61,

        /// A fault in this library, or this process has used up its file descriptors, threads, memory or ports.
        Internal = 90,
    }
}
