//! `Endpoint`: answers requests for tokens. It knows HTTP's requests and answers, not connections.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use arc_token::{AccessToken, Error, Log, Status, TokenRequest};
use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use hyper::http::request::Parts;

use super::caller::Caller;
use super::family::Family;
use super::request::{Refusal, Wanted};
use super::secret::EndpointSecret;
use crate::failure::{say, with_cli_options};
use crate::token::unix_seconds;

/// The endpoint of one run.
pub(super) struct Endpoint {
    pub(super) port: u16,
    pub(super) secret: EndpointSecret,
    /// A request with this program's options.
    pub(super) template: TokenRequest,
    /// The audiences that may be asked for; all if it is empty.
    pub(super) allowed: Vec<String>,
    pub(super) verbose: bool,
    pub(super) said: Said,
}

/// What standard error has heard already.
#[derive(Default)]
pub(super) struct Said {
    outside: AtomicBool,
    another_user: AtomicBool,
    unknown: AtomicBool,
    warnings: Mutex<Vec<String>>,
}

impl Endpoint {
    /// The answer to a request on a connection of `caller`.
    pub(super) async fn answer(&self, head: &Parts, body: &[u8], caller: Caller) -> Response<Full<Bytes>> {
        let start = Instant::now();
        let wanted = self.admit(head, body, caller);
        let (status, resource, family, response) = match wanted {
            Err(refusal) => refused(refusal, String::new()),
            Ok(wanted) => {
                let outcome = self.token(&wanted).await;
                let log = outcome.as_ref().map_or_else(|error| error.log(), |token| token.log());
                self.pass_on_warnings(log);
                let (family, resource) = (wanted.family, wanted.audience.text().to_owned());
                match &outcome {
                    // It may be of a cloud that was not known before.
                    Ok(token) if !self.allows(token.resource()) => refused(not_allowed(family), token.resource().to_owned()),
                    Ok(token) => {
                        let response = response(200, family.token(token, unix_seconds(SystemTime::now())), None);
                        ("token".to_owned(), token.resource().to_owned(), family, response)
                    }
                    Err(error) => (error.status().name().to_owned(), resource, family, failed(family, error)),
                }
            }
        };
        if self.verbose {
            let (code, time) = (response.status().as_u16(), start.elapsed().as_millis());
            say(format_args!("arc-token: exec: HTTP {code} in {time} ms for '{}' ({}): {status}", resource.escape_debug(), family.name()));
        }
        response
    }

    /// A connection that was closed before a byte was read. A program that gives up its user would see no reason.
    pub(super) fn turned_away(&self, caller: Caller) {
        if caller == Caller::AnotherUser {
            const TEXT: &str = "a process of another user asked for a token and got none; run arc-token as the user who needs it, \
                for example: sudo -u USER arc-token exec -- PROGRAM.";
            once(&self.said.another_user, TEXT);
        }
    }

    fn admit(&self, head: &Parts, body: &[u8], caller: Caller) -> Result<Wanted, Refusal> {
        let wanted = Wanted::read(head, body, self.port, &self.secret)?;
        let refuse = |message: &str| Err(Refusal::new(wanted.family, 403, "access_denied", message));
        match caller {
            Caller::Allowed => (),
            Caller::Outside => {
                once(
                    &self.said.outside,
                    "a process that was not started by the program asked for a token and got none; --any-process would allow it.",
                );
                return refuse(
                    "Only processes below the program that arc-token started get tokens (arc-token exec --any-process loosens that).",
                );
            }
            Caller::AnotherUser | Caller::Nobody | Caller::Unknown => {
                const HIDDEN: &str = "the system does not tell whose connection it is: let arc-token use netlink (AF_NETLINK in RestrictAddressFamilies=) or see /proc/net/tcp.";
                once(&self.said.unknown, HIDDEN);
                return refuse(HIDDEN);
            }
        }
        if wanted.audience.may_be(|resource| self.allows(resource)) { Ok(wanted) } else { Err(not_allowed(wanted.family)) }
    }

    fn allows(&self, resource: &str) -> bool {
        self.allowed.is_empty() || self.allowed.iter().any(|allowed| plain(allowed) == plain(resource))
    }

    /// The token, from the library's cache or from the agent. Dropping the future gives up.
    async fn token(&self, wanted: &Wanted) -> Result<AccessToken, Error> {
        wanted.apply(self.template.clone()).start()?.await
    }

    fn pass_on_warnings(&self, log: &Log) {
        let warnings = log.warnings();
        if warnings.is_empty() {
            return;
        }
        let mut said = self.said.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        for warning in warnings.lines().map(str::to_owned) {
            if !said.contains(&warning) {
                say(format_args!("arc-token: warning: {warning}"));
                said.push(warning);
            }
        }
    }
}

fn once(said: &AtomicBool, what: &str) {
    if !said.swap(true, Ordering::Relaxed) {
        say(format_args!("arc-token: exec: {what}"));
    }
}

fn not_allowed(family: Family) -> Refusal {
    Refusal::new(family, 403, "access_denied", "This audience is not among those of arc-token's --allow-resource.")
}

/// A refusal as text, audience, family, and answer.
fn refused(refusal: Refusal, resource: String) -> (String, String, Family, Response<Full<Bytes>>) {
    let body = refusal.family.error(refusal.status, refusal.code, &refusal.message);
    (refusal.message, resource, refusal.family, response(refusal.status, body.to_string(), None))
}

/// An audience without what makes no difference here: a scope's end, and a slash.
fn plain(resource: &str) -> &str {
    let resource = resource.strip_suffix("/.default").unwrap_or(resource);
    resource.strip_suffix('/').unwrap_or(resource)
}

/// The answer for a failed call: the agent's own status where it is one that clients know, or one of the same meaning.
fn failed(family: Family, error: &Error) -> Response<Full<Bytes>> {
    let (status, code) = match error.status() {
        Status::AgentError => (error.http_status().filter(|status| (400..600).contains(status)).unwrap_or(502), "agent_error"),
        Status::InvalidArgument => (400, "invalid_request"),
        Status::IdentityNotFound | Status::SelectorNotHonoured => (400, "identity_not_found"),
        Status::AgentNotInstalled | Status::AgentNotRunning | Status::ForeignAnswer => (503, "agent_unavailable"),
        Status::BadResponse => (502, "bad_response"),
        Status::Timeout | Status::Cancelled => (504, "timeout"),
        // Another try would not help.
        Status::EndpointRefused | Status::BadChallenge | Status::KeyFileRefused | Status::KeyAccessDenied | Status::KeyRejected => {
            (403, "access_denied")
        }
        _ => (500, "internal_error"),
    };
    let code = error.agent_code().unwrap_or(code);
    let message = format!("{}: {} {}", error.status().name(), error.problem(), with_cli_options(&error.advice()));
    response(status, family.error(status, code, message.trim_end()).to_string(), error.retry_after())
}

fn response(status: u16, body: impl Into<Bytes>, retry_after: Option<Duration>) -> Response<Full<Bytes>> {
    let mut response =
        Response::builder().status(status).header(CONTENT_TYPE, "application/json; charset=utf-8").header(CACHE_CONTROL, "no-store");
    if let Some(time) = retry_after {
        response = response.header(RETRY_AFTER, time.as_secs());
    }
    response.body(Full::new(body.into())).unwrap_or_default()
}
