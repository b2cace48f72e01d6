//! Reads a client's request: its family, its proof that it may ask, and what it asks for.

use std::borrow::Cow;

use arc_token::{DEFAULT_RESOURCE, TokenRequest, audiences, service_named};
use hyper::Method;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::http::request::Parts;

use super::family::Family;
use super::secret::EndpointSecret;
use crate::args::with_identity;

/// What a client asks for.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) family: Family,
    pub(super) audience: Audience,
    client_id: Option<String>,
    object_id: Option<String>,
    identity_resource_id: Option<String>,
}

/// The service that a token is for. Only the stand-in for `az` leaves it to the library, which takes the machine's own cloud.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Audience {
    Resource(String),
    Service(&'static str),
    ResourceManager,
}

impl Audience {
    pub(super) fn text(&self) -> &str {
        match self {
            Audience::Resource(resource) => resource,
            Audience::Service(service) => service,
            Audience::ResourceManager => DEFAULT_RESOURCE,
        }
    }

    /// True when one of the audiences that this can become is `allowed`.
    pub(super) fn may_be(&self, allowed: impl Fn(&str) -> bool) -> bool {
        let service = match self {
            Audience::Resource(resource) => return allowed(resource),
            Audience::Service(service) => service,
            Audience::ResourceManager if allowed(DEFAULT_RESOURCE) => return true,
            Audience::ResourceManager => "Arm",
        };
        audiences().any(|known| known.service == service && allowed(known.resource))
    }
}

/// A request that gets no token.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) family: Family,
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(family: Family, status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { family, status, code, message: message.into() }
    }
}

const APP_SERVICE_PATH: &str = "/msi/token";
const TOKEN_PATH: &str = "/metadata/identity/oauth2/token";
/// Signs of a request that another program passes on or that a web page makes.
const FOREIGN_HEADERS: [&str; 5] = ["origin", "forwarded", "via", "x-real-ip", "sec-fetch-site"];
/// Proxies have many of them: `X-Forwarded-For`, `-Host`, `-Proto`.
const FORWARDED: &str = "x-forwarded-";

impl Wanted {
    /// Reads a request to the endpoint at `port`. `body`: a form's; empty for a request that has none.
    pub(super) fn read(head: &Parts, body: &[u8], port: u16, secret: &EndpointSecret) -> Result<Self, Refusal> {
        let (family, proof) = family_of(head, secret);
        let bad = |message: &str| Refusal::new(family, 400, "invalid_request", message);
        let is_foreign = |name: &&header::HeaderName| FOREIGN_HEADERS.contains(&name.as_str()) || name.as_str().starts_with(FORWARDED);
        if let Some(name) = head.headers.keys().find(is_foreign) {
            return Err(bad(&format!("Requests with the header {name} are not answered: they come from a web page or a proxy.")));
        }
        if !is_own_host(head, port) {
            return Err(bad("The request must name this endpoint, 127.0.0.1 and its port, as its host."));
        }
        let parameters = if family == Family::CloudShell { body } else { head.uri.query().unwrap_or_default().as_bytes() };
        let query = query_of(parameters).ok_or_else(|| bad("A parameter is given twice."))?;
        let value = |wanted: &str| query.iter().find(|(name, _)| name == wanted).map(|(_, value)| &**value);
        let version = value("api-version").unwrap_or_default();
        let (family, is_known) = match family {
            Family::AppService if version == "2017-09-01" => (Family::OldAppService, proof || has_secret(&head.headers, "secret", secret)),
            Family::AppService => (family, proof || has_secret(&head.headers, "x-identity-header", secret)),
            _ => (family, proof),
        };
        if !is_known {
            return Err(Refusal::new(family, 401, "unauthorized_client", "The secret of this endpoint is missing or wrong."));
        }
        let bad = |message: &str| Refusal::new(family, 400, "invalid_request", message);
        if !matches!(head.method, Method::GET | Method::POST) || (head.method == Method::POST) != (family == Family::CloudShell) {
            return Err(Refusal::new(
                family,
                405,
                "invalid_request",
                "Tokens are asked for with GET, or as Cloud Shell's at MSI_ENDPOINT with POST.",
            ));
        }
        let is_version = match family {
            Family::AppService => version == "2019-08-01",
            Family::VirtualMachine => is_version_since("2018-02-01", version),
            Family::OldAppService | Family::CloudShell | Family::Az => true,
        };
        if !is_version {
            return Err(bad(
                "The api-version is missing or not supported: 2019-08-01, 2017-09-01, or as of a virtual machine 2018-02-01 and later.",
            ));
        }
        let metadata = head.headers.get("metadata").is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"));
        if matches!(family, Family::VirtualMachine | Family::CloudShell) && !metadata {
            return Err(bad("The header 'Metadata: true' is missing."));
        }
        let one_of = |names: &[&str]| {
            let mut given = names.iter().filter_map(|name| value(name)).filter(|value| !value.is_empty());
            let first = given.next().map(str::to_owned);
            if given.next().is_some() { Err(bad(&format!("Give one of {}.", names.join(", ")))) } else { Ok(first) }
        };
        let audience = match (one_of(&["resource", "scope"])?, family) {
            (Some(resource), _) => Audience::Resource(resource),
            (None, Family::Az) if value("resource").is_none() => match value("service") {
                Some(name) => Audience::Service(service_named(name).ok_or_else(|| bad("The service is not known."))?),
                None => Audience::ResourceManager,
            },
            (None, _) => return Err(bad("The parameter 'resource' is missing.")),
        };
        Ok(Self {
            family,
            audience,
            client_id: one_of(&["client_id", "clientid"])?,
            object_id: one_of(&["object_id", "principal_id"])?,
            identity_resource_id: one_of(&["mi_res_id", "msi_res_id"])?,
        })
    }

