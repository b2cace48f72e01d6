//! Is a token really to be had, and whose is it?

use std::time::Instant;

use super::rows::Row;
use crate::advice;
use crate::error::ErrorKind;
use crate::exchange;
use crate::http::unix_now;
use crate::plan::Plan;
use crate::run::Run;
use crate::sys;
use crate::text::shown;
use crate::token::AccessToken;
use crate::token_response::Identity;

/// Less than this is left of a token that nobody wants to begin with.
const SHORT: i64 = 5 * 60;

/// Asks the agent, not the cache. The token is kept for [`identity`] only.
pub(super) fn check<T>(plan: &Plan, run: &Run<T>, token: &mut Option<AccessToken>) -> Row {
    let begun = Instant::now();
    match exchange::run(plan, run) {
        Ok(got) => {
            let left = got.expires_on() - unix_now();
            let detail = format!(
                "The agent gave one for '{}' in {:.0} ms. It ends at {}, in {} h {} min.",
                shown(&plan.resource),
                begun.elapsed().as_secs_f64() * 1e3,
                exchange::time(got.expires_on()),
                left / 3600,
                left % 3600 / 60
            );
            *token = Some(got);
            if left < SHORT { Row::warning(detail, "Ask for it anew, with a forced refresh.") } else { Row::pass(detail) }
        }
        Err(kind) => {
            let advice = match &kind {
                ErrorKind::KeyAccessDenied { root: false, .. } => sys::how_to_enter(plan.key_directory.path()),
                _ => advice::of(&kind),
            };
            Row::fail(format!("{}: {kind}", kind.status().name()), advice)
        }
    }
}

pub(super) fn identity(plan: &Plan, token: Option<&AccessToken>) -> Row {
    let claims = token.map(|token| token.claims().clone()).unwrap_or_default();
    let which = match plan.identity {
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
