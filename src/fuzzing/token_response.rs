//! The agent's JSON, compared with what an ordinary parser reads in it.

use serde_json::Value;

use crate::error::ErrorKind;
use crate::json::{is_json, without_bom};
use crate::token_response::{Body, Identity};

/// The end of the year 9999.
const LATEST: i64 = 253_402_300_799;

pub(super) fn run(data: &[u8]) {
    let parsed = Body::parse(data);
    let object = serde_json::from_slice::<Value>(without_bom(data)).ok().filter(Value::is_object);
    assert_eq!(parsed.is_ok(), object.is_some() && is_json(data));
    let (mut body, json) = match (parsed, object) {
        (Ok(body), Some(json)) => (body, json),
        (Err(what), _) => return super::assert_plain(&what),
        (Ok(_), None) => unreachable!(),
    };

    let (code, description) = body.agent_error();
    for (said, name) in [(code, "error"), (description, "error_description")] {
        super::assert_plain(&said);
        assert!(said.chars().count() <= 401 && (said.is_empty() || json[name].is_string()));
    }

    for now in [0, 1_800_000_000, i64::MAX] {
        if let Some(end) = body.expires_on(now) {
            assert!(end <= LATEST, "{end}");
            assert!(!json["expires_on"].is_null() || !json["expires_in"].is_null());
        }
    }

    for (wanted, names) in [
        (Identity::ClientId("an id".to_owned()), &["client_id"][..]),
        (Identity::ObjectId("an id".to_owned()), &["object_id"]),
        (Identity::ResourceId("an id".to_owned()), &["msi_res_id", "mi_res_id"]),
    ] {
        let echoes: Vec<_> = names.iter().map(|name| &json[*name]).filter(|echo| !echo.is_null()).collect();
        let honoured = !echoes.is_empty() && echoes.iter().all(|echo| echo.as_str().is_some_and(|id| id.eq_ignore_ascii_case("an id")));
        match body.confirms(&wanted) {
            Ok(()) => assert!(honoured, "{json}"),
            Err(error) => {
                assert!(!honoured, "{json}");
                super::assert_plain(&error.to_string());
            }
        }
    }
    assert!(body.confirms(&Identity::SystemAssigned).is_ok());

    assert_eq!(body.has_token(), json.get("access_token").is_some());
    match body.take_token() {
        Ok(token) => {
            assert!(!token.expose().is_empty() && token.expose().iter().all(|byte| (0x21..0x7f).contains(byte)));
            assert_eq!(json["access_token"], token.expose_text());
        }
        Err(ErrorKind::BadResponse { what }) => super::assert_plain(&what),
        Err(other) => panic!("{other:?}"),
    }
}
