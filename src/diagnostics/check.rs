//! `Check`: one row of the list of checks, and the names of all rows. `CheckReport`: the list with its log.

use crate::log::Log;

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CheckStatus {
    /// Nothing is wrong.
    Pass,
    /// Tokens may work, but an administrator should look at this.
    Warning,
    /// Tokens cannot work like this.
    Fail,
    /// Not checked. The detail says why.
    Skip,
}

impl CheckStatus {
    /// The status as one word: `Pass`.
    pub const fn name(self) -> &'static str {
        match self {
            CheckStatus::Pass => "Pass",
            CheckStatus::Warning => "Warning",
            CheckStatus::Fail => "Fail",
            CheckStatus::Skip => "Skip",
        }
    }
}

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// The name of the check. The names and their order are stable.
    pub name: &'static str,
    /// The result.
    pub status: CheckStatus,
    /// The facts that the check found.
    pub detail: String,
    /// The next step. Empty if there is nothing to do.
    pub advice: String,
}

/// What [`check`](crate::check) found: a row for each check, always all of them in the same order.
#[derive(Clone, Debug)]
pub struct CheckReport {
    checks: Vec<Check>,
    log: Log,
}

impl CheckReport {
    pub(super) fn new(checks: Vec<Check>, log: Log) -> Self {
        Self { checks, log }
    }

    /// The rows.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// True if a token cannot be had like this: a row has the status [`Fail`](CheckStatus::Fail).
    pub fn has_failed(&self) -> bool {
        self.checks.iter().any(|check| check.status == CheckStatus::Fail)
    }

    /// The steps of the checks.
    pub fn log(&self) -> &Log {
        &self.log
    }
}

impl IntoIterator for CheckReport {
    type Item = Check;
    type IntoIter = std::vec::IntoIter<Check>;

    fn into_iter(self) -> Self::IntoIter {
        self.checks.into_iter()
    }
}

impl<'a> IntoIterator for &'a CheckReport {
    type Item = &'a Check;
    type IntoIter = std::slice::Iter<'a, Check>;

    fn into_iter(self) -> Self::IntoIter {
        self.checks.iter()
    }
}

/// A check, by its place in the list.
macro_rules! checks {
    ($($check:ident = $name:literal,)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum CheckId {
            $($check,)+
        }

        impl CheckId {
            /// All checks, in their order.
            pub(super) const ALL: [Self; [$($name),+].len()] = [$(Self::$check),+];

            /// The name that is shown. It is stable.
            pub(super) const fn name(self) -> &'static str {
                match self {
                    $(Self::$check => $name,)+
                }
            }
        }
    };
}

checks! {
    Installed = "Agent installed",
    Endpoint = "Endpoint",
    Variables = "Environment variables",
    Port = "Port",
    Listener = "Listener",
    Connected = "Agent connected",
    KeyDirectory = "Key directory",
    Token = "Token",
    Identity = "Identity",
    Clock = "Clock",
    Proxy = "Proxy variables",
}
