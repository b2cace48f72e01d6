//! Faults in the answer with the token: its JSON, its token, and its resource.

use serde_json::{Value, json};

use super::{Fault, When, answer};
use crate::http::{Body, Response};
use crate::json::Object;
use crate::token::{jwt, now};

/// A fault in fields of the answer.
pub(super) fn fields(name: &str, about: &str, change: impl Fn(&mut Object) + Send + Sync + 'static) -> Fault {
    answer(When::AfterChallenge, name, about, move |response, _| {
        if let Body::Json(object) = &mut response.body {
            change(object);
        }
    })
}

/// A fault in the text of the answer.
fn text(name: &str, about: &str, change: fn(String) -> Vec<u8>) -> Fault {
    answer(When::AfterChallenge, name, about, move |response, _| {
        response.body = Body::Bytes(change(String::from_utf8_lossy(&response.body()).into_owned()));
    })
}

fn token(name: &str, about: &str, value: fn(&str) -> Value) -> Fault {
    fields(name, about, move |object| {
        let value = value(object.text("access_token"));
        object.set("access_token", value);
    })
}

/// The object with one more field at its end.
fn with_field(json: &str, field: &str) -> Vec<u8> {
    format!("{},{field}}}", json.trim_end_matches('}')).into()
}

/// The object, filled up with blanks to this length in bytes.
fn padded(json: String, length: usize) -> Vec<u8> {
    let blanks = " ".repeat(length - json.len());
    format!("{{{blanks}{}", &json[1..]).into()
}

