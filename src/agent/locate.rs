//! Finds the agent: by the caller's word, by environment variables, or by the files of its installation.

use std::fs;
use std::io::ErrorKind::NotFound;
use std::path::Path;

use super::endpoint::Endpoint;
use super::host_environment::HostEnvironment;
use super::service_unit::endpoint_in_service_configuration;
use super::source::Source;
use crate::error::agent::Agent;
use crate::error::{Error, ErrorKind};
use crate::log::Log;
use crate::sys;
use crate::text::plain::shown_path;

/// An agent's address and its source.
#[derive(Clone, Debug)]
pub(crate) struct LocatedAgent {
    pub(crate) endpoint: Endpoint,
    pub(crate) source: Source,
}

impl LocatedAgent {
    /// An installed agent at the usual address.
    pub(crate) fn usual() -> Self {
        Self { endpoint: Endpoint::usual(), source: Source::Installation }
    }

    /// Looks again whether the agent is installed, if its address is that of an installed one.
    pub(crate) fn require_installed(&self) -> Result<(), ErrorKind> {
        let by_program = matches!(self.source, Source::Installation | Source::ServiceConfiguration);
        let program = sys::agent_program().filter(|program| by_program && is_absent(program));
        program.map_or(Ok(()), |program| Err(ErrorKind::AgentNotInstalled { looked_for: shown_path(&program) }))
    }

    /// The agent as errors and tokens name it.
    pub(crate) fn origin(&self) -> Agent {
        Agent { url: self.endpoint.url().clone(), source: self.source.text() }
    }

    /// Host and port, as error texts name them.
    pub(crate) fn address(&self) -> String {
        self.endpoint.address().to_string()
    }
}

/// Finds the agent. Sends nothing.
///
/// The order is that of the agent's documentation. Only services and new Windows sessions have the variables; the program file is
/// there for everybody.
pub(crate) fn find(caller: Option<&str>, host: &HostEnvironment<'_>, log: &Log) -> Result<LocatedAgent, ErrorKind> {
    let agent = look(caller, host, log)?;
    log.step(format!("The agent is at {} ({}).", agent.endpoint, agent.source));
    Ok(agent)
}

/// The agent of this machine, by the address of its token endpoint: that of a request that names none.
/// Sends nothing.
///
/// # Errors
/// `AgentNotInstalled`, `EndpointRefused`.
pub fn find_agent() -> Result<Agent, Error> {
    find_agent_in(&HostEnvironment::this())
}

/// The same with the facts of `host`.
pub(crate) fn find_agent_in(host: &HostEnvironment<'_>) -> Result<Agent, Error> {
    let log = Log::new();
    match find(None, host, &log) {
        Ok(agent) => Ok(agent.origin()),
        Err(kind) => Err(Error::new(kind, None, log)),
    }
}

fn look(caller: Option<&str>, host: &HostEnvironment<'_>, log: &Log) -> Result<LocatedAgent, ErrorKind> {
    if let Some(text) = caller {
        return Endpoint::parse(text).map(|endpoint| LocatedAgent { endpoint, source: Source::Caller });
    }
    let named = |text: &str, source| Endpoint::parse_found(text, source).map(|endpoint| LocatedAgent { endpoint, source });

    let variable = |name| (host.environment)(name).filter(|value| !value.is_empty());
    match (variable("IDENTITY_ENDPOINT"), variable("IMDS_ENDPOINT"), other_service(host)) {
        (Some(_), _, Some(sign)) => log.step(format!("IDENTITY_ENDPOINT is another service's, because {sign} is set, too; ignored.")),
        (Some(text), Some(_), None) => {
            log.detail("IDENTITY_ENDPOINT and IMDS_ENDPOINT are set, so the agent has to be where they say.");
            return named(&text, Source::Environment);
        }
        // App Service and others set it without IMDS_ENDPOINT.
        (Some(_), None, None) => log.detail("IDENTITY_ENDPOINT is set without IMDS_ENDPOINT, so it is not Azure Arc's; ignored."),
        _ => log.detail("IDENTITY_ENDPOINT and IMDS_ENDPOINT are not set, which does no harm."),
    }

    let program = host.agent_program.as_deref().unwrap_or(Path::new("himds"));
    log.step(format!("Looking for the installed agent's program '{}'.", shown_path(program)));
    if is_absent(program) {
        return Err(ErrorKind::AgentNotInstalled { looked_for: shown_path(program) });
    }
    // This file comes after the program: uninstalling the agent can leave it behind.
    let configured = host.service_configuration.as_deref().and_then(|path| fs::read_to_string(path).ok());
    match configured.as_deref().and_then(endpoint_in_service_configuration) {
        Some(text) => named(&text, Source::ServiceConfiguration),
        None => Ok(LocatedAgent::usual()),
    }
}

