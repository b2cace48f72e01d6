//! The time limit of a call. The rule is the same for Rust, C, the CLI and PowerShell.

use std::time::Duration;

use crate::error::ErrorKind;

/// The limit if the caller sets none. Agents from 1.56 on need more than a few seconds.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// The largest limit: one day. It keeps sums of times in range.
pub(crate) const MAX_TIMEOUT: Duration = Duration::from_secs(86_400);

/// The limit of a call with the caller's wish `wanted`. A limit that is no limit, or none that anybody waits for, is a mistake.
pub(crate) fn time_limit(wanted: Option<Duration>) -> Result<Duration, ErrorKind> {
    let limit = wanted.unwrap_or(DEFAULT_TIMEOUT);
    if limit.is_zero() || limit > MAX_TIMEOUT {
        let problem = format!("The time limit of {} s is not one.", limit.as_secs_f64());
        return Err(ErrorKind::InvalidArgument { problem, advice: "Give more than 0 and at most 86400 seconds, which is a day.".into() });
    }
    Ok(limit)
}
