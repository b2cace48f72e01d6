//! The boundary between C and Rust. Every exported function goes through [`fallible`] or [`infallible`].

use super::error_object::ErrorObject;
use super::{handles, panics};
use crate::error::Error;
use crate::error::status::Status;

/// Runs the body of a function that can fail. The caller gets a status, and an error object with the details.
///
/// A body writes its outputs at its end, after everything that can fail: so outputs are written only on success.
///
/// # Safety
/// - `error_out` is NULL, or valid for a write.
pub(super) unsafe fn fallible(error_out: *mut *mut ErrorObject, body: impl FnOnce() -> Result<Status, Error>) -> Status {
    let write_error = |object: *mut ErrorObject| {
        if !error_out.is_null() {
            // SAFETY: not NULL, so valid for a write by the caller's promise.
            unsafe { error_out.write(object) }
        }
    };
    write_error(std::ptr::null_mut());
    let error = match panics::catch(body) {
        Ok(Ok(status)) => return status,
        Ok(Err(error)) => error,
        Err(place) => Error::internal(format!("a panic at {place}")),
    };
    if !error_out.is_null() {
        // If even this panics, the caller still gets the status.
        if let Ok(object) = panics::catch(|| handles::hand_out(ErrorObject::new(&error))) {
            write_error(object);
        }
    }
    error.status()
}

/// Runs the body of a function that cannot fail. If it panics, the caller gets `fallback`.
pub(super) fn infallible<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    panics::catch(body).unwrap_or(fallback)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ffi::Field;
    use crate::ffi::input::FieldCode;
    use std::ptr;

    #[test]
    fn a_panic_becomes_internal_without_its_text() {
        let mut error = ptr::null_mut();
        // SAFETY: `error` outlives the call.
        let status = unsafe { fallible(&mut error, || panic!("swordfish")) };
        assert_eq!(status, Status::Internal);
        // SAFETY: an error came out, and is taken back once.
        let error = unsafe { handles::take_back(error) }.expect("an error object");
        let text = error.texts.get(Field::Message as FieldCode).expect("a message");
        assert!(text.contains("src/ffi/boundary.rs") && !text.contains("swordfish"), "{text}");
        assert_eq!(infallible(3, || panic!("swordfish")), 3);
    }

    #[test]
    fn an_old_error_pointer_is_cleared_on_success() {
        let mut error = ptr::dangling_mut();
        // SAFETY: `error` outlives the call.
        assert_eq!(unsafe { fallible(&mut error, || Ok(Status::Pending)) }, Status::Pending);
        assert!(error.is_null());
    }

    #[test]
    fn nobody_has_to_want_the_error() {
        // SAFETY: NULL is allowed.
        let status = unsafe { fallible(ptr::null_mut(), || Err(Error::invalid_argument("x", ""))) };
        assert_eq!(status, Status::InvalidArgument);
    }
}
