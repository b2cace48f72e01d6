//! Times: this machine's clock, dates in HTTP headers, and times as text.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::DateTime;

/// This machine's clock, in Unix seconds.
pub(crate) fn unix_now() -> i64 {
    unix_seconds(SystemTime::now())
}

/// A time in Unix seconds. One before 1970 is 0.
pub(crate) fn unix_seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

/// The time of these Unix seconds. One that no clock can tell is 1970.
pub(crate) fn system_time(seconds: i64) -> SystemTime {
    let since = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
}

/// A date of an HTTP header (RFC 9110, 5.6.7), in Unix seconds.
pub(crate) fn http_date(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc2822(text).ok().map(|time| time.timestamp())
}

/// Unix seconds as text, in UTC.
pub(crate) fn utc_text(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).map_or_else(|| format!("{seconds} s"), |time| time.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}
