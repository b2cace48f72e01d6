//! The steps a call took, for `-Verbose` and for support. Never holds a secret.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The steps of one call, oldest first. Clones share the same steps, so a caller who gives up still sees how far it got.
#[derive(Clone)]
pub struct Log(Arc<Shared>);

struct Shared {
    start: Instant,
    entries: Mutex<Vec<Entry>>,
}

struct Entry {
    after: Duration,
    detail: bool,
    text: String,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Shared { start: Instant::now(), entries: Mutex::new(Vec::new()) }))
    }

    /// Notes what an administrator wants to know.
    pub(crate) fn step(&self, text: impl Into<String>) {
        self.add(false, text.into());
    }

    /// Notes what support wants to know besides.
    pub(crate) fn detail(&self, text: impl Into<String>) {
        self.add(true, text.into());
    }

    fn add(&self, detail: bool, text: String) {
        self.entries().push(Entry { after: self.0.start.elapsed(), detail, text });
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The main steps, one a line, each with the milliseconds since the call began.
    pub fn steps(&self) -> String {
        self.lines(false)
    }

    /// The finer steps, in the same form.
    pub fn details(&self) -> String {
        self.lines(true)
    }

    fn lines(&self, detail: bool) -> String {
        let entries = self.entries();
        let chosen = entries.iter().filter(|entry| entry.detail == detail);
        chosen.map(|e| format!("{:.1} ms: {}", e.after.as_secs_f64() * 1e3, e.text)).collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.entries().iter().map(|entry| &entry.text)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_details_are_kept_apart_and_in_order() {
        let log = Log::new();
        log.step("one");
        log.detail("fine");
        log.clone().step("two");
        let steps = log.steps();
        let texts: Vec<_> = steps.lines().map(|line| line.split_once(" ms: ").unwrap().1).collect();
        assert_eq!(texts, ["one", "two"]);
        assert!(log.details().ends_with("ms: fine"));
    }
}
