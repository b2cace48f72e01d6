//! `Judged`: which holders of sockets count as the agent's.

/// The holders of sockets, as they were judged.
pub(super) struct Judged {
    /// Those that pass: the agent's, and those that cannot be told.
    pub(super) passing: Vec<u32>,
    /// Those that cannot be told.
    pub(super) unknown: Vec<u32>,
    /// Why others do not pass, where there is more to say than their number.
    #[cfg_attr(not(windows), allow(dead_code))]
    pub(super) strange: Vec<(u32, String)>,
}
