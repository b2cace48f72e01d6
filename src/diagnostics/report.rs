//! `Report`: the list of checks while it is being made.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::check::{Check, CheckId, CheckStatus};
use crate::error::{ErrorKind, advice};

/// The result of a check. `lacks` is the failed check that it needs, if it is skipped for this reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) status: CheckStatus,
    pub(super) detail: String,
    pub(super) advice: String,
    lacks: Option<CheckId>,
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

    /// Not checked. Other checks that need this one are not skipped.
    pub(super) fn skip(detail: impl Into<String>) -> Self {
        Self::new(CheckStatus::Skip, detail, "")
    }

    /// The error that a request would give, with its name and advice.
    pub(super) fn error(kind: &ErrorKind) -> Self {
        Self::fail(format!("{}: {kind}", kind.status().name()), advice(kind, None))
    }

    /// Not checked, because another check failed.
    pub(super) fn needs(failed: CheckId) -> Self {
        Self { lacks: Some(failed), ..Self::skip(format!("Not checked, because '{}' failed.", failed.name())) }
    }
}

/// The rows so far. The thread of the checks and the waiting thread share them, because the waiting thread may run out of time.
#[derive(Clone, Default)]
pub(super) struct Report(Arc<Mutex<Vec<Entry>>>);

/// A check and its row. A check that is under way has no row yet.
type Entry = (CheckId, Option<Row>);

impl Report {
    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a check, unless a check that it needs has failed, or was skipped because of a failure.
    pub(super) fn add(&self, id: CheckId, needs: &[CheckId], check: impl FnOnce() -> Row) {
        let lacking = needs.iter().find_map(|need| self.failed(*need));
        self.entries().push((id, None));
        let row = lacking.map_or_else(check, Row::needs);
        if let Some((_, place)) = self.entries().last_mut() {
            *place = Some(row);
        }
    }

    /// Changes the row of a check that was made, after another one found more.
    pub(super) fn amend(&self, id: CheckId, change: impl FnOnce(&Row) -> Option<Row>) {
        let mut entries = self.entries();
        let place = entries.iter_mut().find(|(known, _)| *known == id).and_then(|(_, row)| row.as_mut());
        if let Some(row) = place.filter(|row| row.lacks.is_none())
            && let Some(changed) = change(row)
        {
            *row = changed;
        }
    }

    /// The failed check that stops other checks from using this one: itself, or a check that it needs.
    fn failed(&self, id: CheckId) -> Option<CheckId> {
        let entries = self.entries();
        let row = entries.iter().find(|(known, _)| *known == id)?.1.as_ref()?;
        if row.status == CheckStatus::Fail { Some(id) } else { row.lacks }
    }

    /// All checks in their order. Checks that are not done get a row that says that the time `limit` was not enough.
    pub(super) fn list(&self, limit: Duration) -> Vec<Check> {
        let entries = self.entries();
        let seconds = limit.as_secs_f64();
        let row = |id: CheckId| match entries.iter().find(|(known, _)| *known == id) {
            Some((_, Some(row))) => row.clone(),
            Some((_, None)) => Row::error(&ErrorKind::Timeout { limit, waiting_for: "this was checked" }),
            None => Row::skip(format!("Not reached within {seconds} s.")),
        };
        let check = |id: CheckId| {
            let Row { status, detail, advice, .. } = row(id);
            Check { name: id.name(), status, detail, advice }
        };
        CheckId::ALL.into_iter().map(check).collect()
    }
}
