//! Faults in the echo of the requested identity.

use super::{Fault, When, answer};
use crate::http::Body;
use crate::identity::{Identity, Selection};
use crate::json::Object;

/// A fault in the echo. `change` gets the answer, the parameter that selects the identity, and its value.
fn echo(name: &str, about: &str, change: fn(&mut Object, &str, &str)) -> Fault {
    answer(When::AfterChallenge, name, about, move |response, scene| {
        if let (Body::Json(object), Some((field, value))) = (&mut response.body, &scene.selection.echo) {
            change(object, field, value);
        }
    })
}

pub(super) fn faults() -> Vec<Fault> {
    vec![
        answer(
            When::AfterChallenge,
            "selector-ignored",
            "an old agent: the selector is ignored, the machine's own token comes, without an echo",
            |response, scene| {
                *response = scene.agent.token_answer(scene.request, &Selection { identity: Identity::of_the_machine(), echo: None });
            },
        ),
        echo("selector-not-echoed", "the right identity's token, without an echo", |object, field, _| object.remove(field)),
        echo("selector-echoed-otherwise", "the echo is another identity", |object, field, _| object.set(field, crate::keys::guid())),
        echo("selector-echoed-empty", "the echo is empty", |object, field, _| object.set(field, "")),
        echo("selector-echoed-null", "the echo is null", |object, field, _| object.set(field, serde_json::Value::Null)),
        echo("selector-echoed-number", "the echo is a number", |object, field, _| object.set(field, 1)),
        echo("selector-echoed-in-upper-case", "the echo in upper case", |object, field, value| object.set(field, value.to_uppercase())),
        echo("selector-echoed-padded", "the echo with a blank at each end", |object, field, value| object.set(field, format!(" {value} "))),
        echo("selector-echoed-elsewhere", "the right value in the field of another selector", |object, field, value| {
            object.remove(field);
            object.set(if field == "client_id" { "object_id" } else { "client_id" }, value);
        }),
        echo("selector-echoed-as-mi-res-id", "for a resource id, the echo as mi_res_id", |object, field, value| {
            object.remove(field);
            object.set("mi_res_id", value);
        }),
        echo("selector-two-echoes-that-differ", "the right echo, and mi_res_id that says otherwise", |object, _, _| {
            object.set(
                "mi_res_id",
                "/subscriptions/other/resourcegroups/other/providers/Microsoft.ManagedIdentity/userAssignedIdentities/other",
            );
        }),
        echo("selector-two-echoes-that-agree", "the right echo in msi_res_id and mi_res_id", |object, _, value| {
            object.set("msi_res_id", value);
            object.set("mi_res_id", value);
        }),
        answer(When::AfterChallenge, "selector-echoes-token", "a token that is no JWT, and the same as the echo", |response, scene| {
            let token = crate::keys::NewKey::another();
            scene.agent.record.token(&token);
            if let (Body::Json(object), Some((field, _))) = (&mut response.body, &scene.selection.echo) {
                object.set("access_token", token.as_str());
                object.set(field, token.as_str());
            }
        }),
        answer(When::AfterChallenge, "selector-echoed-unasked", "an echo although no identity was asked for", |response, _| {
            if let Body::Json(object) = &mut response.body {
                object.set("client_id", crate::keys::guid());
            }
        }),
    ]
}
