//! The headers `Retry-After` and `Date`.

#![cfg_attr(not(test), no_main)]

use std::time::Duration;

use arc_token::fuzzing::{http_date, retry_after};

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// A time, in Unix seconds, after the last year that a date can have.
const FAR: i64 = 9_000_000_000_000;

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let date = http_date(&text);
    assert!(date.is_none_or(|seconds| (-FAR..FAR).contains(&seconds)), "{date:?}");
    for now in [0, 784_111_777, i64::MAX, i64::MIN] {
        let pause = retry_after(&text, now);
        let word = text.trim();
        if !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit()) {
            assert_eq!(pause, Some(Duration::from_secs(word.parse().unwrap_or(u64::MAX))));
        } else if let Some(pause) = pause {
            // The pause is exactly the difference to now, and zero for a time in the past.
            let seconds = http_date(word).expect("a date, then");
            assert_eq!(pause.as_secs(), u64::try_from(seconds.saturating_sub(now)).unwrap_or(0), "{word:?}");
        }
    }
}
