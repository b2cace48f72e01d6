//! Checks the arguments that C passes.

use std::ffi::c_char;
use std::slice;

use crate::error::Error;

// C can pass any number, so each is checked before it becomes one of our enums. In the header, cbindgen renames these types, and the
// enums, to the C names of the enums.
pub(crate) type OptionCode = i32;
pub(crate) type FieldCode = i32;
pub(crate) type StatusCode = i32;
pub(crate) type ColumnCode = i32;

/// The largest text, in bytes, that this library takes. A larger length is a caller's mistake, and is refused before a byte is read.
const MAX_TEXT: usize = 64 * 1024;

/// The object behind `pointer`.
///
/// # Safety
/// - `pointer` is NULL, or points to a live `T` for the whole of `'a`, which is changed only through its own locks.
pub(super) unsafe fn object<'a, T>(pointer: *const T, name: &str) -> Result<&'a T, Error> {
    // SAFETY: the caller's promise.
    unsafe { optional(pointer) }.ok_or_else(|| null(name))
}

/// The object behind `pointer`, for functions that allow NULL.
///
/// # Safety
/// - As for [`object`].
pub(super) unsafe fn optional<'a, T>(pointer: *const T) -> Option<&'a T> {
    // SAFETY: NULL is handled by `as_ref`, the rest is the caller's promise.
    unsafe { pointer.as_ref() }
}

/// The place for an output. It is checked before any work is done.
pub(super) fn output<T>(pointer: *mut T, name: &str) -> Result<*mut T, Error> {
    if pointer.is_null() { Err(null(name)) } else { Ok(pointer) }
}

/// The text of `length` bytes behind `pointer`. `None` for NULL, which is allowed only with length 0.
///
/// # Safety
/// - `pointer` is NULL, or valid for reads of `length` bytes, which stay unchanged for the whole of `'a`, unless `length` is
///   more than [`MAX_TEXT`].
pub(super) unsafe fn text<'a>(pointer: *const c_char, length: usize, name: &str) -> Result<Option<&'a str>, Error> {
    if pointer.is_null() {
        return if length == 0 { Ok(None) } else { Err(null(name)) };
    }
    if length > MAX_TEXT {
        return Err(refused(name, "has more than 65536 bytes", "Pass the length in bytes, without a terminating NUL."));
    }
    // SAFETY: not NULL, and of `length` readable bytes by the caller's promise; far below `isize::MAX`.
    let bytes = unsafe { slice::from_raw_parts(pointer.cast::<u8>(), length) };
    let text = str::from_utf8(bytes).map_err(|_| refused(name, "is not UTF-8", "Pass the text as UTF-8."))?;
    if text.contains('\0') {
        return Err(refused(name, "holds a NUL", "Pass the length in bytes, without a terminating NUL."));
    }
    Ok(Some(text))
}

fn null(name: &str) -> Error {
    refused(name, "is NULL", "See the function's description in arc_token.h.")
}

pub(super) fn refused(name: &str, what: &str, advice: &'static str) -> Error {
    Error::invalid_argument(format!("The argument '{name}' {what}."), advice)
}
