//! Finds the agent: named by the caller, by the environment, or by the files of its installation.

use std::fmt;
use std::fs;
use std::io::ErrorKind::NotFound;
use std::path::{Path, PathBuf};

use crate::endpoint::Endpoint;
use crate::error::{Error, ErrorKind, shown_path};
use crate::log::Log;
use crate::sys;

/// An agent's address and what named it.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    pub(crate) endpoint: Endpoint,
    pub(crate) source: Source,
}

/// What named an agent's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Caller,
    Environment,
    ServiceConfiguration,
    Installation,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Source::Caller => "given by the caller",
            Source::Environment => "from IDENTITY_ENDPOINT",
            Source::ServiceConfiguration => "from the agent's service configuration",
            Source::Installation => "the installed agent's usual address",
        })
    }
}

/// What is looked at, so that tests can show another machine.
pub(crate) struct Machine<'a> {
    pub(crate) environment: &'a dyn Fn(&str) -> Option<String>,
    pub(crate) agent_program: Option<PathBuf>,
    pub(crate) service_configuration: Option<PathBuf>,
}

impl Machine<'static> {
    /// The machine this runs on. Folders come from the system, never from the environment, which the caller can forge.
    pub(crate) fn this() -> Self {
        Machine {
            environment: &|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()),
            agent_program: sys::agent_program(),
            service_configuration: sys::SERVICE_CONFIGURATION.map(PathBuf::from),
        }
    }
}

/// Finds the agent. Nothing is sent to anybody for this.
///
/// The order follows the agent's documentation: variables are set for services and for new Windows sessions only; the
/// program file is there for everybody.
pub(crate) fn find(caller: Option<&str>, machine: &Machine<'_>, log: &Log) -> Result<Agent, ErrorKind> {
    let agent = look(caller, machine, log)?;
    log.step(format!("The agent is at {} ({}).", agent.endpoint, agent.source));
    Ok(agent)
}

/// The agent's token endpoint on this machine, and what named it, found as a request that names none finds it. Sends nothing.
///
/// # Errors
/// `AgentNotInstalled`, `EndpointRefused`.
pub fn find_agent() -> Result<(String, String), Error> {
    let log = Log::new();
    match find(None, &Machine::this(), &log) {
        Ok(agent) => Ok((agent.endpoint.to_string(), agent.source.to_string())),
        Err(kind) => Err(Error::new(kind, None, log)),
    }
}

fn look(caller: Option<&str>, machine: &Machine<'_>, log: &Log) -> Result<Agent, ErrorKind> {
    let named = |text: &str, source| Endpoint::parse(text).map(|endpoint| Agent { endpoint, source });
    if let Some(text) = caller {
        return named(text, Source::Caller);
    }

    let variable = |name| (machine.environment)(name).filter(|value| !value.is_empty());
    match (variable("IDENTITY_ENDPOINT"), variable("IMDS_ENDPOINT")) {
        (Some(text), Some(_)) => {
            log.detail("IDENTITY_ENDPOINT and IMDS_ENDPOINT are set, so the agent has to be where they say.");
            return named(&text, Source::Environment);
        }
        // App Service and others set it alone, or with variables of their own.
        (Some(_), None) => log.detail("IDENTITY_ENDPOINT is set without IMDS_ENDPOINT, so it is not Azure Arc's; ignored."),
        _ => log.detail("IDENTITY_ENDPOINT and IMDS_ENDPOINT are not set, which does no harm."),
    }

    let program = machine.agent_program.as_deref().unwrap_or(Path::new("himds"));
    log.step(format!("Looking for the installed agent's program '{}'.", shown_path(program)));
    if is_absent(program) {
        return Err(ErrorKind::AgentNotInstalled { looked_for: shown_path(program) });
    }
    // Only after the program: this file was seen left behind by an uninstalled agent.
    let configured = machine.service_configuration.as_deref().and_then(|path| fs::read_to_string(path).ok());
    match configured.as_deref().and_then(endpoint_in_service_configuration) {
        Some(text) => named(&text, Source::ServiceConfiguration),
        None => Ok(Agent { endpoint: Endpoint::usual(), source: Source::Installation }),
    }
}

