//! The agent's ordinary answers. What is not known of the real agent is inferred, and marked so.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::faults::{Faults, Scene, When};
use crate::gate::Gate;
use crate::http::{Body, Request, Response};
use crate::identity::{Identity, Selection, select};
use crate::json::Object;
use crate::keys::{Keys, Worth};
use crate::record::Record;
use crate::token::{Tokens, now};
use crate::wire::{End, Script};
use crate::{instance, relay};

pub(crate) const TOKEN_PATH: &str = "/metadata/identity/oauth2/token";
/// Where redirects lead: a client that follows them gets a token there, and its request stands in the record.
pub(crate) const ELSEWHERE: &str = "/elsewhere";
const API_VERSIONS: [&str; 4] = ["2021-02-01", "2020-06-01", "2019-11-01", "2019-08-15"];
/// Long enough to be for ever.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 3600);

pub(crate) struct Agent {
    pub(crate) keys: Keys,
    pub(crate) tokens: Tokens,
    pub(crate) record: Record,
    pub(crate) faults: Faults,
    pub(crate) gate: Arc<Gate>,
    pub(crate) user_assigned: Vec<Identity>,
    pub(crate) port: u16,
    /// The agent to pass everything on to instead of answering.
    pub(crate) relay: Option<SocketAddr>,
}

impl Agent {
    pub(crate) fn answer(&self, request: &Request) -> Script {
        if let Some(real) = self.relay {
            self.record.request(request, None, 0);
            return relay::forward(request, real);
        }
        if request.path == TOKEN_PATH {
            return self.token_path(request);
        }
        let response = match request.path.as_str() {
            "/metadata/instance" | "/metadata/instance/" => metadata(request, instance::document),
            "/metadata/instance/compute" => metadata(request, instance::compute),
            "/agentstatus" => document(&instance::agent_status()),
            ELSEWHERE => self.token_answer(request, &Selection { identity: Identity::of_the_machine(), echo: None }),
            _ => Response::text(404, "404 page not found\n").with("X-Content-Type-Options", "nosniff"),
        };
        self.record.request(request, None, response.status);
        send(response, request)
    }

    fn token_path(&self, request: &Request) -> Script {
        let selection = match self.check(request) {
            Ok(selection) => selection,
            Err(response) => {
                self.record.request(request, None, response.status);
                return send(response, request);
            }
        };
        let worth = key_of(request).map(|key| self.keys.redeem(key));
        let when = match worth {
            Some(Worth::Good | Worth::Forbidden) => When::AfterChallenge,
            _ => When::BeforeChallenge,
        };
        let (mut response, realm) = match when {
            When::AfterChallenge => (self.token_answer(request, &selection), String::new()),
            When::BeforeChallenge => self.challenge(),
        };
        let wire = self.faults.apply(when, &mut response, &Scene { agent: self, request, selection: &selection, realm: &realm });
        self.record.request(request, worth, response.status);
        match wire {
            Some(wire) => wire(&response),
            None => send(response, request),
        }
    }

    /// What has to be right before anything else is looked at.
    fn check(&self, request: &Request) -> Result<Selection, Response> {
        if request.method != "GET" {
            return Err(Response::text(405, "Method Not Allowed\n")); // The text is inferred.
        }
        metadata_header(request)?;
        api_version(request)?;
        if request.parameter("resource").unwrap_or_default().is_empty() {
            return Err(error(400, "invalid_request", "Required query variable 'resource' is missing")); // Inferred from IMDS.
        }
        // Before the challenge: that is where Microsoft's own clients have seen it.
        select(request, &self.user_assigned).ok_or_else(identity_not_found)
    }

    /// A new key and the 401 that names it; also what it names.
    pub(crate) fn challenge(&self) -> (Response, String) {
        match self.keys.issue(|key| self.faults.make_key(key)) {
            Ok((realm, key)) => {
                self.record.key(&key);
                (
                    error(401, "unauthorized_client", "Missing Basic Authorization header")
                        .with("Www-Authenticate", &format!("Basic realm={realm}")),
                    realm,
                )
            }
            Err(problem) => (cannot_make_key(&problem), String::new()),
        }
    }

