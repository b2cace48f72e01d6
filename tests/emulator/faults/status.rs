//! Faults with other statuses than 401 and 200, with `Retry-After`, redirects, and answers of other programs.

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::{Fault, When, answer};
use crate::agent::{ELSEWHERE, error, identity_not_found};
use crate::http::Response;
use crate::json::Object;

const STATUSES: [u16; 9] = [400, 403, 404, 408, 429, 500, 502, 503, 504];

fn in_seconds(seconds: u64) -> String {
    httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(seconds))
}

fn long_ago() -> String {
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777))
}

/// An error in the agent's form.
fn trouble(status: u16) -> Response {
    let name = match status {
        400 => "invalid_request",
        403 => "access_denied",
        404 => "not_found",
        408 => "request_timeout",
        429 => "too_many_requests",
        _ => "server_error",
    };
    error(status, name, &format!("The emulator was told to answer {status}"))
}

/// A fault with one 503 and this `Retry-After`. Afterwards the answers are ordinary.
fn retry_after(when: When, form: &str, about: &str, value: fn() -> String) -> Fault {
    let name = format!("503-once-retry-after-{form}-{}", when.suffix());
    answer(when, name, format!("503 once, with Retry-After: {about}"), move |response, _| {
        *response = trouble(503).with("Retry-After", &value());
    })
    .once()
}

/// The same with one 429, of which other requests are to take note, too.
fn too_many_requests(when: When) -> Fault {
    let name = format!("429-once-retry-after-seconds-{}", when.suffix());
    answer(when, name, "429 once, with Retry-After: 2", |response, _| *response = trouble(429).with("Retry-After", "2")).once()
}

fn redirect(when: When, name: &str, about: &str, status: u16, location: fn(u16) -> String) -> Fault {
    answer(when, format!("{name}-{}", when.suffix()), about, move |response, scene| {
        *response = Response::html(status, "").with("Location", &location(scene.agent.port));
    })
}

fn other(when: When, name: &str, about: &str, make: fn() -> Response) -> Fault {
    answer(when, format!("{name}-{}", when.suffix()), about, move |response, _| *response = make())
}

fn both_times(when: When) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    for status in STATUSES {
        let name = format!("{status}-{}", when.suffix());
        faults.push(answer(when, name, format!("always {status}, with a JSON error"), move |response, _| *response = trouble(status)));
        let name = format!("{status}-once-{}", when.suffix());
        faults.push(answer(when, name, format!("{status} once, with a JSON error"), move |response, _| *response = trouble(status)).once());
    }
    faults.extend([
        too_many_requests(when),
        retry_after(when, "seconds", "1", || "1".into()),
        retry_after(when, "zero", "0", || "0".into()),
        retry_after(when, "date", "a date in 2 seconds", || in_seconds(2)),
        retry_after(when, "past-date", "a date in 1994", long_ago),
        retry_after(when, "absurd", "10^18 seconds", || "1000000000000000000".into()),
        retry_after(when, "absurd-date", "a date in 10 years", || in_seconds(10 * 365 * 24 * 3600)),
        retry_after(when, "overflow", "a number of 40 digits", || "9".repeat(40)),
        retry_after(when, "negative", "-1", || "-1".into()),
        retry_after(when, "fraction", "0.5", || "0.5".into()),
        retry_after(when, "words", "soon", || "soon".into()),
        redirect(when, "redirect-301", "301 to another path on the same port, where a token is", 301, |_| ELSEWHERE.into()),
        redirect(when, "redirect-302", "302 to the same", 302, |_| ELSEWHERE.into()),
        redirect(when, "redirect-307", "307 to the same", 307, |_| ELSEWHERE.into()),
        redirect(when, "redirect-308", "308 to the same", 308, |_| ELSEWHERE.into()),
        redirect(when, "redirect-to-other-host", "307 to another name of this machine", 307, |port| {
            format!("http://localhost:{port}{ELSEWHERE}")
        }),
        other(when, "500-text", "500 with a text that is not JSON", || Response::text(500, "Internal Server Error\n")),
        other(when, "500-empty", "500 without a body", || Response::text(500, "")),
        other(when, "500-deep", "500 with an error 200,000 levels deep", || json_text(500, &"[".repeat(200_000))),
        other(when, "500-other-shape", "500 with JSON whose fields are of other types", || {
            json_text(500, "{\"error\":{\"code\":17,\"message\":null},\"error_description\":[1,2],\"error_codes\":\"500\"}")
        }),
        other(when, "500-terminal-escape", "500 whose description has terminal escapes and line ends", || {
            error(500, "server_error", "red: \u{1b}[31m\r\nGET-ARCTOKEN: all is well\u{7}\u{202e}")
        }),
        other(when, "html-200", "200 with an HTML page: a proxy answered", || page(200).with("X-Frame-Options", "DENY")),
        other(when, "html-401", "401 with an HTML page: another machine's metadata service", || page(401).with("Server", "EC2ws")),
        other(when, "html-502", "502 with an HTML page: a proxy without its upstream", || page(502).with("Via", "1.1 proxy")),
        other(when, "text-200", "200 with a text that is not JSON", || Response::text(200, "It works!\n")),
        other(when, "404-go", "404 of some other Go program", || Response::text(404, "404 page not found\n")),
        other(when, "204", "204 without a body", || Response::text(204, "")),
    ]);
    faults
}

