//! The C ABI: this module exports what `include/arc_token.h` declares, and nothing else.
//!
//! One file for each kind of object. The functions are written out, since cbindgen sees none that a macro makes, and all of
//! them go through [`door`], which guards against panics, checks pointers and turns errors into statuses and error objects.
//! What C programmers must know stands in the doc comments of the exported items, which become the header's; the conventions
//! that all of them share are the header's first comment (`cbindgen.toml`).

// C's numbers, as they arrive: any number may come, so they are checked before they become one of our enums. cbindgen gives
// these names, and those of the enums, as the enums' C names.
pub(crate) type OptionCode = i32;
pub(crate) type FieldCode = i32;
pub(crate) type StatusCode = i32;
pub(crate) type ColumnCode = i32;

mod agent;
mod cache;
mod check;
mod door;
mod error;
mod field;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod input;
mod live;
mod machine;
mod option;
mod panics;
mod pending;
mod request;
mod result;
mod simple;
mod table;
mod version;

pub use agent::*;
pub use cache::*;
pub use check::*;
pub use error::*;
pub use field::*;
pub use machine::*;
pub use option::*;
pub use request::*;
pub use result::*;
pub use simple::*;
pub use table::*;
pub use version::*;
