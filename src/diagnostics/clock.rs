//! The row 'Clock': is this machine's clock right, by the agent's clock and by the times in the token?

use super::report::Row;
use crate::error::ErrorKind;
use crate::exchange::agent_session::Clocks;
use crate::sys;
use crate::text::time::unix_now;
use crate::token::access_token::AccessToken;

const AGREE: u64 = 60;
/// Microsoft Entra ID and the services accept a difference up to this.
const TOLERATED: u64 = 300;

/// `token` is the outcome of asking for one, if one was asked for.
pub(super) fn row(clocks: Option<Clocks>, token: Option<&Result<AccessToken, ErrorKind>>) -> Row {
    let begins_in = match token {
        Some(Ok(token)) => token.claims().not_before.map_or(0, |begin| begin - unix_now()),
        _ => 0,
    };
    judge(clocks, matches!(token, Some(Err(ErrorKind::EndedToken { .. }))), begins_in)
}

/// `ended`: by this machine's clock, the token had ended when it came. `begins_in`: the seconds until it begins.
fn judge(clocks: Option<Clocks>, ended: bool, begins_in: i64) -> Row {
    let advice = || format!("Set this machine's time, or the agent's if it is on another machine ({}).", sys::CHECK_TIME);
    let apart = clocks.map_or(0, Clocks::apart);
    if let Some(Clocks { agent, own }) = clocks.filter(|_| apart > AGREE) {
        let which = if own > agent { "ahead of" } else { "behind" };
        let detail = format!("This machine's clock is {apart} s {which} the agent's");
        return if apart <= TOLERATED && !ended {
            Row::warning(format!("{detail}."), advice())
        } else {
            Row::fail(format!("{detail}: tokens seem ended, or not begun."), advice())
        };
    }
    let agree = clocks.map_or(String::new(), |_| format!(" The agent's clock agrees with it ({apart} s apart)."));
    if ended {
        let detail = format!("By this machine's clock, the token had ended when it came (see 'Token').{agree}");
        return Row::fail(
            detail,
            format!("{} If it is right, the agent gave an old token: restart it ('{}').", advice(), sys::RESTART_AGENT),
        );
    }
    if begins_in > TOLERATED.cast_signed() {
        return Row::fail(format!("This machine's clock is behind: by it, the token begins in {begins_in} s.{agree}"), advice());
    }
    match clocks {
        Some(_) => Row::pass(format!("This machine's clock and the agent's agree ({apart} s apart).")),
        None => Row::skip("The agent did not tell its time."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::check::CheckStatus;

    const OWN: i64 = 1_800_000_000;

    fn at(agent: i64) -> Option<Clocks> {
        Some(Clocks { agent, own: OWN })
    }

    #[test]
    fn clocks_may_differ_a_little() {
        for (agent, status, part) in [
            (OWN, CheckStatus::Pass, "agree (0 s"),
            (OWN + 60, CheckStatus::Pass, "agree (60 s"),
            (OWN + 61, CheckStatus::Warning, "61 s behind"),
            (OWN - 300, CheckStatus::Warning, "300 s ahead of"),
            (OWN - 301, CheckStatus::Fail, "301 s ahead of"),
            (i64::MIN, CheckStatus::Fail, "ahead of"),
        ] {
            let row = judge(at(agent), false, 0);
            assert!(row.status == status && row.detail.contains(part), "{agent}: {row:?}");
            assert_eq!(row.advice.is_empty(), status == CheckStatus::Pass);
        }
        assert_eq!(judge(None, false, 0).status, CheckStatus::Skip);
    }

    /// The agent is on the same machine, so its clock is as wrong as this one: only the token knows better.
    #[test]
    fn a_wrong_clock_is_known_by_the_token_where_the_agents_is_the_same() {
        for clocks in [at(OWN), None] {
            for row in [judge(clocks, true, 0), judge(clocks, false, 301)] {
                assert!(row.status == CheckStatus::Fail && row.advice.contains("Set this machine's time"), "{row:?}");
            }
            assert_ne!(judge(clocks, false, 300).status, CheckStatus::Fail, "the services tolerate as much");
        }
        assert_eq!(judge(at(OWN + 100), true, 0).status, CheckStatus::Fail);
    }
}
