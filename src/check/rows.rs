//! The list while it is being made.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Check, CheckStatus, ORDER};
use crate::advice;
use crate::error::ErrorKind;

/// What came of a check, and what it lacked if it was skipped for that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) status: CheckStatus,
    pub(super) detail: String,
    pub(super) advice: String,
    lacks: Option<&'static str>,
}

impl Row {
    fn new(status: CheckStatus, detail: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), advice: advice.into(), lacks: None }
    }

    pub(super) fn pass(detail: impl Into<String>) -> Self {
        Self::new(CheckStatus::Pass, detail, "")
    }

    pub(super) fn warning(detail: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(CheckStatus::Warning, detail, advice)
    }

    pub(super) fn fail(detail: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(CheckStatus::Fail, detail, advice)
    }

    /// Not checked, which keeps nothing else from being checked.
    pub(super) fn skip(detail: impl Into<String>) -> Self {
        Self::new(CheckStatus::Skip, detail, "")
    }

    /// The error that a request would fail with, by its name and with its advice.
    pub(super) fn error(kind: &ErrorKind) -> Self {
        Self::fail(format!("{}: {kind}", kind.status().name()), advice::of(kind))
    }

    /// Not checked, since the check of this name failed.
    pub(super) fn needs(name: &'static str) -> Self {
        Self { lacks: Some(name), ..Self::skip(format!("Not checked, because '{name}' failed.")) }
    }
}

/// Shared by the thread that checks and the one that waits, which may not wait for all.
#[derive(Clone, Default)]
pub(super) struct Rows(Arc<Mutex<Vec<Entry>>>);

/// No row: it is being checked.
type Entry = (&'static str, Option<Row>);

impl Rows {
    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks, unless a check that this one needs has failed or was skipped for another that has.
    pub(super) fn check(&self, name: &'static str, needs: &[&'static str], check: impl FnOnce() -> Row) {
        let lacking = needs.iter().find_map(|need| self.failed(need));
        self.entries().push((name, None));
        let row = lacking.map_or_else(check, Row::needs);
        if let Some((_, place)) = self.entries().last_mut() {
            *place = Some(row);
        }
    }

    /// The check that failed, if the one of this name did or depends on one that did.
    fn failed(&self, name: &'static str) -> Option<&'static str> {
        let entries = self.entries();
        let row = entries.iter().find(|(known, _)| *known == name)?.1.as_ref()?;
        if row.status == CheckStatus::Fail { Some(name) } else { row.lacks }
    }

    /// All checks in their order; `limit` is the time that was not enough for those that are not done.
    pub(super) fn list(&self, limit: Duration) -> Vec<Check> {
        let entries = self.entries();
        let seconds = limit.as_secs_f64();
        let row = |name: &'static str| match entries.iter().find(|(known, _)| *known == name) {
            Some((_, Some(row))) => row.clone(),
            Some((_, None)) => Row::error(&ErrorKind::Timeout { limit, waiting_for: "this was checked" }),
            None => Row::skip(format!("Not reached within {seconds} s.")),
        };
        let check = |name| {
            let Row { status, detail, advice, .. } = row(name);
            Check { name, status, detail, advice }
        };
        ORDER.into_iter().map(check).collect()
    }
}
