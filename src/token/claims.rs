//! `Claims`: the content of a token, for convenience. Nothing is verified here: the service does that.

use std::time::SystemTime;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::claims_reader::read;
use crate::text::time::system_time;

/// The claims of a token that is a JWT. All are absent for other tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// `tid`: the tenant.
    pub tenant_id: Option<String>,
    /// `appid`: the identity's client id.
    pub client_id: Option<String>,
    /// `oid`: the identity's object id.
    pub object_id: Option<String>,
    /// The Azure Arc machine's resource id: `xms_az_rid`, or the `xms_mirid` of a system-assigned identity.
    pub machine_resource_id: Option<String>,
    /// The subscription in that resource id.
    pub subscription_id: Option<String>,
    /// `exp`: the end of the token.
    pub expires_on: Option<SystemTime>,
    /// `nbf`: the beginning, in Unix seconds.
    pub(crate) not_before: Option<i64>,
}

/// The end of the year 9999. Later times are nonsense, and other programs fail on them.
pub(crate) const LATEST: i64 = 253_402_300_799;

/// Base64 as in a JWT, which has no padding. Padding does no harm.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&URL_SAFE, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

impl Claims {
    /// Reads the claims. `None` when any text in any claim is a secret: callers may decode the token, and show all claims.
    pub(crate) fn of(token: &str, is_secret: &dyn Fn(&str) -> bool) -> Option<Self> {
        let Some(payload) = payload(token) else { return Some(Self::default()) };
        match read(&payload, is_secret) {
            Ok(read) => (!read.has_secret).then(|| {
                let machine = [read.resource, read.managed_identity].into_iter().flatten().find(|id| is_machine(id));
                Self {
                    tenant_id: read.tenant,
                    client_id: read.client,
                    object_id: read.object,
                    subscription_id: machine.as_deref().and_then(subscription_of).map(str::to_owned),
                    machine_resource_id: machine,
                    expires_on: read.end.filter(|end| (0..=LATEST).contains(end)).map(system_time),
                    not_before: read.begin.filter(|begin| (0..=LATEST).contains(begin)),
                }
            }),
            // Another JSON reader may accept this document, so it is searched for secrets as text.
            Err(_) => (!is_secret(&String::from_utf8_lossy(&payload))).then(Self::default),
        }
    }
}

/// The decoded part of a JWT that holds the claims.
fn payload(token: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    BASE64.decode(payload).ok().map(Zeroizing::new)
}

/// True for `/subscriptions/<id>/resourcegroups/<name>/providers/Microsoft.HybridCompute/machines/<name>`, in any letter case.
fn is_machine(id: &str) -> bool {
    const PROVIDER: [&str; 3] = ["providers", "microsoft.hybridcompute", "machines"];
    let parts: Vec<&str> = id.split('/').skip(1).collect();
    let is_provider = |four: &[&str]| four.iter().zip(PROVIDER).all(|(part, wanted)| part.eq_ignore_ascii_case(wanted));
    subscription_of(id).is_some() && parts.windows(PROVIDER.len() + 1).any(is_provider)
}

fn subscription_of(id: &str) -> Option<&str> {
    let mut parts = id.split('/');
    let (root, collection, subscription) = (parts.next()?, parts.next()?, parts.next()?);
    (root.is_empty() && collection.eq_ignore_ascii_case("subscriptions") && !subscription.is_empty()).then_some(subscription)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims_of(token: &str) -> Claims {
        Claims::of(token, &|_| false).expect("nothing is secret")
    }
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    fn jwt(payload: &str) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(payload))
    }

    const MACHINE: &str = "/subscriptions/S/resourcegroups/g/providers/Microsoft.HybridCompute/machines/m";

    #[test]
    fn a_system_assigned_identitys_claims_are_read() {
        let claims = claims_of(&jwt(&format!(r#"{{"tid":"T","appid":"A","oid":"O","xms_mirid":"{MACHINE}","exp":5,"nbf":3}}"#)));
        let text = |t: &str| Some(t.to_owned());
        let expected = Claims {
            tenant_id: text("T"),
            client_id: text("A"),
            object_id: text("O"),
            machine_resource_id: text(MACHINE),
            subscription_id: text("S"),
            expires_on: Some(system_time(5)),
            not_before: Some(3),
        };
        assert_eq!(claims, expected);
    }

    #[test]
    fn a_user_assigned_identitys_machine_is_elsewhere() {
        let identity = "/subscriptions/other/resourcegroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i";
        let claims = claims_of(&jwt(&format!(r#"{{"xms_mirid":"{identity}","xms_az_rid":"{MACHINE}"}}"#)));
        assert_eq!((claims.machine_resource_id.as_deref(), claims.subscription_id.as_deref()), (Some(MACHINE), Some("S")));
        assert_eq!(claims_of(&jwt(&format!(r#"{{"xms_mirid":"{identity}"}}"#))), Claims::default());
    }

    #[test]
    fn what_is_no_jwt_or_no_text_is_absent() {
        for token in ["", "opaque", "a.b", "a.!.c", &jwt("[]"), &jwt("{"), &jwt(r#"{"tid":5,"appid":"","oid":"ab","exp":"x"}"#)] {
            assert_eq!(claims_of(token), Claims::default(), "{token}");
        }
    }

    #[test]
    fn a_time_that_no_date_can_tell_is_absent() {
        for (exp, end) in
            [("1.9e9", Some(1_900_000_000)), ("253402300799", Some(LATEST)), ("253402300800", None), ("1e300", None), ("-1", None)]
        {
            assert_eq!(claims_of(&jwt(&format!(r#"{{"exp":{exp}}}"#))).expires_on, end.map(system_time), "{exp}");
        }
    }

    proptest! {
        #[test]
        fn no_token_is_too_strange(token in "[a-zA-Z0-9_.=-]{0,80}", payload in "\\PC{0,60}") {
            let _ = (claims_of(&token), claims_of(&jwt(&payload)));
        }
    }

    #[test]
    fn a_secret_anywhere_in_them_is_found() {
        let is_secret = |text: &str| text.contains("swordfish");
        for payload in
            [r#"{"x":["a",{"b":"\u0073wordfish"}]}"#, r#"{"swordfish":1}"#, r#"{"x":{"a swordfish":1}}"#, "swordfish, and no JSON"]
        {
            assert_eq!(Claims::of(&jwt(payload), &is_secret), None, "{payload}");
            assert_eq!(Claims::of(&format!("{}==", jwt(payload)).replacen(".c", "==.c", 1), &is_secret), None, "padded");
            assert!(Claims::of(&jwt(payload), &|_| false).is_some());
        }
    }
}
