//! `Log`: the steps of one call, for `-Verbose` and for support. Never holds a secret.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The steps of one call, oldest first. Clones share the steps: a caller who gives up still sees how far the call got.
#[derive(Clone)]
pub struct Log(Arc<Shared>);

struct Shared {
    start: Instant,
    entries: Mutex<Vec<Entry>>,
}

struct Entry {
    after: Duration,
    level: Level,
    text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Warning,
    Step,
    Detail,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Shared { start: Instant::now(), entries: Mutex::new(Vec::new()) }))
    }

    /// Adds a step that administrators want to know.
    pub(crate) fn step(&self, text: impl Into<String>) {
        self.add(Level::Step, text.into());
    }

    /// Adds a finer step, for support.
    pub(crate) fn detail(&self, text: impl Into<String>) {
        self.add(Level::Detail, text.into());
    }

    /// Adds a line that somebody must see, although the call goes on. Once a call: each of its requests may find the same.
    pub(crate) fn warning(&self, text: impl Into<String>) {
        let text = text.into();
        let is_known = self.entries().iter().any(|entry| entry.level == Level::Warning && entry.text == text);
        if !is_known {
            self.add(Level::Warning, text);
        }
    }

    fn add(&self, level: Level, text: String) {
        self.entries().push(Entry { after: self.0.start.elapsed(), level, text });
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The main steps, one a line, each with the milliseconds since the call began. Warnings are among them, marked as such.
    pub fn steps(&self) -> String {
        self.lines(|level| level != Level::Detail)
    }

    /// The finer steps, in the same form.
    pub fn details(&self) -> String {
        self.lines(|level| level == Level::Detail)
    }

    /// The warnings, one a line, without times. Empty where there are none.
    pub fn warnings(&self) -> String {
        let entries = self.entries();
        let warnings = entries.iter().filter(|entry| entry.level == Level::Warning);
        warnings.map(|entry| entry.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    fn lines(&self, wanted: impl Fn(Level) -> bool) -> String {
        let line = |entry: &Entry| {
            let mark = if entry.level == Level::Warning { "Warning: " } else { "" };
            format!("{:.1} ms: {mark}{}", entry.after.as_secs_f64() * 1e3, entry.text)
        };
        self.entries().iter().filter(|entry| wanted(entry.level)).map(line).collect::<Vec<_>>().join("\n")
    }
}

/// The [`steps`](Log::steps).
impl fmt::Display for Log {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.steps())
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
        assert_eq!(log.to_string(), steps);
        assert!(log.details().ends_with("ms: fine"));
    }

    #[test]
    fn warnings_are_steps_that_can_be_told_from_others() {
        let log = Log::new();
        log.step("one");
        log.warning("look here");
        log.warning("look here");
        assert_eq!(log.warnings(), "look here");
        assert!(log.steps().ends_with(" ms: Warning: look here"), "{}", log.steps());
        assert_eq!(Log::new().warnings(), "");
    }
}
