//! The rows 'Token' and 'Identity': does the agent give a token, and of which identity?

use std::time::Instant;

use super::report::Row;
use crate::error::{ErrorKind, advice};
use crate::exchange::agent_session::AgentSession;
use crate::exchange::fresh_token::SHORT_LIFE;
use crate::own_cloud::get_token_here;
use crate::request::validated::ValidatedRequest;
use crate::request::wanted::Identity;
use crate::sys;
use crate::text::plain::shown;
use crate::text::time::{unix_now, utc_text};
use crate::token::access_token::AccessToken;

/// The outcome of the row 'Token', for the rows after it.
pub(super) type Got = Option<Result<AccessToken, ErrorKind>>;

/// The row 'Token'. Asks the agent, not the cache. The outcome is kept for later rows only.
pub(super) fn row(request: &ValidatedRequest, session: &AgentSession<'_>, outcome: &mut Got) -> Row {
    let begun = Instant::now();
    match outcome.insert(get_token_here(request, session)) {
        Ok(got) => {
            let left = got.expires_on_seconds() - unix_now();
            let detail = format!(
                "The agent gave one for '{}' in {:.0} ms. It ends at {}, in {} h {} min.",
                shown(got.resource()),
                begun.elapsed().as_secs_f64() * 1e3,
                utc_text(got.expires_on_seconds()),
                left / 3600,
                left % 3600 / 60
            );
            if left >= SHORT_LIFE {
                return Row::pass(detail);
            }
            // A new one was asked for already, past the agent's cache.
            let advice =
                format!("Agents from 1.66 on can be asked for a new one: update the agent, or restart it ('{}').", sys::RESTART_AGENT);
            Row::warning(detail, advice)
        }
        Err(kind) => {
            let advice = match kind {
                ErrorKind::KeyAccessDenied { root: false, .. } => sys::how_to_enter(&request.key_directory),
                _ => advice(kind, Some(&session.agent.origin())),
            };
            Row::fail(format!("{}: {kind}", kind.status().name()), advice)
        }
    }
}

pub(super) fn identity_row(request: &ValidatedRequest, token: Option<&AccessToken>) -> Row {
    let claims = token.map(|token| token.claims().clone()).unwrap_or_default();
    let which = match request.identity {
        Identity::SystemAssigned => "The machine's own identity",
        _ => "The user-assigned identity",
    };
    let known = [
        ("client id", claims.client_id),
        ("object id", claims.object_id),
        ("tenant", claims.tenant_id),
        ("machine", claims.machine_resource_id),
    ];
    let known: Vec<_> = known.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value?))).collect();
    if known.is_empty() {
        return Row::warning(
            "The token does not tell whose it is (it is no JWT with the usual claims).",
            "The service that it is for may know.",
        );
    }
    Row::pass(format!("{which}: {}.", known.join(", ")))
}
