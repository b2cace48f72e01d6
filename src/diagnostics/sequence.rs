//! Runs the checks. Each comes after the checks that it needs.

use super::check::{Check, CheckId, CheckReport};
use super::report::{Report, Row};
use super::{agent_state, clock, endpoint, key_directory, listener, proxy, token};
use crate::agent::host_environment::HostEnvironment;
use crate::agent::source::Source;
use crate::error::Error;
use crate::exchange::agent_session::AgentSession;
use crate::log::Log;
use crate::request::token_request::{RequestParams, TokenRequest};
use crate::request::validated::ValidatedRequest;
use crate::task::background_task::BackgroundTask;
use crate::task::call_context::CallContext;

/// Checks everything that a token for `request` needs, and gets a token from the agent, not from the cache. Blocks this thread for
/// at most the request's time.
///
/// # Errors
/// `InvalidArgument` for a wrong value in the request. All other problems are rows.
pub fn check(request: &TokenRequest) -> Result<CheckReport, Error> {
    let task = start(request.params())?;
    Ok(CheckReport::new(task.wait_to_the_end()?, task.log().clone()))
}

/// Starts the checks, and returns at once.
pub(crate) fn start(params: &RequestParams) -> Result<BackgroundTask<Vec<Check>>, Error> {
    let log = Log::new();
    let failed = {
        let log = log.clone();
        move |kind| Error::new(kind, None, log.clone())
    };
    ValidatedRequest::validate(params).map_err(failed.clone())?;
    // The checks say how it is now.
    let (params, report) = (RequestParams { wait_for_agent: false, ..params.clone() }, Report::default());
    let (timeout, late_report) = (params.timeout, report.clone());
    let work = move |cx: &CallContext| {
        run_checks(&params, &report, cx);
        Ok(report.list(cx.timeout))
    };
    BackgroundTask::start(timeout, &log, work, failed, move |limit| Ok(late_report.list(limit)))
}

/// Runs the checks, but not in the order of the list: the checks that may use up the time come last.
fn run_checks(params: &RequestParams, report: &Report, cx: &CallContext) {
    let variable = |name: &str| params.variable(name);
    let host = HostEnvironment::with_variables(&variable);
    let request = ValidatedRequest::new(params, &host, &cx.log);
    // There is no request, and so no source, if the address was refused. But an address in the parameters is the caller's.
    let caller = params.endpoint.as_ref().map(|_| Source::Caller);
    let source = request.as_ref().ok().map(|request| request.agent.source).or(caller);
    report.add(CheckId::Installed, &[], || endpoint::installed_row(&host, source));
    report.add(CheckId::Endpoint, &[], || endpoint::row(&request));
    report.add(CheckId::Variables, &[], || endpoint::variables_row(&host, source));
    report.add(CheckId::Proxy, &[], || proxy::row(&host));

    let session = request.as_ref().ok().map(|request| AgentSession::new_accepted(&request.agent, cx));
    let with = |check: &mut dyn FnMut(&ValidatedRequest, &AgentSession<'_>) -> Row| match (&request, &session) {
        (Ok(request), Some(session)) => check(request, session),
        _ => Row::needs(CheckId::Endpoint),
    };
    report.add(CheckId::Port, &[CheckId::Endpoint], || with(&mut |request, session| listener::port_row(request, session)));
    report.add(CheckId::Listener, &[CheckId::Port], || with(&mut |request, _| listener::row(request)));
    report.add(CheckId::KeyDirectory, &[CheckId::Endpoint], || with(&mut |request, _| key_directory::row(&request.key_directory)));
    let mut foreign = false;
    report.add(CheckId::Connected, &[CheckId::Listener], || {
        with(&mut |request, session| agent_state::connected_row(request, session, &mut foreign))
    });
    if foreign {
        report.amend(CheckId::Listener, listener::not_the_agent);
    }
    let clocks = || session.as_ref().and_then(AgentSession::clocks);
    report.add(CheckId::Clock, &[CheckId::Listener], || clock::row(clocks(), None));
    let mut token = None;
    report.add(CheckId::Token, &[CheckId::Listener, CheckId::KeyDirectory], || {
        with(&mut |request, session| token::row(request, session, &mut token))
    });
    // The token's own times, and those of its answer, may say more.
    report.amend(CheckId::Clock, |_| Some(clock::row(clocks(), token.as_ref())));
    let token = token.and_then(Result::ok);
    report.add(CheckId::Identity, &[CheckId::Token], || with(&mut |request, _| token::identity_row(request, token.as_ref())));
}

#[cfg(test)]
#[path = "sequence_tests.rs"]
mod tests;
