//! Reads the header `Retry-After`.

use std::time::Duration;

use crate::text::time::http_date;

/// The time to wait from `now` on. The value is a number of seconds or a date (RFC 9110, 10.2.3).
pub(crate) fn retry_after(value: &str, now: i64) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let seconds = http_date(value)?.saturating_sub(now);
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        let now = http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(now, 784_111_777);
        assert_eq!(retry_after("7", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(" 0 ", now), Some(Duration::ZERO));
        assert_eq!(retry_after("99999999999999999999999", now), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:40 GMT", now), Some(Duration::from_secs(3)));
        assert_eq!(retry_after("Sat, 06 Nov 1993 08:49:40 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("Sun, 6 Nov 94 08:49:37 +0000 (comment)", now), Some(Duration::ZERO));
        assert_eq!(retry_after("Mon, 01 Jan 0001 00:00:00 +0000", i64::MAX), Some(Duration::ZERO));
        for text in ["", "-1", "soon", "1.5"] {
            assert_eq!(retry_after(text, now), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_retry_after_is_too_strange(text in "\\PC*") {
            let _ = retry_after(&text, 0);
        }
    }
}