fn json_faults() -> Vec<Fault> {
    vec![
        text("json-empty", "200 and no body", |_| Vec::new()),
        text("json-truncated", "the JSON ends in the middle of the token, and the length is right for that", |json| {
            json[..json.len() / 2].into()
        }),
        text("json-array", "the object in an array", |json| format!("[{json}]").into()),
        text("json-string", "the object in a string", |json| Value::from(json).to_string().into()),
        text("json-null", "null", |_| b"null".to_vec()),
        text("json-other-object", "an object of somebody else", |_| b"{\"status\":\"ok\",\"items\":[]}".to_vec()),
        text("json-nested", "the right object one level down", |json| format!("{{\"value\":{json}}}").into()),
        text("json-deep", "200,000 arrays in each other", |_| "[".repeat(200_000).into()),
        text("json-deep-field", "the right object with one more field that is 200,000 levels deep", |json| {
            with_field(&json, &format!("\"extra\":{}{}", "[".repeat(200_000), "]".repeat(200_000)))
        }),
        text("json-many-fields", "the right object with 50,000 more fields", |json| {
            let more: Vec<String> = (0..50_000).map(|i| format!("\"f{i}\":0")).collect();
            with_field(&json, &more.join(","))
        }),
        text("json-bom", "a byte order mark before the JSON", |json| format!("\u{feff}{json}").into()),
        text("json-utf-16", "the JSON in UTF-16", |json| json.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        text("json-bad-utf-8", "a string that is not UTF-8, in a field nobody needs", |json| {
            let (start, end) = json.split_at(json.len() - 1);
            [start.as_bytes(), b",\"extra\":\"\xff\xfe\"", end.as_bytes()].concat()
        }),
        text("json-lone-surrogate", "an escape for half a character, in a field nobody needs", |json| {
            with_field(&json, "\"extra\":\"\\ud800\"")
        }),
        text("json-duplicate-token", "two different access_tokens", |json| with_field(&json, "\"access_token\":\"e30.e30.other\"")),
        text("json-duplicate-expiry", "two different values of expires_on", |json| with_field(&json, "\"expires_on\":\"1\"")),
        text("json-trailing", "the right object and something after it", |json| format!("{json}{json}").into()),
        text("json-blanks", "blanks and line ends around the right object", |json| format!(" \r\n\t{json}\r\n \n").into()),
        text("json-comment", "a comment before the right object", |json| format!("// token\n{json}").into()),
        text("json-1-mib", "the right object with blanks in it, 1 MiB in all", |json| padded(json, 1 << 20)),
        text("json-over-1-mib", "the same with one byte more", |json| padded(json, (1 << 20) + 1)),
        answer(When::AfterChallenge, "json-as-text", "the right object as text/plain", |response, _| {
            response.set("Content-Type", "text/plain")
        }),
        answer(When::AfterChallenge, "json-without-type", "the right object without a Content-Type", |response, _| {
            response.remove("Content-Type")
        }),
    ]
}

fn token_faults() -> Vec<Fault> {
    vec![
        fields("token-missing", "no access_token", |object| object.remove("access_token")),
        token("token-null", "access_token is null", |_| Value::Null),
        token("token-number", "access_token is a number", |_| 17.into()),
        token("token-object", "access_token is an object", |token| json!({ "value": token })),
        token("token-empty", "access_token is empty", |_| "".into()),
        token("token-blank", "access_token is a blank", |_| " ".into()),
        token("token-with-nul", "a NUL within the token", |token| token.replacen('.', ".\0", 1).into()),
        token("token-with-crlf", "CR, LF and a header within the token", |token| token.replacen('.', ".\r\nX-Injected: yes\r\n", 1).into()),
        token("token-with-newline", "a line feed after the token", |token| format!("{token}\n").into()),
        token("token-non-ascii", "a letter that is not ASCII within the token", |token| token.replacen('.', ".\u{e9}", 1).into()),
        token("token-1-mib", "a token of 1 MiB; the body is longer", |_| "x".repeat(1 << 20).into()),
        token("token-512-kib", "a token of 512 KiB", |_| "x".repeat(512 << 10).into()),
        token("token-opaque", "a token that is no JWT", |_| format!("opaque-{}", crate::keys::guid()).into()),
        token("token-two-parts", "a JWT without its signature", |token| token.rsplit_once('.').map_or("", |(rest, _)| rest).into()),
        token("token-bad-payload", "a JWT whose payload is not base64", |_| format!("e30.!!!!.{}", crate::keys::guid()).into()),
        token("token-payload-array", "a JWT whose payload is an array", |_| jwt(&json!([1, 2, 3])).into()),
        token("token-payload-deep", "a JWT whose payload is 50,000 levels deep", |_| {
            use base64::Engine as _;
            let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode("[".repeat(50_000));
            format!("e30.{payload}.{}", crate::keys::guid()).into()
        }),
        token("token-odd-claims", "a JWT whose claims are of other types", |_| {
            jwt(&json!({ "tid": 1, "appid": [], "oid": null, "xms_mirid": { "a": 1 }, "exp": "tomorrow" })).into()
        }),
        token("token-claims-escape", "a JWT whose claims hold terminal escapes and line ends", |_| {
            jwt(&json!({ "tid": "\u{1b}[31mred", "appid": "a\r\nb", "xms_mirid": "\u{7}", "exp": now() + 3600 })).into()
        }),
        fields("token-type-missing", "no token_type", |object| object.remove("token_type")),
        fields("token-type-lower-case", "token_type is bearer", |object| object.set("token_type", "bearer")),
        fields("token-type-other", "token_type is pop", |object| object.set("token_type", "pop")),
        fields("token-other-resource", "the resource in the answer is not the one asked for", |object| {
            object.set("resource", "https://other.example/")
        }),
        fields("form-of-2020", "the form of an agent of 2020: an empty resource and a refresh_token", |object| {
            object.set("resource", "");
            object.set("refresh_token", "");
        }),
        answer(
            When::AfterChallenge,
            "form-of-2026",
            "the form of an agent of 2026: ext_expires_in as a number, no not_before",
            |response, scene| {
                if let Body::Json(old) = &response.body {
                    let resource = scene.request.parameter("resource").unwrap_or_default();
                    let fields = [
                        ("token_type", "Bearer".into()),
                        ("expires_in", old.text("expires_in").into()),
                        ("expires_on", old.text("expires_on").into()),
                        ("ext_expires_in", 86_399.into()),
                        ("access_token", old.text("access_token").into()),
                        ("resource", resource.into()),
                    ];
                    *response = Response::json(200, Object::of(fields));
                }
            },
        ),
    ]
}

pub(super) fn faults() -> Vec<Fault> {
    json_faults().into_iter().chain(token_faults()).collect()
}