    /// The request to the agent, made of one with this program's options.
    pub(super) fn apply(&self, request: TokenRequest) -> TokenRequest {
        let request = match &self.audience {
            Audience::Resource(resource) => request.resource(resource),
            Audience::Service(service) => request.service(*service),
            Audience::ResourceManager => request,
        };
        with_identity(request, self.client_id.as_deref(), self.object_id.as_deref(), self.identity_resource_id.as_deref())
    }
}

/// The family by method and path, and whether the path itself holds the secret.
fn family_of(head: &Parts, secret: &EndpointSecret) -> (Family, bool) {
    // Some clients put a slash before the query.
    let path = head.uri.path();
    let path = path.strip_suffix('/').unwrap_or(path);
    if path == APP_SERVICE_PATH {
        return (Family::AppService, false);
    }
    let (first, rest) = path.strip_prefix('/').and_then(|path| path.split_at_checked(64)).unwrap_or_default();
    let family = match rest {
        "/az" => Family::Az,
        APP_SERVICE_PATH if head.method == Method::POST => Family::CloudShell,
        APP_SERVICE_PATH => Family::AppService,
        _ => Family::VirtualMachine,
    };
    (family, matches!(rest, "/az" | APP_SERVICE_PATH | TOKEN_PATH) && secret.is(first.as_bytes()))
}

fn is_own_host(head: &Parts, port: u16) -> bool {
    let mut hosts = head.headers.get_all(header::HOST).iter();
    let own = |host: &HeaderValue| ["127.0.0.1", "localhost"].iter().any(|name| host.as_bytes() == format!("{name}:{port}").as_bytes());
    // A request to a proxy has the host in its first line.
    head.uri.authority().is_none() && hosts.next().is_some_and(own) && hosts.next().is_none()
}

fn has_secret(headers: &HeaderMap, name: &str, secret: &EndpointSecret) -> bool {
    let mut given = headers.get_all(name).iter();
    given.next().is_some_and(|value| secret.is(value.as_bytes())) && given.next().is_none()
}

/// The parameters of a query or a form. `None` when one is there twice: services differ in which one counts.
fn query_of(text: &[u8]) -> Option<Vec<(Cow<'_, str>, Cow<'_, str>)>> {
    let mut query: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::new();
    for (name, value) in form_urlencoded::parse(text) {
        if query.iter().any(|(given, _)| *given == name) {
            return None;
        }
        query.push((name, value));
    }
    Some(query)
}

/// Versions are dates, so their texts have the order of their times.
fn is_version_since(first: &str, version: &str) -> bool {
    let is_date = version.len() == first.len() && version.bytes().zip(first.bytes()).all(|(a, b)| a.is_ascii_digit() == b.is_ascii_digit());
    is_date && version >= first
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
