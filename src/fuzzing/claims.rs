//! Tokens: any text, and a JWT with any payload.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::claims::Claims;

pub(super) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    check(&text);
    if text.split('.').count() < 3 {
        assert_eq!(claims_of(&text), Claims::default());
    }

    let claims = check(&format!("e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(data)));
    let said = serde_json::from_slice(data).unwrap_or(Value::Null);
    for (claim, name) in [(&claims.tenant_id, "tid"), (&claims.client_id, "appid"), (&claims.object_id, "oid")] {
        assert!(claim.is_none() || said[name] == **claim.as_ref().expect("checked"), "{said}");
    }
    let machine = claims.machine_resource_id.as_deref();
    assert!(machine.is_none() || said["xms_az_rid"].as_str() == machine || said["xms_mirid"].as_str() == machine, "{said}");
}

fn claims_of(token: &str) -> Claims {
    Claims::of(token, &|_| false).expect("nothing is secret")
}

fn check(token: &str) -> Claims {
    let claims = claims_of(token);
    let ids = [&claims.tenant_id, &claims.client_id, &claims.object_id, &claims.machine_resource_id, &claims.subscription_id];
    for id in ids.into_iter().flatten() {
        assert!(!id.is_empty());
        super::assert_plain(id);
    }
    let machine = claims.machine_resource_id.as_deref();
    let in_machine =
        |id: &str| machine.is_some_and(|machine| machine.to_ascii_lowercase().starts_with("/subscriptions/") && machine.contains(id));
    assert_eq!(claims.subscription_id.as_deref().is_some_and(in_machine), machine.is_some());
    // Other programs make dates of it.
    assert!(claims.expires_on.is_none_or(|end| (0..=253_402_300_799).contains(&end)), "{:?}", claims.expires_on);
    claims
}
