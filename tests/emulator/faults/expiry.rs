//! Faults in the expiry: `expires_on` and `expires_in` in every form, right and wrong.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::token_answer::fields;
use super::{Fault, When, answer};
use crate::http::Body;
use crate::json::Object;
use crate::token::{jwt, now};

/// A fault with only `expires_on`, with this value.
fn on(name: &str, about: &str, value: fn() -> Value) -> Fault {
    fields(name, about, move |object| {
        object.remove("expires_in");
        object.set("expires_on", value());
    })
}

/// A fault with only `expires_in`, with this value.
fn within(name: &str, about: &str, value: fn() -> Value) -> Fault {
    fields(name, about, move |object| {
        object.remove("expires_on");
        object.set("expires_in", value());
    })
}

fn both(name: &str, about: &str, on: fn() -> Value, within: fn() -> Value) -> Fault {
    fields(name, about, move |object| {
        object.set("expires_on", on());
        object.set("expires_in", within());
    })
}

fn without(object: &mut Object) {
    object.remove("expires_on");
    object.remove("expires_in");
}

pub(super) fn faults() -> Vec<Fault> {
    vec![
        on("expires-on-string", "only expires_on, as a string", || (now() + 3600).to_string().into()),
        on("expires-on-number", "only expires_on, as a number", || (now() + 3600).into()),
        on("expires-on-fraction", "only expires_on, as a number with a fraction", || json!((now() + 3600) as f64 + 0.5)),
        on("expires-on-fraction-string", "only expires_on, as a string with a fraction", || format!("{}.5", now() + 3600).into()),
        on("expires-on-exponent", "only expires_on, as 1e30", || json!(1e30)),
        on("expires-on-padded", "only expires_on, as a string with blanks around the number", || format!(" {} ", now() + 3600).into()),
        on("expires-on-signed", "only expires_on, as a string with a plus", || format!("+{}", now() + 3600).into()),
        on("expires-on-iso", "only expires_on, as an ISO 8601 date", || "2100-01-01T00:00:00Z".into()),
        on("expires-on-http-date", "only expires_on, as a date of HTTP", || {
            httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3600)).into()
        }),
        on("expires-on-us-date", "only expires_on, as App Service once wrote it", || "1/2/2100 3:04:05 PM +00:00".into()),
        on("expires-on-words", "only expires_on, as a word", || "tomorrow".into()),
        on("expires-on-empty", "only expires_on, empty", || "".into()),
        on("expires-on-null", "only expires_on, null", || Value::Null),
        on("expires-on-true", "only expires_on, true", || true.into()),
        on("expires-on-zero", "only expires_on, 0", || "0".into()),
        on("expires-on-negative", "only expires_on, -1", || "-1".into()),
        on("expires-on-past", "only expires_on, an hour ago", || (now() - 3600).to_string().into()),
        on("expires-on-now", "only expires_on, this second", || now().to_string().into()),
        on("expires-on-milliseconds", "only expires_on, in milliseconds", || ((now() + 3600) * 1000).to_string().into()),
        on("expires-on-absurd", "only expires_on, the largest 64-bit number", || i64::MAX.to_string().into()),
        on("expires-on-overflow", "only expires_on, a number of 40 digits", || "9".repeat(40).into()),
        within("expires-in-string", "only expires_in, as a string", || "3600".into()),
        within("expires-in-number", "only expires_in, as a number", || 3600.into()),
        within("expires-in-zero", "only expires_in, 0", || "0".into()),
        within("expires-in-negative", "only expires_in, -1", || "-1".into()),
        within("expires-in-absurd", "only expires_in, the largest 64-bit number", || i64::MAX.to_string().into()),
        within("expires-in-words", "only expires_in, as a word", || "soon".into()),
        both("expires-earlier-on", "expires_on is earlier than expires_in says", || (now() + 1800).to_string().into(), || "86400".into()),
        both("expires-earlier-in", "expires_in is earlier than expires_on says", || (now() + 86400).to_string().into(), || "1800".into()),
        both("expires-one-good", "expires_on is a word, expires_in is right", || "tomorrow".into(), || "3600".into()),
        both("expires-soon", "the token lives one minute more", || (now() + 60).to_string().into(), || "60".into()),
        fields("expiry-absent", "neither field; the JWT has exp", without),
        fields("expiry-absent-everywhere", "neither field, and the JWT has no exp", |object| {
            without(object);
            object.set("access_token", jwt(&json!({ "aud": "https://vault.azure.net" })));
        }),
        fields("expiry-absent-opaque", "neither field, and the token is no JWT", |object| {
            without(object);
            object.set("access_token", "opaque-token");
        }),
        answer(
            When::AfterChallenge,
            "agent-clock-behind",
            "the agent's clock is two days behind: Date and the expiry are in the past",
            |response, _| {
                let two_days = 2 * 24 * 3600;
                response.set("Date", &httpdate::fmt_http_date(SystemTime::now() - Duration::from_secs(two_days)));
                if let Body::Json(object) = &mut response.body {
                    object.remove("expires_in");
                    object.set("expires_on", (now() - 24 * 3600).to_string());
                }
            },
        ),
    ]
}