/// A file that may not be looked at is there all the same.
pub(crate) fn is_absent(path: &Path) -> bool {
    matches!(fs::symlink_metadata(path), Err(error) if error.kind() == NotFound)
}

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

    struct Case<'a> {
        variables: &'a [(&'a str, &'a str)],
        installed: bool,
        configuration: Option<&'a str>,
    }

    fn find_in(case: Case<'_>, caller: Option<&str>) -> Result<(String, Source), ErrorKind> {
        let folder = tempfile::tempdir().unwrap();
        let (program, configuration) = (folder.path().join("himds"), folder.path().join("azcmagent.conf"));
        if case.installed {
            fs::write(&program, "").unwrap();
        }
        if let Some(text) = case.configuration {
            fs::write(&configuration, text).unwrap();
        }
        let environment = |name: &str| case.variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        let machine = Machine { environment: &environment, agent_program: Some(program), service_configuration: Some(configuration) };
        find(caller, &machine, &Log::new()).map(|agent| (agent.endpoint.to_string(), agent.source))
    }

    const BOTH: &[(&str, &str)] = &[("IDENTITY_ENDPOINT", "http://localhost:7/token"), ("IMDS_ENDPOINT", "http://localhost:7")];
    const CONFIGURED: &str =
        "[Manager]\nDefaultEnvironment=\"IDENTITY_ENDPOINT=http://localhost:8/token\" \"IMDS_ENDPOINT=http://localhost:8\"\n";

    #[test]
    fn the_caller_wins() {
        let found = find_in(Case { variables: BOTH, installed: true, configuration: Some(CONFIGURED) }, Some("http://127.0.0.1:6/t"));
        assert_eq!(found, Ok(("http://127.0.0.1:6/t".into(), Source::Caller)));
    }

    #[test]
    fn then_the_environment_if_both_variables_are_set() {
        let found = find_in(Case { variables: BOTH, installed: true, configuration: Some(CONFIGURED) }, None);
        assert_eq!(found, Ok(("http://127.0.0.1:7/token".into(), Source::Environment)));
        let alone = find_in(Case { variables: &BOTH[..1], installed: true, configuration: None }, None);
        assert_eq!(alone, Ok((Endpoint::usual().to_string(), Source::Installation)));
        let empty = [("IDENTITY_ENDPOINT", "http://localhost:7/token"), ("IMDS_ENDPOINT", "")];
        let half = find_in(Case { variables: &empty, installed: true, configuration: None }, None);
        assert_eq!(half, Ok((Endpoint::usual().to_string(), Source::Installation)));
    }

    #[test]
    fn then_the_service_configuration_of_an_installed_agent() {
        let found = find_in(Case { variables: &[], installed: true, configuration: Some(CONFIGURED) }, None);
        assert_eq!(found, Ok(("http://127.0.0.1:8/token".into(), Source::ServiceConfiguration)));
        let without = find_in(Case { variables: &[], installed: true, configuration: Some("[Manager]\nLogLevel=info\n") }, None);
        assert_eq!(without, Ok((Endpoint::usual().to_string(), Source::Installation)));
    }

    #[test]
    fn a_configuration_left_behind_is_no_agent() {
        let found = find_in(Case { variables: &[], installed: false, configuration: Some(CONFIGURED) }, None);
        assert!(matches!(found, Err(ErrorKind::AgentNotInstalled { .. })), "{found:?}");
    }

    #[test]
    fn a_foreign_address_is_refused_whatever_named_it() {
        let evil = [("IDENTITY_ENDPOINT", "http://evil.example/token"), ("IMDS_ENDPOINT", "http://evil.example")];
        let configuration = "[Manager]\nDefaultEnvironment=IDENTITY_ENDPOINT=http://10.0.0.1:40342/token\n";
        for found in [
            find_in(Case { variables: &evil, installed: true, configuration: None }, None),
            find_in(Case { variables: &[], installed: true, configuration: Some(configuration) }, None),
            find_in(Case { variables: &[], installed: true, configuration: None }, Some("https://127.0.0.1:40342/")),
        ] {
            assert!(matches!(found, Err(ErrorKind::EndpointRefused { .. })), "{found:?}");
        }
    }

    #[test]
    fn service_configurations_are_read_as_systemd_does() {
        let read = endpoint_in_service_configuration;
        assert_eq!(read("DefaultEnvironment=A=b \\\n  IDENTITY_ENDPOINT=x\n").as_deref(), Some("x"));
        assert_eq!(read("DefaultEnvironment = IDENTITY_ENDPOINT=x\nDefaultEnvironment=IDENTITY_ENDPOINT=y").as_deref(), Some("y"));
        assert_eq!(read("DefaultEnvironment=IDENTITY_ENDPOINT=x\nDefaultEnvironment=\n"), None);
        assert_eq!(read("#DefaultEnvironment=IDENTITY_ENDPOINT=x\nDefaultEnvironmentX=IDENTITY_ENDPOINT=x"), None);
    }
}
