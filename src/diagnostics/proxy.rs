//! The row 'Proxy variables': proxies that other programs use. ArcToken uses none for the agent.

use super::report::Row;
use crate::agent::host_environment::HostEnvironment;

const VARIABLES: [&str; 6] = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY"];
/// So many of them, from the first on, count for plain HTTP.
const FOR_HTTP: usize = 4;

/// Shows only the names of the variables: a proxy's address may have a password in it.
pub(super) fn row(host: &HostEnvironment<'_>) -> Row {
    let value = |name: &str| (host.environment)(name).filter(|value| !value.is_empty());
    // On Windows, both spellings name the same variable: it is named once.
    let known_already = |name: &str| cfg!(windows) && name.chars().any(char::is_uppercase) && value(&name.to_ascii_lowercase()).is_some();
    let set: Vec<_> = VARIABLES.into_iter().filter(|name| value(name).is_some() && !known_already(name)).collect();
    if set.is_empty() {
        return Row::pass("No proxy variable is set. ArcToken would not use one for the agent.");
    }
    let detail = format!("Set are {}. ArcToken does not use a proxy for the agent.", set.join(", "));
    let exempt = ["no_proxy", "NO_PROXY"].into_iter().filter_map(value).any(|hosts| hosts.split(',').any(|host| covers(host.trim())));
    if exempt || !set.iter().any(|name| VARIABLES[..FOR_HTTP].contains(name)) {
        return Row::pass(detail);
    }
    Row::warning(
        detail,
        "Add '127.0.0.1,localhost' to NO_PROXY: other programs, such as the Azure CLI, send even requests to the agent on this machine to the proxy.",
    )
}

fn covers(host: &str) -> bool {
    host == "*" || host == "127.0.0.1" || host.starts_with("127.0.0.0/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::check::CheckStatus;

    fn row(variables: &[(&str, &str)]) -> Row {
        let environment = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        super::row(&HostEnvironment { environment: &environment, agent_program: None, service_configuration: None })
    }

    #[test]
    fn a_proxy_is_named_but_not_shown() {
        let row = row(&[("HTTPS_PROXY", "http://user:hunter2@proxy.example"), ("ALL_PROXY", "socks5://secret.example")]);
        assert_eq!(row.status, CheckStatus::Warning);
        let text = format!("{} {}", row.detail, row.advice);
        assert!(text.contains("HTTPS_PROXY") && text.contains("ALL_PROXY"), "{text}");
        assert!(!text.contains("hunter2") && !text.contains("example"), "{text}");
    }

    #[test]
    fn only_a_proxy_that_catches_the_agent_is_worth_a_warning() {
        let proxy = ("HTTP_PROXY", "http://proxy.example");
        for no_proxy in ["*", "127.0.0.1", "localhost, 127.0.0.1", "10.0.0.0/8,127.0.0.0/8"] {
            assert_eq!(row(&[proxy, ("NO_PROXY", no_proxy)]).status, CheckStatus::Pass, "{no_proxy}");
        }
        for no_proxy in ["", "example.com", "127.0.0.11", "localhost"] {
            assert_eq!(row(&[proxy, ("no_proxy", no_proxy)]).status, CheckStatus::Warning, "{no_proxy}");
        }
        assert_eq!(row(&[("https_proxy", "http://proxy.example")]).status, CheckStatus::Pass);
        assert_eq!(row(&[("http_proxy", "")]).status, CheckStatus::Pass);
    }
}
