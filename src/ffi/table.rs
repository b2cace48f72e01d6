//! Rows of texts, as C sees them.

use std::ffi::c_char;

use super::door::infallible;
use super::field::lend_text;
use super::{ColumnCode, input, live};

/// What a text of a row says. Each function that gives a table says which its rows have.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The address of the agent's token endpoint.
    Endpoint = 1,
    /// What named that address.
    EndpointSource = 2,
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
    rows: Vec<Vec<(Column, String)>>,
}

impl TableObject {
    pub(super) fn new(rows: Vec<Vec<(Column, String)>>) -> Self {
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
        drop(unsafe { live::take_back(table) });
    });
}
