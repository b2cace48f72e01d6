//! Reads the configuration file in which the agent's package sets variables for systemd's services.

/// The value of `IDENTITY_ENDPOINT` in a systemd manager configuration (systemd-system.conf(5), `DefaultEnvironment=`).
pub(crate) fn endpoint_in_service_configuration(text: &str) -> Option<String> {
    let mut found = None;
    for line in text.replace("\\\n", " ").lines() {
        let Some(value) = line.trim().strip_prefix("DefaultEnvironment") else { continue };
        let Some(value) = value.trim_start().strip_prefix('=') else { continue };
        if value.trim().is_empty() {
            found = None; // An empty assignment resets the list.
        }
        for word in value.split(|c: char| c.is_whitespace() || c == '"' || c == '\'') {
            if let Some(endpoint) = word.strip_prefix("IDENTITY_ENDPOINT=").filter(|endpoint| !endpoint.is_empty()) {
                found = Some(endpoint.to_owned());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_configurations_are_read_as_systemd_does() {
        let read = endpoint_in_service_configuration;
        assert_eq!(read("DefaultEnvironment=A=b \\\n  IDENTITY_ENDPOINT=x\n").as_deref(), Some("x"));
        assert_eq!(read("DefaultEnvironment = IDENTITY_ENDPOINT=x\nDefaultEnvironment=IDENTITY_ENDPOINT=y").as_deref(), Some("y"));
        assert_eq!(read("DefaultEnvironment=IDENTITY_ENDPOINT=x\nDefaultEnvironment=\n"), None);
        assert_eq!(read("#DefaultEnvironment=IDENTITY_ENDPOINT=x\nDefaultEnvironmentX=IDENTITY_ENDPOINT=x"), None);
    }
}
