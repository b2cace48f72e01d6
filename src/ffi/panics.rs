//! Catches panics, and keeps only their place in the source.
//!
//! The message never reaches the host's standard error: it may quote the text that caused the panic, and that text may be a token.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::thread;

use crate::task::thread::THREAD_NAME;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `body`. The error is the place of a panic inside.
pub(super) fn catch<T>(body: impl FnOnce() -> T) -> Result<T, String> {
    install_hook();
    let outer = GUARDED.replace(true);
    // A panic leaves no value of ours half-changed: a body changes values behind mutexes, which are whole at every step, or values
    // that are dropped with it.
    let outcome = panic::catch_unwind(AssertUnwindSafe(body));
    GUARDED.set(outer);
    outcome.map_err(|payload| {
        discard(payload);
        PLACE.take().unwrap_or_else(|| "an unknown place".to_owned())
    })
}

/// Drops the payload of a panic. If the drop panics as well, the second payload is leaked.
fn discard(payload: Box<dyn Any + Send>) {
    if let Err(second) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
}

/// Installs a hook that silences this library's panics. All others, like those of a Rust program that links this crate, go to the
/// previous hook.
fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let ours = GUARDED.get() || thread::current().name().is_some_and(|name| name == THREAD_NAME);
            if !ours {
                return previous(info);
            }
            let place = info.location().map(|location| format!("{}:{}", location.file(), location.line()));
            PLACE.set(place);
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_comes_out_as_its_place_and_only_that() {
        let place = catch(|| panic!("swordfish")).expect_err("a panic");
        assert!(place.starts_with("src/ffi/panics.rs:"), "{place}");
        assert!(!place.contains("swordfish"));
        assert_eq!(catch(|| 7), Ok(7));
    }

    #[test]
    fn a_payload_that_panics_when_dropped_is_survived() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("again");
            }
        }
        assert!(catch(|| panic::panic_any(Bomb)).is_err());
    }
}
