//! The agent's ordinary answers. Comments mark the parts that are inferred because the real agent's answer is not known.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cloud;
use crate::faults::{Faults, Scene, When, unknown_resource};
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
/// The target of redirects. A client that follows them gets a token there, and the record shows its request.
pub(crate) const ELSEWHERE: &str = "/elsewhere";
const API_VERSIONS: [&str; 4] = ["2021-02-01", "2020-06-01", "2019-11-01", "2019-08-15"];
/// Practically for ever.
const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 3600);

pub(crate) struct Agent {
    pub(crate) keys: Keys,
    pub(crate) tokens: Tokens,
    pub(crate) record: Record,
    pub(crate) faults: Faults,
    pub(crate) gate: Arc<Gate>,
    /// How long each answer takes.
    pub(crate) answer_after: Duration,
    pub(crate) user_assigned: Vec<Identity>,
    pub(crate) port: u16,
    /// The cloud that the machine is in.
    pub(crate) cloud: String,
    /// The agent to which a relay passes everything on.
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
            "/metadata/instance" | "/metadata/instance/" => metadata(request, || instance::document(&self.cloud)),
            "/metadata/instance/compute" => metadata(request, || instance::compute(&self.cloud)),
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
            When::AfterChallenge => (self.answer_of_entra(request, &selection), String::new()),
            When::BeforeChallenge => self.challenge(),
        };
        let wire = self.faults.apply(when, &mut response, &Scene { agent: self, request, selection: &selection, realm: &realm });
        self.record.request(request, worth, response.status);
        match wire {
            Some(wire) => wire(&response),
            None => send(response, request),
        }
    }

    /// Checks the request before anything else.
    fn check(&self, request: &Request) -> Result<Selection, Response> {
        if request.method != "GET" {
            return Err(Response::text(405, "Method Not Allowed\n")); // The text is inferred.
        }
        metadata_header(request)?;
        api_version(request)?;
        if request.parameter("resource").unwrap_or_default().is_empty() {
            return Err(error(400, "invalid_request", "Required query variable 'resource' is missing")); // Inferred from IMDS.
        }
        // This comes before the challenge, as Microsoft's own clients have seen it.
        select(request, &self.user_assigned).ok_or_else(identity_not_found)
    }

    /// Makes a new key. Returns the 401 that names its file, and that name.
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

    fn answer_of_entra(&self, request: &Request, selection: &Selection) -> Response {
        let resource = request.parameter("resource").unwrap_or_default();
        if cloud::knows(&self.cloud, &resource) { self.token_answer(request, selection) } else { unknown_resource(&resource) }
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

    /// Turns these faults on and all others off.
    pub(crate) fn set_faults(&self, names: &[String]) -> Result<(), String> {
        self.faults.set(names)?;
        self.gate.refuse_for(if self.faults.refuse_connections() { FOR_EVER } else { Duration::ZERO });
        Ok(())
    }

    /// Clears all requests, keys and tokens. Faults stay, and a fault with a limited number of times starts again.
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

/// The key in a request. The agent accepts the scheme in any letter case (inferred: one of Microsoft's clients sends `basic`).
pub(crate) fn key_of(request: &Request) -> Option<&str> {
    let (scheme, key) = request.header("Authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Basic").then_some(key.trim())
}

fn metadata(request: &Request, make: impl Fn() -> Value) -> Response {
    if request.method != "GET" {
        return Response::text(405, "Method Not Allowed\n");
    }
    match metadata_header(request).and_then(|()| api_version(request)) {
        Ok(()) => document(&make()),
        Err(response) => response,
    }
}

/// Checks the header `Metadata`. The text is inferred: it is that of the metadata service of Azure virtual machines.
fn metadata_header(request: &Request) -> Result<(), Response> {
    match request.header("Metadata") {
        Some(value) if value.eq_ignore_ascii_case("true") => Ok(()),
        _ => Err(error(400, "invalid_request", "Required metadata header not specified")),
    }
}

/// Checks the version. The text for a missing version is known; that for an unsupported one is inferred from it.
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

/// The answer if the emulator itself fails, for example without root. It is distinct, so that no test takes it for the agent's.
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
