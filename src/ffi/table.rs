//! Rows of texts, for C.

use std::ffi::c_char;

use super::boundary::infallible;
use super::field::lend_text;
use super::input::ColumnCode;
use super::{handles, input};
use crate::numbered::numbered;

numbered! {
    /// What a text of a row says. Each function that gives a table says which its rows have.
    #[repr(i32)]
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Column {
        /// The address of the agent's token endpoint.
        Endpoint = 1,
        /// What named that address.
        EndpointSource = 2,

        /// The name of a check, of the machine, of one of its tags, or of a service.
        Name = 10,
        /// What came of a check: "Pass", "Warning" (it works, but somebody should know), "Fail", or "Skip" (not checked; the detail
        /// says why).
        Status = 11,
        /// What a check found.
        Detail = 12,
        /// What to do about what a check found. Absent where there is nothing to do.
        Advice = 13,
        /// The value of a tag.
        Value = 14,
        /// The audience of a service.
        Audience = 15,
        /// What else a cloud is called, separated by commas.
        OtherNames = 16,

        /// The machine's Azure resource id.
        ResourceId = 20,
        /// The subscription that the machine is in.
        SubscriptionId = 21,
        /// The resource group that the machine is in.
        ResourceGroup = 22,
        /// The Azure region of the machine.
        Location = 23,
        /// The Azure cloud of the machine, like "AzurePublicCloud", or of an audience, like "AzureCloud".
        Environment = 24,
        /// The machine's system, "Linux" or "Windows".
        OsType = 25,
        /// The machine's own id.
        VmId = 26,
        /// "Connected", or what else the agent calls its state.
        AgentStatus = 27,
        /// The version of the agent.
        AgentVersion = 28,

        /// The steps taken, one a line, each with the milliseconds since the call began.
        Log = 40,
        /// The finer steps, in the same form.
        LogDetail = 41,
        /// Warnings, one a line. Absent where there are none.
        Warnings = 42,
    }
}

/// Rows of texts. Immutable: any number of threads may read it at the same time.
///
/// Freed with `arc_token_table_free`.
///
/// Methods:
/// - `arc_token_table_rows`: how many rows there are
/// - `arc_token_table_text`: a text of a row
/// - `arc_token_table_free`: the end
pub struct TableObject {
    rows: Vec<Row>,
}

/// The texts that a row has.
pub(super) type Row = Vec<(Column, String)>;

impl TableObject {
    pub(super) fn new(rows: Vec<Row>) -> Self {
        Self { rows }
    }

    fn text(&self, row: usize, column: ColumnCode) -> Option<&str> {
        let found = self.rows.get(row)?.iter().find(|(known, _)| *known as ColumnCode == column);
        found.map(|(_, text)| text.as_str())
    }
}

/// The number of rows. 0 for NULL.
///
/// # Safety
/// - `table` is NULL, or a table not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_table_rows(table: *const TableObject) -> usize {
    infallible(0, || {
        // SAFETY: the caller's promise on `table`.
        unsafe { input::optional(table) }.map_or(0, |table| table.rows.len())
    })
}

/// A text of the row with this number, counted from 0: its address, and its length in bytes in `*length_out`. UTF-8, not
/// NUL-terminated.
///
/// NULL and 0 where there is no such text: for a column that this row does not have, an unknown column or row, or NULL.
/// The text belongs to the table and is good until that is freed.
///
/// # Safety
/// - `table` is NULL, or a table not freed yet.
/// - `length_out` is NULL, or valid for a write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_table_text(
    table: *const TableObject,
    row: usize,
    column: ColumnCode,
    length_out: *mut usize,
) -> *const c_char {
    infallible(std::ptr::null(), || {
        // SAFETY: the caller's promises on `table` and on `length_out`.
        unsafe { lend_text(input::optional(table).and_then(|table| table.text(row, column)), length_out) }
    })
}

/// Frees a table, and with it the texts read from it. NULL is fine.
///
/// # Safety
/// - `table` is NULL, or a table not freed yet, which no other thread is using.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arc_token_table_free(table: *mut TableObject) {
    infallible((), || {
        // SAFETY: the caller's promise on `table`.
        drop(unsafe { handles::take_back(table) });
    });
}