/// JSON that does not have the agent's form.
fn json_text(status: u16, body: &str) -> Response {
    let mut response = Response::text(status, body);
    response.set("Content-Type", "application/json");
    response
}

fn page(status: u16) -> Response {
    Response::html(status, "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to go on</body></html>")
}

/// Microsoft Entra's answer, as the agent passes it on. Its own status can be 400 or 401.
fn entra(status: u16, name: &str, code: u32, text: &str) -> Response {
    let (trace, correlation, time) =
        ("0a11ce00-7ace-4000-8000-000000000008", "0a11ce00-c044-4000-8000-000000000009", "2026-11-29 12:00:00Z");
    let description = format!("AADSTS{code}: {text}\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation}\r\nTimestamp: {time}");
    let fields = [
        ("error", name.into()),
        ("error_description", description.into()),
        ("error_codes", json!([code])),
        ("timestamp", time.into()),
        ("trace_id", trace.into()),
        ("correlation_id", correlation.into()),
    ];
    Response::json(status, Object::of(fields))
}

/// Entra's answer for a resource that its tenant does not have.
pub(crate) fn unknown_resource(resource: &str) -> Response {
    let text = format!(
        "The resource principal named {resource} was not found in the tenant named Emulated. This can happen if the application has not \
         been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your \
         authentication request to the wrong tenant."
    );
    entra(400, "invalid_resource", 500_011, &text)
}

pub(super) fn faults() -> Vec<Fault> {
    let mut faults: Vec<Fault> = When::BOTH.into_iter().flat_map(both_times).collect();
    let new_challenge = |response: &mut Response, scene: &super::Scene<'_>| *response = scene.agent.challenge().0;
    faults.extend([
        answer(When::AfterChallenge, "401-after-challenge", "no key is good enough: always a new challenge", new_challenge),
        answer(When::AfterChallenge, "401-once-after-challenge", "the first key is not good enough: a new challenge, once", new_challenge)
            .once(),
        answer(When::AfterChallenge, "401-bare-after-challenge", "401 to a good key, without a challenge", |response, _| {
            *response = error(401, "unauthorized_client", "Missing Basic Authorization header");
        }),
        answer(When::BeforeChallenge, "400-api-version", "the answer of an agent that does not know the api-version", |response, _| {
            *response = Response::text(400, "The api-version 2020-06-01 is not supported. Supported are 2019-11-01 2019-08-15");
        }),
        answer(When::BeforeChallenge, "404-identity-before-challenge", "the identity is not found, said at once", |response, _| {
            *response = identity_not_found()
        }),
        answer(When::AfterChallenge, "entra-unknown-resource", "Entra knows no such resource", |response, scene| {
            *response = unknown_resource(&scene.request.parameter("resource").unwrap_or_default());
        }),
        answer(When::AfterChallenge, "entra-expired-certificate", "401 of Entra: the machine's certificate has ended", |response, _| {
            let text = "The certificate with identifier used to sign the client assertion is expired on application. [Reason - The key \
                        used is expired.]";
            *response = entra(401, "invalid_client", 700_027, text);
        }),
        answer(When::AfterChallenge, "entra-message-only", "403 with a message and a correlation id, and no more", |response, _| {
            *response = json_text(403, "{\"message\":\"Not now\",\"correlationId\":\"0a11ce00-c044-4000-8000-000000000009\"}");
        }),
        answer(
            When::AfterChallenge,
            "404-identity-after-challenge",
            "the identity is not found, said after the challenge",
            |response, _| *response = identity_not_found(),
        ),
    ]);
    faults
}
