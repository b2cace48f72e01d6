//! The agent's answer with a token or an error, compared with the values that an ordinary JSON parser reads.

#![cfg_attr(not(test), no_main)]

use arc_token::ErrorKind;
use arc_token::fuzzing::{Body, assert_plain, is_json, without_bom};
use serde_json::Value;

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

/// The end of the year 9999.
const LATEST: i64 = 253_402_300_799;

pub(crate) fn run(data: &[u8]) {
    let parsed = Body::parse(data);
    let object = serde_json::from_slice::<Value>(without_bom(data)).ok().filter(Value::is_object);
    assert_eq!(parsed.is_ok(), object.is_some() && is_json(data));
    let (mut body, json) = match (parsed, object) {
        (Ok(body), Some(json)) => (body, json),
        (Err(what), _) => return assert_plain(&what),
        (Ok(_), None) => unreachable!(),
    };

    let words = body.agent_words();
    // Azure Resource Manager puts all into an object.
    let (error, beside) = (&json["error"], &json);
    let descriptions = ["error_description", "message", "Message"];
    let is_text = |names: &[&str]| names.iter().any(|name| error[*name].is_string() || beside[*name].is_string());
    for (text, has_source) in [
        (&words.code, error.is_string() || is_text(&["code"])),
        (&words.description, is_text(&descriptions)),
        (&words.trace_id, is_text(&["trace_id", "traceId"]) || is_text(&descriptions)),
        (&words.correlation_id, is_text(&["correlation_id", "correlationId"]) || is_text(&descriptions)),
        (&words.timestamp, is_text(&["timestamp"]) || is_text(&descriptions)),
    ] {
        assert_plain(text);
        assert!(text.chars().count() <= 4001 && (text.is_empty() || has_source), "{json}");
    }

    for now in [0, 1_800_000_000, i64::MAX] {
        if let Some(end) = body.expires_on(now) {
            assert!(end <= LATEST, "{end}");
            assert!(!json["expires_on"].is_null() || !json["expires_in"].is_null());
        }
    }

    for (wanted, names) in [("client_id", &["client_id"][..]), ("object_id", &["object_id"]), ("msi_res_id", &["msi_res_id", "mi_res_id"])]
    {
        let echoes: Vec<_> = names.iter().map(|name| &json[*name]).filter(|echo| !echo.is_null()).collect();
        let honoured = !echoes.is_empty() && echoes.iter().all(|echo| echo.as_str().is_some_and(|id| id.eq_ignore_ascii_case("an id")));
        match body.confirms(Some((wanted, "an id"))) {
            Ok(()) => assert!(honoured, "{json}"),
            Err(error) => {
                assert!(!honoured, "{json}");
                assert_plain(&error.to_string());
            }
        }
    }
    assert!(body.confirms(None).is_ok());

    assert_eq!(body.has_token(), json.get("access_token").is_some());
    match body.take_token() {
        Ok(token) => {
            assert!(!token.expose().is_empty() && token.expose().iter().all(|byte| (0x21..0x7f).contains(byte)));
            assert_eq!(json["access_token"], token.expose_text());
        }
        Err(ErrorKind::BadResponse { what }) => assert_plain(&what),
        Err(other) => panic!("{other:?}"),
    }
}
