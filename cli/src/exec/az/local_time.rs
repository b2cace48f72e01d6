//! The local time, which the Azure CLI's `expiresOn` is in. `unsafe` is here because std has no time zones.

/// A time as `2026-11-28 02:49:23.000000`. `None` for a time that the system cannot show.
pub(super) fn local_time(seconds: i64) -> Option<String> {
    let time = libc::time_t::try_from(seconds).ok()?;
    // SAFETY: all zeros are a value of this type.
    let mut parts: libc::tm = unsafe { std::mem::zeroed() };
    #[cfg(unix)]
    // SAFETY: both are alive during the call, which returns NULL on failure. No other thread changes the environment.
    let ok = unsafe { !libc::localtime_r(&raw const time, &raw mut parts).is_null() };
    #[cfg(windows)]
    // SAFETY: both are alive during the call.
    let ok = unsafe { libc::localtime_s(&raw mut parts, &raw const time) == 0 };
    ok.then(|| {
        let (year, month) = (i64::from(parts.tm_year) + 1900, parts.tm_mon + 1);
        format!("{year:04}-{month:02}-{:02} {:02}:{:02}:{:02}.000000", parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec)
    })
}
