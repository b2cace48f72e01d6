//! The row 'Agent connected': is the agent connected to Azure?

use super::known_faults::faults_of;
use super::report::Row;
use crate::error::ErrorKind;
use crate::exchange::agent_session::AgentSession;
use crate::machine::agent_status::{self, AgentStatus};
use crate::request::validated::ValidatedRequest;
use crate::sys;
use crate::trust::key_folder::KeyFolder;
use crate::trust::peer::Peer;
use crate::trust::trusted_users::AgentUsers;

/// The row 'Agent connected'. Also sets `foreign` if the answer is not the agent's.
pub(super) fn connected_row(request: &ValidatedRequest, session: &AgentSession<'_>, foreign: &mut bool) -> Row {
    let users = AgentUsers::of(&KeyFolder::open(&request.key_directory), request.policy);
    let started = users.and_then(|users| session.start_pair(&Peer::new(session.agent, &users, request.policy)));
    match started.and_then(|()| agent_status::get(session)) {
        Ok(status) => state_row(&status),
        Err(ErrorKind::AgentError { http_status: 404, .. }) => Row::warning(
            "The agent does not tell whether it is connected (HTTP 404).",
            "'azcmagent show' tells it; a newer agent does, too.",
        ),
        Err(ErrorKind::Timeout { .. }) => Row::fail(
            "The agent does not say in time whether it is connected.",
            format!("Check it with 'azcmagent show'; its log is {}.", sys::AGENT_LOG),
        ),
        Err(kind) => {
            *foreign = matches!(kind, ErrorKind::ForeignAnswer { .. });
            Row::error(&kind)
        }
    }
}

fn state_row(status: &AgentStatus) -> Row {
    let version = status.version.as_ref().map_or(String::new(), |version| format!(" Its version is {version}."));
    match status.status.as_deref() {
        Some(state) if state.eq_ignore_ascii_case("connected") => {
            let detail = format!("The agent says that it is connected to Azure.{version}");
            // The row 'Agent installed' tells it where the system has the version.
            let told = || sys::agent_version().is_some_and(|version| faults_of(&version).is_some());
            match status.version.as_deref().and_then(faults_of).filter(|_| !told()) {
                Some((faults, advice)) => Row::warning(format!("{detail} {faults}"), advice),
                None => Row::pass(detail),
            }
        }
        Some(state) => Row::fail(
            format!("The agent says that its state is '{state}', not 'Connected'.{version}"),
            "Check it with 'azcmagent show' and 'azcmagent check'; one that is disconnected or expired is connected anew with 'azcmagent connect'.",
        ),
        None => Row::warning(format!("The agent does not tell whether it is connected.{version}"), "'azcmagent show' tells it."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::check::CheckStatus;

    #[test]
    fn only_connected_is_connected() {
        let of =
            |status: &str, version: &str| state_row(&AgentStatus { status: Some(status.to_owned()), version: Some(version.to_owned()) });
        let status = |status| of(status, "1.99.1");
        assert_eq!(status("Connected").status, CheckStatus::Pass);
        assert!(status("connected").detail.contains("1.99.1"));
        let old = of("Connected", "1.60.1");
        assert!(old.status == CheckStatus::Warning && old.detail.contains("CVE-2026-26117 (fixed in 1.61)"), "{old:?}");
        for state in ["Disconnected", "Expired", "Error", "ConnectedNot"] {
            let row = status(state);
            assert!(row.status == CheckStatus::Fail && row.detail.contains(state) && !row.advice.is_empty());
        }
        assert_eq!(state_row(&AgentStatus::default()).status, CheckStatus::Warning);
    }
}
