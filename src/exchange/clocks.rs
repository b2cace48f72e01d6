//! `Clocks`: the agent's clock and this machine's, as an answer shows them.

/// Both clocks at the same moment, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clocks {
    pub(crate) agent: i64,
    pub(crate) own: i64,
}

impl Clocks {
    /// The seconds between them.
    pub(crate) fn apart(self) -> u64 {
        self.agent.abs_diff(self.own)
    }

    /// Those of the answers so far that are furthest apart: an answer can come out of somebody's cache.
    pub(super) fn widest(seen: Option<Self>, now: Self) -> Self {
        seen.filter(|seen| seen.apart() >= now.apart()).unwrap_or(now)
    }
}
