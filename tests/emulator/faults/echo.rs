//! Faults in which the agent repeats the key or the token. A client must not show them with the other text of an answer.

use serde_json::{Value, json};

use super::{Fault, Scene, When, answer};
use crate::agent::{error, key_of};
use crate::http::{Body, Response};
use crate::json::Object;
use crate::token::{jwt, now};

fn echo(name: &str, about: &str, make: fn(&str) -> Response) -> Fault {
    answer(When::AfterChallenge, name, about, move |response, scene: &Scene<'_>| {
        // There is a key: without a good one, this is not the answer after the challenge.
        *response = make(key_of(scene.request).unwrap_or_default());
    })
}

/// A sentence of a server about the key that it got.
fn blame(key: &str) -> String {
    format!("The credential '{key}' is not valid here")
}

/// A fault that puts the token of the right answer somewhere else.
fn token(name: &str, about: &str, change: fn(&mut Response, &str)) -> Fault {
    answer(When::AfterChallenge, name, about, move |response, scene: &Scene<'_>| {
        let resource = scene.request.parameter("resource").unwrap_or_default();
        let (token, _) = scene.agent.tokens.get(&resource, &scene.selection.identity, false);
        change(response, &token.jwt);
    })
}

fn object(text: String) -> Response {
    let mut response = Response::json(200, Object::of([("status", Value::Null)]));
    response.body = Body::Bytes(text.into_bytes());
    response
}

pub(super) fn faults() -> Vec<Fault> {
    vec![
        echo("key-echoed", "400 whose description repeats the key", |key| error(400, "invalid_request", &blame(key))),
        echo("key-echoed-as-code", "400 whose error is the key", |key| error(400, key, "Not valid")),
        echo("key-echoed-cut", "400 whose description repeats the key but for its last characters", |key| {
            error(400, "invalid_request", &format!("The credential '{}...' is not valid here", &key[..key.len().saturating_sub(4)]))
        }),
        echo("key-echoed-end", "400 whose description repeats the key but for its first characters", |key| {
            error(400, "invalid_request", &format!("The credential '...{}' is not valid here", &key[4.min(key.len())..]))
        }),
        echo("key-echoed-when-busy", "503, always, whose description repeats the key", |key| error(503, "server_error", &blame(key))),
        echo("key-echoed-without-token", "200 without a token, with an error that repeats the key", |key| {
            object(json!({ "error": "invalid_grant", "error_description": blame(key) }).to_string())
        }),
        echo("key-echoed-as-field", "200 in which the key is the name of two fields", |key| object(format!("{{\"{key}\":1,\"{key}\":2}}"))),
        echo("key-echoed-as-page", "403 with an HTML page that repeats the key", |key| {
            Response::html(403, &format!("<html><body>{}</body></html>", blame(key)))
        }),
        answer(None, "key-echoed-later", "503 for the key, then 400 whose description repeats it", |response, scene| {
            if scene.realm.is_empty() {
                *response = error(503, "server_error", "Try again");
            } else if let Some(key) = scene.agent.record.earlier_key() {
                *response = error(400, "invalid_request", &blame(&key));
            }
        }),
        answer(None, "key-echoed-in-next-path", "401 for the key, then a path with the key in it", |response, scene| {
            if scene.realm.is_empty() {
                *response = error(401, "unauthorized_client", "Not valid");
            } else if let Some(key) = scene.agent.record.earlier_key() {
                response.set("Www-Authenticate", &format!("Basic realm=/{}.key", key.trim_end_matches('=')));
            }
        }),
        answer(When::AfterChallenge, "key-echoed-as-claim", "a token whose tenant is the key", |response, scene| {
            let key = key_of(scene.request).unwrap_or_default();
            let token = jwt(&json!({ "tid": key, "exp": now() + 3600 }));
            scene.agent.record.token(&token);
            *response = Response::json(200, Object::of([("access_token", token.into()), ("expires_in", "3600".into())]));
        }),
        token("token-echoed-as-type", "a good answer, and the token in its Content-Type", |response, token| {
            response.set("Content-Type", &format!("application/json; token={token}"));
        }),
        token("token-echoed-as-subtype", "403 with a text, and a token in its Content-Type", |response, token| {
            *response = Response::text(403, "Forbidden\n");
            response.set("Content-Type", &format!("text/{token}"));
        }),
        token("token-echoed-in-error", "400 whose description repeats a token", |response, token| {
            *response = error(400, "invalid_request", &blame(token));
        }),
        token("token-echoed-when-rejected", "401, always, whose description repeats a token", |response, token| {
            *response = error(401, "invalid_client", &blame(token));
        }),
        token("token-echoed-without-token", "200 without a token, with an error object whose message repeats it", |response, token| {
            *response = object(json!({ "error": { "code": "invalid_grant", "message": blame(token) } }).to_string());
        }),
        token("token-echoed-as-field", "200 in which the token is the name of two fields", |response, token| {
            *response = object(format!("{{\"{token}\":1,\"{token}\":2}}"));
        }),
        echo("key-echoed-as-type", "403 with a text, and the key in its Content-Type", |key| {
            let mut response = Response::text(403, "Forbidden\n");
            response.set("Content-Type", &format!("text/{key}"));
            response
        }),
    ]
}
