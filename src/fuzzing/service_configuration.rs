//! systemd's configuration, in which the agent's package names its endpoint.

use crate::discovery::endpoint_in_service_configuration;

pub(super) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let found = endpoint_in_service_configuration(&text);
    if let Some(endpoint) = &found {
        assert!(!endpoint.is_empty() && !endpoint.contains(|c: char| c.is_whitespace() || c == '"' || c == '\''), "{endpoint:?}");
        assert!(text.contains("DefaultEnvironment") && text.replace("\\\n", " ").contains(&format!("IDENTITY_ENDPOINT={endpoint}")));
    }
    // A comment, and an assignment to something else, change nothing; a later assignment wins.
    let more = |line: &str| endpoint_in_service_configuration(&format!("{text}\n{line}\n"));
    if !text.ends_with('\\') {
        assert_eq!(more("# DefaultEnvironment=IDENTITY_ENDPOINT=x"), found);
        assert_eq!(more("LogLevel=IDENTITY_ENDPOINT=x"), found);
        assert_eq!(more("DefaultEnvironment=IDENTITY_ENDPOINT=x").as_deref(), Some("x"));
        assert_eq!(more("DefaultEnvironment="), None);
    }
}