    pub(crate) fn token_answer(&self, request: &Request, selection: &Selection) -> Response {
        let resource = request.parameter("resource").unwrap_or_default();
        let fresh = request.parameter("bypass_cache").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let (token, new) = self.tokens.get(&resource, &selection.identity, fresh);
        if new {
            self.record.token(&token.jwt);
        }
        let mut answer = Object::of([
            ("access_token", token.jwt.into()),
            ("expires_in", (token.expires_on - now()).to_string().into()),
            ("expires_on", token.expires_on.to_string().into()),
            ("not_before", token.not_before.to_string().into()),
            ("resource", resource.into()),
            ("token_type", "Bearer".into()),
        ]);
        if let Some((field, value)) = &selection.echo {
            answer.set(field, value.as_str());
        }
        Response::json(200, answer)
    }

    /// Switches to these faults; none makes the agent an ordinary one again.
    pub(crate) fn set_faults(&self, names: &[String]) -> Result<(), String> {
        self.faults.set(names)?;
        self.gate.refuse_for(if self.faults.refuse_connections() { FOR_EVER } else { Duration::ZERO });
        Ok(())
    }

    /// Forgets all requests, keys and tokens. Faults stay, and one that happens a number of times starts anew.
    pub(crate) fn reset(&self) {
        self.keys.remove_all();
        self.tokens.clear();
        self.faults.rewind();
        self.record.reset();
    }
}

fn send(mut response: Response, request: &Request) -> Script {
    if !request.is_last() {
        return Script::send(response.bytes());
    }
    response.set("Connection", "close");
    Script::send(response.bytes()).end(End::Close)
}

/// The agent takes the scheme in any letter case (inferred: one of Microsoft's own clients sends `basic`).
pub(crate) fn key_of(request: &Request) -> Option<&str> {
    let (scheme, key) = request.header("Authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Basic").then_some(key.trim())
}

fn metadata(request: &Request, make: fn() -> Value) -> Response {
    if request.method != "GET" {
        return Response::text(405, "Method Not Allowed\n");
    }
    match metadata_header(request).and_then(|()| api_version(request)) {
        Ok(()) => document(&make()),
        Err(response) => response,
    }
}

/// Inferred: this is what the metadata service of an Azure virtual machine says.
fn metadata_header(request: &Request) -> Result<(), Response> {
    match request.header("Metadata") {
        Some(value) if value.eq_ignore_ascii_case("true") => Ok(()),
        _ => Err(error(400, "invalid_request", "Required metadata header not specified")),
    }
}

/// The text for a missing version is known, that for an unsupported one is inferred from it.
fn api_version(request: &Request) -> Result<(), Response> {
    let supported = API_VERSIONS.join(" ");
    match request.parameter("api-version").unwrap_or_default().as_str() {
        version if API_VERSIONS.contains(&version) => Ok(()),
        "" => Err(Response::text(400, &format!("The api-version not specified. Supported are {supported}"))),
        version => Err(Response::text(400, &format!("The api-version {version} is not supported. Supported are {supported}"))),
    }
}

pub(crate) fn error(status: u16, name: &str, description: &str) -> Response {
    let fields = [("error", name.into()), ("error_description", description.into()), ("error_codes", json!([status]))];
    Response::json(status, Object::of(fields))
}

pub(crate) fn identity_not_found() -> Response {
    error(404, "identity_not_found", "Identity not found: error acquiring access token: requested identity was not found")
}

/// The emulator's own trouble, for instance a fault that needs root; loud, so that no test takes it for the agent's.
fn cannot_make_key(problem: &io::Error) -> Response {
    eprintln!("emulator: cannot make the key file: {problem}");
    error(500, "emulator_failed", &format!("The emulator cannot make the key file: {problem}"))
}

fn document(value: &Value) -> Response {
    let mut response = Response::text(200, "");
    response.set("Content-Type", "application/json");
    response.body = Body::Bytes(value.to_string().into_bytes());
    response
}
