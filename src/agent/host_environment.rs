//! `HostEnvironment`: the facts of the machine by which the agent is found.

use std::path::PathBuf;

use crate::sys;

/// Variables and files of a machine. Tests make up their own.
pub(crate) struct HostEnvironment<'a> {
    pub(crate) environment: &'a dyn Fn(&str) -> Option<String>,
    pub(crate) agent_program: Option<PathBuf>,
    pub(crate) service_configuration: Option<PathBuf>,
}

impl<'a> HostEnvironment<'a> {
    /// This machine, with these variables. The folders come from the system, never from environment variables, which the caller can
    /// forge.
    pub(crate) fn with_variables(environment: &'a dyn Fn(&str) -> Option<String>) -> Self {
        HostEnvironment {
            environment,
            agent_program: sys::agent_program(),
            service_configuration: sys::SERVICE_CONFIGURATION.map(PathBuf::from),
        }
    }
}

impl HostEnvironment<'static> {
    /// This machine, with the variables of this process.
    pub(crate) fn this() -> Self {
        HostEnvironment::with_variables(&process_variable)
    }
}

/// A variable of this process, as the system knows it.
pub(crate) fn process_variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}
