//! Gets a token for a default audience in the machine's own cloud.
//!
//! The public cloud's audience is asked for first. Only if Microsoft Entra does not know it, the agent is asked which cloud the machine
//! is in, and then for a token for that cloud's audience, once. A resource or a cloud that the caller named is never changed.

use std::sync::{Mutex, PoisonError};

use crate::agent::endpoint::Endpoint;
use crate::audience::cloud::Cloud;
use crate::audience::table;
use crate::error::ErrorKind;
use crate::exchange::agent_session::AgentSession;
use crate::exchange::fresh_token::get_fresh_token;
use crate::machine::metadata;
use crate::request::validated::ValidatedRequest;
use crate::sys::PerProcess;
use crate::token::access_token::AccessToken;

/// The clouds of agents other than the public one, as far as they are known. A process has one agent, but for tests.
static CLOUDS: PerProcess<Mutex<Vec<(Endpoint, Cloud)>>> = PerProcess::new();
const MOST_AGENTS: usize = 16;

/// Gets a token from the agent of `session`: as [`get_fresh_token`], and for a default audience in the machine's own cloud.
pub(crate) fn get_token_here(request: &ValidatedRequest, session: &AgentSession<'_>) -> Result<AccessToken, ErrorKind> {
    let Some(service) = request.default_of else { return get_fresh_token(request, session) };
    let endpoint = &session.agent.endpoint;
    let in_cloud = |cloud: Cloud| Some(request.for_resource(table::find(service, cloud)?));
    if let Some(there) = known(endpoint).and_then(in_cloud) {
        match get_fresh_token(&there, session) {
            // The machine is in another cloud by now.
            Err(error) if error.is_unknown_resource() => forget(endpoint),
            outcome => return outcome,
        }
    }
    let unknown = match get_fresh_token(request, session) {
        Err(error) if error.is_unknown_resource() => error,
        outcome => return outcome,
    };
    let log = &session.cx.log;
    log.step(format!("Microsoft Entra does not know '{}' here. The agent knows in which cloud the machine is.", request.resource));
    let cloud = match metadata::environment(request, &AgentSession::new_accepted(session.agent, session.cx)) {
        Ok(environment) => environment.as_deref().and_then(Cloud::named),
        Err(error) => {
            log.step(format!("The agent does not tell it: {error}"));
            None
        }
    };
    let Some((cloud, there)) = cloud.filter(|cloud| *cloud != Cloud::AzureCloud).and_then(|cloud| Some((cloud, in_cloud(cloud)?))) else {
        return Err(unknown);
    };
    log.step(format!("The machine is in {}.", cloud.name()));
    let outcome = get_fresh_token(&there, session);
    if outcome.is_ok() {
        remember(endpoint, cloud);
    }
    outcome
}

fn clouds<T>(with: impl FnOnce(&mut Vec<(Endpoint, Cloud)>) -> T) -> T {
    with(&mut CLOUDS.get().lock().unwrap_or_else(PoisonError::into_inner))
}

fn known(endpoint: &Endpoint) -> Option<Cloud> {
    clouds(|known| known.iter().find(|(of, _)| of == endpoint).map(|(_, cloud)| *cloud))
}

fn forget(endpoint: &Endpoint) {
    clouds(|known| known.retain(|(of, _)| of != endpoint));
}

fn remember(endpoint: &Endpoint, cloud: Cloud) {
    forget(endpoint);
    clouds(|known| {
        known.push((endpoint.clone(), cloud));
        let surplus = known.len().saturating_sub(MOST_AGENTS);
        known.drain(..surplus);
    });
}
