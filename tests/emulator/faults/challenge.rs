//! Faults in the challenge: the `Www-Authenticate` header and the rest of the 401.

use super::{Fault, Scene, When, answer};
use crate::http::{Body, Response};

/// A fault with these values, each in a `Www-Authenticate` header of its own.
fn challenge<const N: usize>(name: &str, about: &str, values: fn(&str) -> [String; N]) -> Fault {
    answer(When::BeforeChallenge, name, about, move |response, scene| {
        response.remove("Www-Authenticate");
        for value in values(scene.realm) {
            response.headers.push(("Www-Authenticate".into(), value));
        }
    })
}

/// A fault in the name of the header.
fn renamed(name: &'static str, about: &str, header: &'static str) -> Fault {
    answer(When::BeforeChallenge, name, about, move |response, scene| {
        response.remove("Www-Authenticate");
        response.headers.push((header.into(), format!("Basic realm={}", scene.realm)));
    })
}

pub(super) fn faults() -> Vec<Fault> {
    vec![
        challenge("challenge-missing", "401 without a Www-Authenticate header", |_| []),
        challenge("challenge-empty", "an empty Www-Authenticate header", |_| [String::new()]),
        challenge("challenge-bearer", "another scheme with the right path: Bearer realm=PATH", |path| [format!("Bearer realm={path}")]),
        challenge("challenge-scheme-only", "Basic and nothing else", |_| ["Basic".into()]),
        challenge("challenge-without-equals", "Basic realm, and no value", |_| ["Basic realm".into()]),
        challenge("challenge-empty-realm", "Basic realm=, and an empty value", |_| ["Basic realm=".into()]),
        challenge("challenge-two-equals", "two equals signs: Basic realm==PATH", |path| [format!("Basic realm=={path}")]),
        challenge("challenge-other-parameter", "another parameter: Basic filename=PATH", |path| [format!("Basic filename={path}")]),
        challenge("challenge-relative", "a path that is not absolute", |_| ["Basic realm=tokens/key.key".into()]),
        challenge("challenge-words", "a realm in the sense of RFC 7617, with the agent's JSON body", |_| {
            ["Basic realm=\"Restricted area\"".into()]
        }),
        answer(When::BeforeChallenge, "challenge-words-empty", "the same with an empty body: some other service", |response, _| {
            *response = Response::text(401, "").with("Www-Authenticate", "Basic realm=\"Restricted area\"");
        }),
        answer(When::BeforeChallenge, "challenge-words-html", "the same with an HTML body: some other service", |response, _| {
            *response = Response::html(401, "<html><body>401 - Unauthorized</body></html>")
                .with("Www-Authenticate", "Basic realm=\"Restricted area\"");
        }),
        challenge("challenge-quoted", "the path in double quotes", |path| [format!("Basic realm=\"{path}\"")]),
        challenge("challenge-half-quoted", "a quote at the beginning only", |path| [format!("Basic realm=\"{path}")]),
        challenge("challenge-lower-case", "basic realm=PATH", |path| [format!("basic realm={path}")]),
        challenge("challenge-upper-case", "BASIC REALM=PATH", |path| [format!("BASIC REALM={path}")]),
        renamed("challenge-header-lower-case", "the header's name in lower case", "www-authenticate"),
        renamed("challenge-header-upper-case", "the header's name in upper case", "WWW-AUTHENTICATE"),
        challenge("challenge-padded", "blanks and tabs around everything", |path| [format!(" \t Basic \t realm={path} \t ")]),
        challenge("challenge-spaced", "blanks around the equals sign", |path| [format!("Basic realm = {path}")]),
        challenge("challenge-charset", "a second parameter: charset=\"UTF-8\"", |path| [format!("Basic realm={path}, charset=\"UTF-8\"")]),
        challenge("challenge-quoted-charset", "a quoted path and a second parameter", |path| {
            [format!("Basic realm=\"{path}\", charset=\"UTF-8\"")]
        }),
        challenge("challenge-doubled", "the same challenge in two headers", |path| {
            [format!("Basic realm={path}"), format!("Basic realm={path}")]
        }),
        challenge("challenge-second-header", "Negotiate in one header, Basic in the next", |path| {
            ["Negotiate".into(), format!("Basic realm={path}")]
        }),
        challenge("challenge-comma-joined", "Negotiate and Basic in one header", |path| [format!("Negotiate, Basic realm={path}")]),
        challenge("challenge-comma-joined-first", "Basic and then Bearer with parameters in one header", |path| {
            [format!("Basic realm={path}, Bearer authorization_uri=\"https://login.example/\", error=\"invalid_token\"")]
        }),
        challenge("challenge-hidden", "Basic inside a quoted value of another scheme", |path| {
            [format!("Bearer error=\"x, Basic realm={path}\"")]
        }),
        answer(When::BeforeChallenge, "challenge-empty-body", "the right header and no body", |response, _| {
            response.body = Body::Bytes(Vec::new());
        }),
        answer(When::BeforeChallenge, "challenge-huge-body", "the right header and 2 MiB of JSON", |response, _| {
            let filler = "x".repeat(2 << 20);
            response.body = Body::Bytes(format!("{{\"error\":\"unauthorized_client\",\"error_description\":\"{filler}\"}}").into_bytes());
        }),
        answer(When::BeforeChallenge, "no-challenge", "the token at once, as some agents do", token_at_once),
    ]
}

pub(super) fn token_at_once(response: &mut Response, scene: &Scene<'_>) {
    *response = scene.agent.token_answer(scene.request, scene.selection);
}
