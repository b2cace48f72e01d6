//! Is the agent connected to Azure, and do its clock and this machine's agree?

use super::rows::Row;
use crate::agent_status::{self, AgentStatus};
use crate::error::ErrorKind;
use crate::http::unix_now;
use crate::plan::Plan;
use crate::run::Run;
use crate::sys;

/// Two clocks at one time, in Unix seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clocks {
    agent: i64,
    own: i64,
}

/// Also reads the clocks, where the agent tells its time.
pub(super) fn connected<T>(plan: &Plan, run: &Run<T>, clocks: &mut Option<Clocks>) -> Row {
    match agent_status::get(&plan.agent, run) {
        Ok(status) => {
            *clocks = status.date.map(|agent| Clocks { agent, own: unix_now() });
            told(&status)
        }
        Err(ErrorKind::AgentError { http_status: 404, .. }) => Row::warning(
            "The agent does not tell whether it is connected (HTTP 404).",
            "'azcmagent show' tells it; a newer agent does, too.",
        ),
        Err(ErrorKind::Timeout { .. }) => Row::fail(
            "The agent does not say in time whether it is connected.",
            format!("Check it with 'azcmagent show'; its log is {}.", sys::AGENT_LOG),
        ),
        Err(kind) => Row::error(&kind),
    }
}

fn told(status: &AgentStatus) -> Row {
    let version = status.version.as_ref().map_or(String::new(), |version| format!(" Its version is {version}."));
    match status.status.as_deref() {
        Some(state) if state.eq_ignore_ascii_case("connected") => {
            Row::pass(format!("The agent says that it is connected to Azure.{version}"))
        }
        Some(state) => Row::fail(
            format!("The agent says that its state is '{state}', not 'Connected'.{version}"),
            "Check it with 'azcmagent show' and 'azcmagent check'; one that is disconnected or expired is connected anew with 'azcmagent connect'.",
        ),
        None => Row::warning(format!("The agent does not tell whether it is connected.{version}"), "'azcmagent show' tells it."),
    }
}

pub(super) fn clock(clocks: Option<Clocks>) -> Row {
    const AGREE: u64 = 60;
    /// What Microsoft Entra ID and the services tolerate.
    const TOLERATED: u64 = 300;
    let Some(Clocks { agent, own }) = clocks else {
        return Row::skip("The agent did not tell its time.");
    };
    let apart = agent.abs_diff(own);
    let which = if own > agent { "ahead of" } else { "behind" };
    let advice = || format!("Correct this machine's time, or the agent's ({}).", sys::CHECK_TIME);
    match apart {
        _ if apart <= AGREE => Row::pass(format!("This machine's clock and the agent's agree ({apart} s apart).")),
        _ if apart <= TOLERATED => Row::warning(format!("This machine's clock is {apart} s {which} the agent's."), advice()),
        _ => Row::fail(format!("This machine's clock is {apart} s {which} the agent's: tokens seem ended, or not begun."), advice()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::CheckStatus;

    #[test]
    fn clocks_may_differ_a_little() {
        let own = 1_800_000_000;
        for (agent, status, part) in [
            (own, CheckStatus::Pass, "agree (0 s"),
            (own + 60, CheckStatus::Pass, "agree (60 s"),
            (own + 61, CheckStatus::Warning, "61 s behind"),
            (own - 300, CheckStatus::Warning, "300 s ahead of"),
            (own - 301, CheckStatus::Fail, "301 s ahead of"),
            (i64::MIN, CheckStatus::Fail, "ahead of"),
        ] {
            let row = clock(Some(Clocks { agent, own }));
            assert!(row.status == status && row.detail.contains(part), "{agent}: {row:?}");
            assert_eq!(row.advice.is_empty(), status == CheckStatus::Pass);
        }
        assert_eq!(clock(None).status, CheckStatus::Skip);
    }

    #[test]
    fn only_connected_is_connected() {
        let status = |status: &str| told(&AgentStatus { status: Some(status.to_owned()), version: Some("1.2".to_owned()), date: None });
        assert_eq!(status("Connected").status, CheckStatus::Pass);
        assert!(status("connected").detail.contains("1.2"));
        for state in ["Disconnected", "Expired", "Error", "ConnectedNot"] {
            let row = status(state);
            assert!(row.status == CheckStatus::Fail && row.detail.contains(state) && !row.advice.is_empty());
        }
        assert_eq!(told(&AgentStatus::default()).status, CheckStatus::Warning);
    }
}
