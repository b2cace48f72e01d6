//! Tokens: any text, and a JWT with any payload.

#![cfg_attr(not(test), no_main)]

use std::time::{Duration, UNIX_EPOCH};

use arc_token::Claims;
use arc_token::fuzzing::{assert_plain, claims};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    check(&text);
    if text.split('.').count() < 3 {
        assert_eq!(claims(&text), Claims::default());
    }

    let claims = check(&format!("e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(data)));
    let payload = serde_json::from_slice(data).unwrap_or(Value::Null);
    for (claim, name) in [(&claims.tenant_id, "tid"), (&claims.client_id, "appid"), (&claims.object_id, "oid")] {
        assert!(claim.is_none() || payload[name] == **claim.as_ref().expect("checked"), "{payload}");
    }
    let machine = claims.machine_resource_id.as_deref();
    assert!(machine.is_none() || payload["xms_az_rid"].as_str() == machine || payload["xms_mirid"].as_str() == machine, "{payload}");
}

fn check(token: &str) -> Claims {
    let claims = claims(token);
    let ids = [&claims.tenant_id, &claims.client_id, &claims.object_id, &claims.machine_resource_id, &claims.subscription_id];
    for id in ids.into_iter().flatten() {
        assert!(!id.is_empty());
        assert_plain(id);
    }
    let machine = claims.machine_resource_id.as_deref();
    let in_machine =
        |id: &str| machine.is_some_and(|machine| machine.to_ascii_lowercase().starts_with("/subscriptions/") && machine.contains(id));
    assert_eq!(claims.subscription_id.as_deref().is_some_and(in_machine), machine.is_some());
    // Other programs make a date of this time.
    let latest = UNIX_EPOCH + Duration::from_secs(253_402_300_799);
    assert!(claims.expires_on.is_none_or(|end| (UNIX_EPOCH..=latest).contains(&end)), "{:?}", claims.expires_on);
    claims
}
