//! The configuration file of systemd in which the agent's package sets the agent's address.

#![cfg_attr(not(test), no_main)]

use arc_token::fuzzing::endpoint_in_service_configuration;

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let found = endpoint_in_service_configuration(&text);
    if let Some(endpoint) = &found {
        assert!(!endpoint.is_empty() && !endpoint.contains(|c: char| c.is_whitespace() || c == '"' || c == '\''), "{endpoint:?}");
        assert!(text.contains("DefaultEnvironment") && text.replace("\\\n", " ").contains(&format!("IDENTITY_ENDPOINT={endpoint}")));
    }
    // A comment, or an assignment to another setting, changes nothing. A later assignment wins.
    let more = |line: &str| endpoint_in_service_configuration(&format!("{text}\n{line}\n"));
    if !text.ends_with('\\') {
        assert_eq!(more("# DefaultEnvironment=IDENTITY_ENDPOINT=x"), found);
        assert_eq!(more("LogLevel=IDENTITY_ENDPOINT=x"), found);
        assert_eq!(more("DefaultEnvironment=IDENTITY_ENDPOINT=x").as_deref(), Some("x"));
        assert_eq!(more("DefaultEnvironment="), None);
    }
}
