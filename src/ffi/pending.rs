//! What a request of C's was started for, and what comes of it.

use std::sync::Arc;
use std::time::Duration;

use super::result::ResultObject;
use super::table::{Row, TableObject};
use crate::check::Check;
use crate::error::Error;
use crate::machine::ArcMachine;
use crate::pending::PendingToken;
use crate::work::PendingWork;

/// What a request was started for.
#[derive(Clone)]
pub(super) enum Pending {
    Token(Arc<PendingToken>),
    Check(Arc<PendingWork<Vec<Check>>>),
    Machine(Arc<PendingWork<ArcMachine>>),
}

impl Pending {
    pub(super) fn cancel(&self) {
        match self {
            Pending::Token(token) => token.cancel(),
            Pending::Check(work) => work.cancel(),
            Pending::Machine(work) => work.cancel(),
        }
    }

    /// What comes of it for `arc_token_request_wait`.
    pub(super) fn token(&self, time: Duration) -> Result<Option<ResultObject>, Error> {
        match self {
            Pending::Token(token) => token.wait(time).map(|outcome| outcome.map(ResultObject::new)).transpose(),
            _ => Err(Error::invalid_argument("The request was not started for a token.", "Call arc_token_request_wait_table.")),
        }
    }

    /// What comes of it for `arc_token_request_wait_table`.
    pub(super) fn table(&self, time: Duration) -> Result<Option<TableObject>, Error> {
        let rows: Option<Result<Vec<Row>, Error>> = match self {
            Pending::Check(work) => work.wait(time).map(|outcome| outcome.map(super::check::rows)),
            Pending::Machine(work) => work.wait(time).map(|outcome| outcome.map(super::machine::rows)),
            Pending::Token(_) => {
                return Err(Error::invalid_argument("The request was started for a token.", "Call arc_token_request_wait."));
            }
        };
        rows.map(|rows| rows.map(TableObject::new)).transpose()
    }
}
