//! `PerProcess`: a value that each process makes for itself. A forked child leaves its parent's value behind.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

#[cfg(unix)]
use super::fork_unix::generation;

/// Windows has no fork.
#[cfg(windows)]
fn generation() -> u64 {
    0
}

/// A place for a static value of type `T`.
///
/// A fork may come while other threads use the parent's value. In the child, these threads do not exist: a lock of theirs is never
/// unlocked, and a change of theirs never ends. So the child does not touch that value, not even to drop it.
pub(crate) struct PerProcess<T>(AtomicPtr<Made<T>>);

struct Made<T> {
    generation: u64,
    value: T,
}

impl<T: Default + Send + Sync> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self(AtomicPtr::new(ptr::null_mut()))
    }

    /// This process's value. Takes no lock.
    pub(crate) fn get(&'static self) -> &'static T {
        let generation = generation();
        let mut present = self.0.load(Ordering::Acquire);
        loop {
            // SAFETY: the pointer is NULL, or a box from below. A box in this place is never freed, and only shared references exist.
            match unsafe { present.as_ref() } {
                Some(made) if made.generation == generation => return &made.value,
                _ => (),
            }
            let new = Box::into_raw(Box::new(Made { generation, value: T::default() }));
            match self.0.compare_exchange(present, new, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => present = new,
                Err(first) => {
                    // SAFETY: the box was just made, and nobody else has seen it.
                    drop(unsafe { Box::from_raw(new) });
                    present = first;
                }
            }
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::sync::{Barrier, Mutex};
    use std::thread;

    use super::super::fork_unix::tests::{fork, true_in_child};
    use super::*;

    #[test]
    fn threads_that_come_at_once_share_one_value() {
        static VALUE: PerProcess<Mutex<u32>> = PerProcess::new();
        let ready = Barrier::new(8);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    ready.wait();
                    *VALUE.get().lock().unwrap() += 1;
                });
            }
        });
        assert_eq!(*VALUE.get().lock().unwrap(), 8);
    }

    #[test]
    fn a_child_has_a_new_value_whose_lock_nobody_holds() {
        static VALUE: PerProcess<Mutex<u32>> = PerProcess::new();
        let (locked, over) = (Barrier::new(2), Barrier::new(2));
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut value = VALUE.get().lock().unwrap();
                *value = 1;
                locked.wait();
                over.wait();
            });
            locked.wait();
            let is_new = || *VALUE.get().lock().unwrap() == 0;
            let in_child = true_in_child(fork, || is_new() && true_in_child(fork, is_new));
            over.wait();
            assert!(in_child);
        });
        assert_eq!(*VALUE.get().lock().unwrap(), 1);
    }
}
