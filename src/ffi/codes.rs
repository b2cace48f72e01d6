//! The types of C's numbers. C can pass any number, so each is checked before it becomes one of our enums.
//!
//! In the header, cbindgen renames these types, and the enums, to the C names of the enums.

pub(crate) type OptionCode = i32;
pub(crate) type FieldCode = i32;
pub(crate) type StatusCode = i32;
pub(crate) type ColumnCode = i32;
