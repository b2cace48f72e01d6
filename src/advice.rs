//! What to do about each error: one place, so that every front end says the same.

use crate::error::{ErrorKind, KeyFileReason};
use crate::sys;

/// What the reader of the error should do next; empty where there is nothing to do.
pub(crate) fn of(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::InvalidArgument { advice, .. } => (*advice).to_owned(),
        ErrorKind::EndpointRefused { .. } => {
            "Use http with 127.0.0.1, [::1] or localhost, or name no endpoint and let the installed agent be found. \
             If IDENTITY_ENDPOINT is set for another service, remove it or IMDS_ENDPOINT from this process's environment."
                .to_owned()
        }
        ErrorKind::AgentNotInstalled { .. } => {
            "Connect the machine to Azure Arc first (https://aka.ms/azure-arc-servers), or name the agent's endpoint. \
             In a container, the host's agent can only be reached with the host's network and key directory."
                .to_owned()
        }
        ErrorKind::AgentNotRunning { .. } => {
            format!("Check it with 'azcmagent show' and start it with '{}'; its log is {}.", sys::START_AGENT, sys::AGENT_LOG)
        }
        ErrorKind::ForeignAnswer { .. } => "Nothing was sent that could be misused. Find out which program holds that port; the agent's own port is 40342. \
             ArcToken itself never uses a proxy."
            .to_owned(),
        ErrorKind::BadChallenge { .. } => "Update the Azure Arc agent ('azcmagent version' shows which one is installed); if it is current, report this.".to_owned(),
        ErrorKind::KeyFileRefused { reason: KeyFileReason::Vanished, .. } => {
            "Try again; if it persists, restart the agent, and look for software that empties its key directory.".to_owned()
        }
        ErrorKind::KeyFileRefused { reason: KeyFileReason::Unreadable, .. } => "Check the file system that holds the agent's key directory.".to_owned(),
        ErrorKind::KeyFileRefused { .. } => {
            "The key was not sent. The agent itself does not name such a file: find out which program answers in its place.".to_owned()
        }
        ErrorKind::KeyAccessDenied { root: true, .. } => sys::ROOT_DENIED.to_owned(),
        ErrorKind::KeyAccessDenied { root: false, .. } => sys::JOIN_GROUP.to_owned(),
        ErrorKind::KeyRejected { .. } => format!("Restart the agent ('{}') and try again; its log is {}.", sys::RESTART_AGENT, sys::AGENT_LOG),
        ErrorKind::IdentityNotFound { .. } => {
            "Check the id, and that this user-assigned identity is assigned to the Azure Arc machine; without an id the machine's own identity is used."
                .to_owned()
        }
        ErrorKind::SelectorNotHonoured { .. } => {
            "The token was thrown away. User-assigned identities need agent 1.66 or later: update the agent, or ask for the machine's own identity.".to_owned()
        }
        // What an old agent says of a version that it does not know has no code, only these words.
        ErrorKind::AgentError { http_status: 400, description, .. } if description.contains("api-version") => {
            "Update the Azure Arc agent, or ask with a version that it supports (-ApiVersion).".to_owned()
        }
        ErrorKind::AgentError { .. } => {
            format!("Check the agent with 'azcmagent show' and 'azcmagent check', and the resource if one was asked for; its log is {}.", sys::AGENT_LOG)
        }
        ErrorKind::BadResponse { .. } => "Try again; if it persists, update or restart the Azure Arc agent.".to_owned(),
        ErrorKind::Timeout { .. } => "Try again with a longer time; if it persists, check the agent with 'azcmagent check'.".to_owned(),
        ErrorKind::Cancelled => String::new(),
        ErrorKind::Internal { .. } => "Please report it, with the steps that -Verbose shows.".to_owned(),
    }
}
