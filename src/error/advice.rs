//! Advice for each error. It is in one place, so that every front end gives the same advice.

use super::agent::{Agent, GIVEN_BY_CALLER};
use super::entra;
use super::kind::{ErrorKind, KeyFileReason};
use super::no_answer::NoAnswerReason;
use crate::sys;

/// The next step for the reader of the error, which came from `agent` where that is known. Empty if there is nothing to do.
pub(crate) fn advice(kind: &ErrorKind, agent: Option<&Agent>) -> String {
    match kind {
        ErrorKind::InvalidArgument { advice, .. } => advice.clone().into_owned(),
        ErrorKind::EndpointRefused { advice, .. } => (*advice).to_owned(),
        ErrorKind::UnidentifiedAgent { advice, .. } => {
            format!("It was sent nothing that it could misuse. {advice}")
        }
        ErrorKind::AgentNotInstalled { .. } => {
            "Connect the machine to Azure Arc first (https://aka.ms/azure-arc-servers), or name the agent's endpoint. \
             In a container, the host's agent can only be reached with the host's network and key directory."
                .to_owned()
        }
        ErrorKind::AgentNotRunning { reason, .. } => no_answer(*reason),
        ErrorKind::ForeignAnswer { key_sent: false, .. } => {
            "It was sent nothing that it could misuse. Find out which program holds that port; the agent's own port is 40342. \
             ArcToken itself never uses a proxy."
                .to_owned()
        }
        ErrorKind::ForeignAnswer { key_sent: true, .. } => {
            format!(
                "It was sent a key, which is good for one token of this machine. Find out which program answers there, and stop it if it is not the agent; \
                 then restart the agent ('{}'), and look for sign-ins of this machine's managed identity that are not yours: \
                 a token cannot be called back before it ends.",
                sys::RESTART_AGENT
            )
        }
        ErrorKind::BadChallenge { .. } => "Update the Azure Arc agent ('azcmagent version' shows which one is installed); if it is current, report this.".to_owned(),
        ErrorKind::WindowsAgent { .. } => "From WSL the agent of Windows cannot be used, since its keys are for users of Windows. Let a program of Windows get the token, and \
             take it from there: token=$(pwsh.exe -NoProfile -Command 'Get-ArcToken -AsPlainText' | tr -d '\\r'), or the same with arc-token.exe."
            .to_owned(),
        ErrorKind::KeyFileRefused { reason: KeyFileReason::Vanished, .. } => {
            "Try again; if it persists, restart the agent, and look for software that empties its key directory.".to_owned()
        }
        ErrorKind::KeyFileRefused { reason: KeyFileReason::Unreadable, .. } => "Check the file system that holds the agent's key directory.".to_owned(),
        ErrorKind::KeyFileRefused { reason: KeyFileReason::Path, .. } if agent.is_some_and(|agent| agent.source == GIVEN_BY_CALLER) => {
            "The key was not sent. An agent other than the installed one, such as an emulator, has a key directory of its own: name it as well \
             (-KeyDirectory). The installed agent does not name such a file: then find out which program answers in its place."
                .to_owned()
        }
        ErrorKind::KeyFileRefused { .. } => {
            "The key was not sent. The agent itself does not name such a file: find out which program answers in its place.".to_owned()
        }
        ErrorKind::KeyAccessDenied { root: true, .. } => sys::ROOT_DENIED.to_owned(),
        ErrorKind::KeyAccessDenied { root: false, .. } => sys::join_group(),
        ErrorKind::KeyRejected { .. } => format!("Restart the agent ('{}') and try again; its log is {}.", sys::RESTART_AGENT, sys::AGENT_LOG),
        ErrorKind::IdentityNotFound { .. } => {
            "Check the id, and that this user-assigned identity is assigned to the Azure Arc machine; without an id the machine's own identity is used."
                .to_owned()
        }
        ErrorKind::SelectorNotHonoured { .. } => {
            "The token was thrown away. User-assigned identities need agent 1.66 or later: update the agent, or ask for the machine's own identity.".to_owned()
        }
        // An old agent answers an unknown version with a text like this, and without a code.
        ErrorKind::AgentError { http_status: 400, words, .. } if words.description.contains("api-version") => {
            "Update the Azure Arc agent, or ask with a version that it supports (-ApiVersion).".to_owned()
        }
        ErrorKind::AgentError { http_status: 429 | 503, retry_after, .. } => {
            let pause = retry_after.map_or(String::new(), |pause| format!(", {} s as it says", pause.as_secs()));
            format!("The agent has too much to do, or Microsoft Entra behind it. Wait{pause}, and try again.")
        }
        ErrorKind::AgentError { words, resource, .. } => {
            let resource = resource.as_deref();
            entra::advice(words, resource).unwrap_or_else(|| {
                let first = resource.map_or(String::new(), |resource| format!("the resource '{resource}', and "));
                format!("Check {first}the agent with 'azcmagent show' and 'azcmagent check'; its log is {}.", sys::AGENT_LOG)
            })
        }
        ErrorKind::BadResponse { .. } => "Try again; if it persists, update or restart the Azure Arc agent.".to_owned(),
        ErrorKind::EndedToken { .. } => format!(
            "Set this machine's time ({}). If it is right, restart the agent ('{}'): then it handed out an old token.",
            sys::CHECK_TIME,
            sys::RESTART_AGENT
        ),
        ErrorKind::Timeout { .. } => "Try again with a longer time; if it persists, check the agent with 'azcmagent check'.".to_owned(),
        ErrorKind::Cancelled => String::new(),
        ErrorKind::UsedUp { .. } => sys::RAISE_LIMIT.to_owned(),
        ErrorKind::Internal { .. } => "Please report it, with the steps that -Verbose shows.".to_owned(),
    }
}

fn no_answer(reason: NoAnswerReason) -> String {
    let (start, restart, log) = (sys::START_AGENT, sys::RESTART_AGENT, sys::AGENT_LOG);
    match reason {
        NoAnswerReason::Refused => format!("Check it with 'azcmagent show' and start it with '{start}'; its log is {log}."),
        NoAnswerReason::Isolated => format!(
            "The agent listens in its host's network only. Give a container that network and the agent's folder of keys ({}); \
             leave PrivateNetwork= out of a systemd unit. If this is the host's network already, check the agent there with 'azcmagent show' and start it with '{start}'.",
            sys::FOR_CONTAINERS
        ),
        NoAnswerReason::Filtered => {
            "The agent is there. Look for a packet filter that rejects connections within this machine to that port: 'nft list ruleset', \
             'iptables -S', or a security product."
                .to_owned()
        }
        NoAnswerReason::Denied => sys::CONNECTION_DENIED.to_owned(),
        NoAnswerReason::Unreachable => {
            "Look at the loopback interface: it must be up and have that address ('ip address show lo').".to_owned()
        }
        NoAnswerReason::Dropped => format!(
            "Look for a packet filter that drops connections within this machine to that port. If there is none, the agent hangs: \
             restart it with '{restart}'; its log is {log}."
        ),
        NoAnswerReason::Failed => {
            "The agent was not reached: look for what keeps this process from making connections (a sandbox, a security product), \
             and try the same outside of it."
                .to_owned()
        }
        NoAnswerReason::Silent => format!("Restart it with '{restart}' if that goes on; its log is {log}."),
    }
}
