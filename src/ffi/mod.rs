//! The C ABI: this module exports exactly the functions and types of `include/arc_token.h`.
//!
//! Each kind of object has its own file. No macro makes the functions, because cbindgen would not see them. All of them go through
//! `boundary.rs`, which catches panics and turns errors into statuses and error objects; `input.rs` checks the pointers.
//!
//! The doc comments of the exported items become the header's comments, for C programmers. Conventions that all items share are in
//! the header's first comment (`cbindgen.toml`).

mod agent;
mod audiences;
mod boundary;
mod cache;
mod check;
mod error;
mod error_object;
mod field;
mod handles;
mod input;
mod machine;
mod option;
mod panics;
mod request;
mod result;
mod rows;
mod simple;
mod started;
mod table;
mod version;

pub use agent::*;
pub use audiences::*;
pub use cache::*;
pub use check::*;
pub use error::*;
pub use error_object::*;
pub use field::*;
pub use machine::*;
pub use option::*;
pub use request::*;
pub use result::*;
pub use simple::*;
pub use table::*;
pub use version::*;
