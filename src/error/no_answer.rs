//! `NoAnswerReason`: the cases of `AgentNotRunning`, which need different advice.

/// The reason why there is no answer from the agent.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoAnswerReason {
    /// Nobody listens.
    Refused,
    /// Nobody listens, or there is no way, and this process seems to have a network of its own: a container, a sandboxed unit.
    Isolated,
    /// Somebody listens, and the connection is refused all the same.
    Filtered,
    /// The system does not let this process connect: SELinux, a sandbox.
    Denied,
    /// There is no way to the address: the loopback interface is down or does not have it.
    Unreachable,
    /// Nothing comes back: dropped by a packet filter, or the queue of the listener is full.
    Dropped,
    /// There is no connection for another reason.
    Failed,
    /// The connection is made, and breaks off without an answer.
    Silent,
}

impl NoAnswerReason {
    /// The reason as one lower-case word.
    pub const fn word(self) -> &'static str {
        match self {
            NoAnswerReason::Refused => "refused",
            NoAnswerReason::Isolated => "isolated",
            NoAnswerReason::Filtered => "filtered",
            NoAnswerReason::Denied => "denied",
            NoAnswerReason::Unreachable => "unreachable",
            NoAnswerReason::Dropped => "dropped",
            NoAnswerReason::Failed => "failed",
            NoAnswerReason::Silent => "silent",
        }
    }
}
