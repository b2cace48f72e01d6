//! Keeps a panic's message off the host's standard error: a message may quote the text it stumbled over, and that text may
//! be a token. The place in the source is all that is kept.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::thread;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `body`. A panic inside ends here, and comes out as the place where it happened.
pub(super) fn caught<T>(body: impl FnOnce() -> T) -> Result<T, String> {
    install_hook();
    let outer = GUARDED.replace(true);
    // No state of ours is seen half-changed afterwards: what a body changes lies behind mutexes whose contents are whole at
    // every step, or is dropped with it.
    let outcome = panic::catch_unwind(AssertUnwindSafe(body));
    GUARDED.set(outer);
    outcome.map_err(|payload| {
        discard(payload);
        PLACE.take().unwrap_or_else(|| "an unknown place".to_owned())
    })
}

/// Drops what was thrown; should that panic as well, it is leaked instead.
fn discard(payload: Box<dyn Any + Send>) {
    if let Err(second) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
}

/// Threads on which only this library's work runs.
const OUR_THREADS: &str = "arc-token";

/// Panics elsewhere, those of a Rust program that links this crate, keep the hook they had.
fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let ours = GUARDED.get() || thread::current().name().is_some_and(|name| name == OUR_THREADS);
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
        let place = caught(|| panic!("swordfish")).expect_err("a panic");
        assert!(place.starts_with("src/ffi/panics.rs:"), "{place}");
        assert!(!place.contains("swordfish"));
        assert_eq!(caught(|| 7), Ok(7));
    }

    #[test]
    fn a_payload_that_panics_when_dropped_is_survived() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("again");
            }
        }
        assert!(caught(|| panic::panic_any(Bomb)).is_err());
    }
}
