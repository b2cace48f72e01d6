//! Reads the agent's `WWW-Authenticate` header: the path of the key file.
//!
//! The agent writes `Basic realm=/var/opt/azcmagent/tokens/<guid>.key`, unquoted, which no grammar of RFC 9110 allows.
//! Quotes, other letter case, other parameters and other challenges beside it are tolerated.

/// The problem when the realm is a name, as RFC 7617 allows.
pub(crate) const NO_PATH: &str = "the realm is not an absolute path";

/// The problem when the realm is a path of Windows, on another system.
pub(crate) const WINDOWS_PATH: &str = "the realm is a path of Windows";

/// The path in the first Basic challenge whose realm is an absolute path, or the problem.
///
/// `is_absolute` is the system's rule for absolute paths.
pub(crate) fn key_path(headers: &[String], is_absolute: impl Fn(&str) -> bool) -> Result<String, &'static str> {
    if headers.is_empty() {
        return Err("there is no WWW-Authenticate header");
    }
    let mut problem = "no challenge of the scheme Basic has a realm";
    for realm in headers.iter().flat_map(|header| realms(header)) {
        if realm.contains('=') {
            problem = "the realm has a '=' in it";
        } else if realm.is_empty() {
            problem = "the realm is empty";
        } else if !is_absolute(&realm) && is_windows_path(&realm) {
            problem = WINDOWS_PATH;
        } else if !is_absolute(&realm) {
            problem = NO_PATH;
        } else {
            return Ok(realm);
        }
    }
    Err(problem)
}

/// The realms of all Basic challenges in one header.
fn realms(header: &str) -> Vec<String> {
    let mut basic = false;
    let mut found = Vec::new();
    for part in split_outside_quotes(header) {
        // A part is "Scheme", "Scheme name=value", or a further "name=value" of the scheme before it.
        let (scheme, parameter) = match part.split_once([' ', '\t']) {
            Some((word, rest)) if !word.contains('=') && !rest.trim_start().starts_with('=') => (Some(word), rest.trim_start()),
            None if !part.contains('=') => (Some(part), ""),
            _ => (None, part),
        };
        if let Some(scheme) = scheme {
            basic = scheme.eq_ignore_ascii_case("basic");
        }
        if let Some((name, value)) = parameter.split_once('=')
            && basic
            && name.trim_end().eq_ignore_ascii_case("realm")
        {
            found.push(unquoted(value.trim()).to_owned());
        }
    }
    found
}

/// True for a path on a drive, such as `C:\ProgramData`.
fn is_windows_path(text: &str) -> bool {
    let bytes = text.as_bytes();
    matches!(bytes, [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic())
}

fn split_outside_quotes(header: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    header
        .split(move |c| {
            quoted ^= c == '"';
            c == ',' && !quoted
        })
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// `value` without quotes. Backslashes stay: in a Windows path they are separators, not escapes.
fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(headers: &[&str]) -> Result<String, &'static str> {
        let headers: Vec<_> = headers.iter().map(|h| (*h).to_owned()).collect();
        key_path(&headers, |path| path.starts_with('/') || path.starts_with(r"C:\"))
    }

    #[test]
    fn the_agents_own_spelling_and_its_relatives_are_read() {
        for header in [
            "Basic realm=/t/a.key",
            "basic realm=/t/a.key",
            "BASIC REALM=/t/a.key",
            "Basic realm=\"/t/a.key\"",
            "Basic  realm = /t/a.key",
            "Basic charset=\"UTF-8\", realm=/t/a.key",
            "Basic realm=/t/a.key, charset=\"UTF-8\"",
            "Negotiate, Basic realm=/t/a.key",
            "Bearer realm=\"x, Basic realm=/evil\", error=\"y\", Basic realm=/t/a.key",
            "Basic realm=/t/a.key, Basic realm=/t/a.key",
            "Basic realm=\"Restricted\", Basic realm=/t/a.key",
        ] {
            assert_eq!(read(&[header]).as_deref(), Ok("/t/a.key"), "{header}");
        }
        assert_eq!(read(&["Negotiate", "Basic realm=/t/a.key"]).as_deref(), Ok("/t/a.key"));
        assert_eq!(read(&[r#"Basic realm="C:\t\new.key""#]).as_deref(), Ok(r"C:\t\new.key"));
    }

    #[test]
    fn anything_else_is_no_challenge() {
        for header in [
            "",
            "Basic",
            "Basic realm",
            "Basic realm=",
            "Basic realm=\"\"",
            "Bearer realm=/t/a.key",
            "Digest realm=/t/a.key",
            "realm=/t/a.key",
            "Basicrealm=/t/a.key",
            "Basic realm=/t/a=b.key",
            "Basic realm==/t/a.key",
            "Basic realm=t/a.key",
            "Basic realm=\"Restricted\"",
            "Basic, Bearer realm=/t/a.key",
            "Basic xrealm=/t/a.key",
        ] {
            assert!(read(&[header]).is_err(), "{header}");
        }
        assert!(read(&[]).is_err());
    }

    proptest! {
        #[test]
        fn no_header_is_too_strange(header in "\\PC*") {
            if let Ok(path) = read(&[&header]) {
                prop_assert!(header.contains(&path) && !path.contains('='));
            }
        }

        #[test]
        fn every_plain_path_survives(name in "[a-zA-Z0-9._ -]{1,40}") {
            let path = format!("/t/{}.key", name);
            prop_assert_eq!(read(&[&format!("Basic realm={path}")]), Ok(path.clone()));
            prop_assert_eq!(read(&[&format!("Basic realm=\"{path}\"")]), Ok(path));
        }
    }
}