/// The variable by which `IDENTITY_ENDPOINT` is known to be another service's: Azure Automation's, App Service's or Service Fabric's.
/// Azure's own libraries tell the services apart by the same variables. The agent sets none of them.
pub(crate) fn other_service(host: &HostEnvironment<'_>) -> Option<&'static str> {
    const SIGNS: [&str; 3] = ["IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT", "MSI_SECRET"];
    SIGNS.into_iter().find(|name| (host.environment)(name).is_some_and(|value| !value.is_empty()))
}

/// True when the file does not exist. A file that this user may not look at exists.
pub(crate) fn is_absent(path: &Path) -> bool {
    matches!(fs::symlink_metadata(path), Err(error) if error.kind() == NotFound)
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
        let host = HostEnvironment { environment: &environment, agent_program: Some(program), service_configuration: Some(configuration) };
        find(caller, &host, &Log::new()).map(|agent| (agent.endpoint.to_string(), agent.source))
    }

    const BOTH: &[(&str, &str)] =
        &[("IDENTITY_ENDPOINT", "http://localhost:7/metadata/identity/oauth2/token"), ("IMDS_ENDPOINT", "http://localhost:7")];
    const CONFIGURED: &str = "[Manager]\nDefaultEnvironment=\"IDENTITY_ENDPOINT=http://localhost:8/metadata/identity/oauth2/token\" \"IMDS_ENDPOINT=http://localhost:8\"\n";

    #[test]
    fn the_caller_wins() {
        let found = find_in(Case { variables: BOTH, installed: true, configuration: Some(CONFIGURED) }, Some("http://127.0.0.1:6/t"));
        assert_eq!(found, Ok(("http://127.0.0.1:6/t".into(), Source::Caller)));
    }

    #[test]
    fn then_the_environment_if_both_variables_are_set() {
        let found = find_in(Case { variables: BOTH, installed: true, configuration: Some(CONFIGURED) }, None);
        assert_eq!(found, Ok(("http://127.0.0.1:7/metadata/identity/oauth2/token".into(), Source::Environment)));
        let alone = find_in(Case { variables: &BOTH[..1], installed: true, configuration: None }, None);
        assert_eq!(alone, Ok((Endpoint::usual().to_string(), Source::Installation)));
        let empty = [("IDENTITY_ENDPOINT", "http://localhost:7/metadata/identity/oauth2/token"), ("IMDS_ENDPOINT", "")];
        let half = find_in(Case { variables: &empty, installed: true, configuration: None }, None);
        assert_eq!(half, Ok((Endpoint::usual().to_string(), Source::Installation)));
    }

    #[test]
    fn an_identity_endpoint_of_automation_app_service_or_service_fabric_is_not_the_agents() {
        for sign in ["IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT", "MSI_SECRET"] {
            let variables = [BOTH[0], BOTH[1], (sign, "x")];
            for variables in [&variables[..], &[variables[0], variables[2]]] {
                let found = find_in(Case { variables, installed: true, configuration: None }, None);
                assert_eq!(found, Ok((Endpoint::usual().to_string(), Source::Installation)), "{sign}");
            }
            let found = find_in(Case { variables: &variables, installed: false, configuration: None }, None);
            assert!(matches!(found, Err(ErrorKind::AgentNotInstalled { .. })), "{sign}: {found:?}");
            let empty = [BOTH[0], BOTH[1], (sign, "")];
            let found = find_in(Case { variables: &empty, installed: true, configuration: None }, None);
            assert_eq!(found.unwrap().1, Source::Environment, "{sign}");
        }
    }

    #[test]
    fn then_the_service_configuration_of_an_installed_agent() {
        let found = find_in(Case { variables: &[], installed: true, configuration: Some(CONFIGURED) }, None);
        assert_eq!(found, Ok(("http://127.0.0.1:8/metadata/identity/oauth2/token".into(), Source::ServiceConfiguration)));
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
        let variable = find_in(Case { variables: &evil, installed: true, configuration: None }, None);
        let file = find_in(Case { variables: &[], installed: true, configuration: Some(configuration) }, None);
        let caller = find_in(Case { variables: &[], installed: true, configuration: None }, Some("https://127.0.0.1:40342/"));
        // The error names the source, and the advice speaks of no other.
        for (found, source, advice, others) in [
            (variable, "(from IDENTITY_ENDPOINT)", "remove it or IMDS_ENDPOINT", &["azcmagent.conf", "Use http"][..]),
            (file, "(from the agent's service configuration)", "nstall", &["environment", "Use http"]),
            (caller, "(given by the caller)", "Use http", &["IDENTITY_ENDPOINT", "azcmagent.conf"]),
        ] {
            let kind = found.unwrap_err();
            let (problem, told) = (kind.to_string(), crate::error::advice(&kind, None));
            assert!(matches!(kind, ErrorKind::EndpointRefused { .. }) && problem.contains(source), "{problem}");
            assert!(told.contains(advice) && others.iter().all(|other| !told.contains(other)), "{problem} {told}");
        }
    }
}
