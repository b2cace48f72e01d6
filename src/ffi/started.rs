//! `Started`: the work that a request was started for, and its outcome.

use std::sync::Arc;
use std::time::Duration;

use super::result::ResultObject;
use super::rows::{check_rows, machine_rows};
use super::table::{Row, TableObject};
use crate::diagnostics::check::Check;
use crate::error::Error;
use crate::machine::metadata::ArcMachine;
use crate::pending_token::PendingToken;
use crate::task::background_task::BackgroundTask;

/// The work that a request was started for.
#[derive(Clone)]
pub(super) enum Started {
    Token(Arc<PendingToken>),
    Check(Arc<BackgroundTask<Vec<Check>>>),
    Machine(Arc<BackgroundTask<ArcMachine>>),
}

impl Started {
    pub(super) fn cancel(&self) {
        match self {
            Started::Token(token) => token.cancel(),
            Started::Check(task) => task.cancel(),
            Started::Machine(task) => task.cancel(),
        }
    }

    /// The outcome for `arc_token_request_wait`.
    pub(super) fn token(&self, time: Duration) -> Result<Option<ResultObject>, Error> {
        match self {
            Started::Token(token) => token.wait_timeout(time).map(|outcome| outcome.map(ResultObject::new)).transpose(),
            _ => Err(Error::invalid_argument("The request was not started for a token.", "Call arc_token_request_wait_table.")),
        }
    }

    /// The outcome for `arc_token_request_wait_table`.
    pub(super) fn table(&self, time: Duration) -> Result<Option<TableObject>, Error> {
        let rows: Option<Result<Vec<Row>, Error>> = match self {
            Started::Check(task) => task.wait(time).map(|outcome| outcome.map(check_rows)),
            Started::Machine(task) => task.wait(time).map(|outcome| outcome.map(machine_rows)),
            Started::Token(_) => {
                return Err(Error::invalid_argument("The request was started for a token.", "Call arc_token_request_wait."));
            }
        };
        rows.map(|rows| rows.map(TableObject::new)).transpose()
    }
}
