//! Tokens: JWTs with the claims of a real token and a random signature. Like the agent, it caches them for a day.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::identity::{Identity, TENANT, machine_resource_id};

/// `expires_on - not_before` of a real answer: one day, and five minutes for clocks that are behind.
const LIFETIME: i64 = 86_700;
const BACKDATED: i64 = 300;
/// A token with less than that is not given again.
const LEFT: i64 = 300;

#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) jwt: String,
    pub(crate) not_before: i64,
    pub(crate) expires_on: i64,
}

pub(crate) struct Tokens {
    /// From now on, in seconds. Without it as long as a real one's.
    lifetime: Option<i64>,
    cached: Mutex<HashMap<(String, Identity), Token>>,
    /// The least size of a token in bytes, for benchmarks. Real tokens have about 1,700.
    size: AtomicUsize,
}

impl Tokens {
    pub(crate) fn new(lifetime: Option<i64>) -> Self {
        Self { lifetime, cached: Mutex::default(), size: AtomicUsize::new(0) }
    }

    /// Returns the cached token, or a new one if there is none or `fresh` is set, and whether it is new.
    pub(crate) fn get(&self, resource: &str, identity: &Identity, fresh: bool) -> (Token, bool) {
        let mut cached = self.cached.lock().expect("no panic");
        let key = (resource.to_owned(), identity.clone());
        match cached.get(&key) {
            Some(token) if !fresh && token.expires_on - now() > LEFT => (token.clone(), false),
            _ => {
                let token = mint(resource, identity, self.lifetime, self.size.load(Ordering::Relaxed));
                cached.insert(key, token.clone());
                (token, true)
            }
        }
    }

    pub(crate) fn clear(&self) {
        self.set_size(0);
    }

    /// Sets the size of all new tokens.
    pub(crate) fn set_size(&self, bytes: usize) {
        self.size.store(bytes, Ordering::Relaxed);
        self.cached.lock().expect("no panic").clear();
    }
}

fn mint(resource: &str, identity: &Identity, lifetime: Option<i64>, size: usize) -> Token {
    let not_before = now() - BACKDATED;
    let expires_on = lifetime.map_or(not_before + LIFETIME, |seconds| now() + seconds);
    let mut claims = claims(resource, identity, not_before, expires_on);
    let mut jwt = jwt(&claims);
    if let Some(missing) = size.checked_sub(jwt.len()) {
        // Real tokens are long because of many groups, so groups fill this one up.
        claims["groups"] = random(missing * 9 / 16).into();
        jwt = self::jwt(&claims);
    }
    Token { jwt, not_before, expires_on }
}

fn claims(resource: &str, identity: &Identity, not_before: i64, expires_on: i64) -> Value {
    let issuer = format!("https://sts.windows.net/{TENANT}/");
    let mut claims = json!({
        "aud": resource, "iss": issuer, "iat": not_before, "nbf": not_before, "exp": expires_on,
        "aio": random(48), "appid": identity.client_id, "appidacr": "2", "idp": issuer, "idtyp": "app",
        "oid": identity.object_id, "rh": format!("1.{}.", random(32)), "sub": identity.object_id, "tid": TENANT,
        "uti": random(16), "ver": "1.0", "xms_ftd": random(40), "xms_idrel": "7 24",
        "xms_mirid": identity.resource_id, "xms_rd": random(40), "xms_tcdt": "1600000000",
    });
    if identity.user_assigned {
        claims["xms_az_rid"] = machine_resource_id().into();
    }
    claims
}

/// A JWT with these claims. Its signature is random and has the length of a real one (RS256).
pub(crate) fn jwt(claims: &Value) -> String {
    let key = random(20);
    let header = json!({"typ": "JWT", "alg": "RS256", "x5t": key, "kid": key});
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(&header), part(claims), random(256))
}

fn random(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    fastrand::fill(&mut buffer);
    URL_SAFE_NO_PAD.encode(buffer)
}

/// The current Unix time.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map(|time| time.as_secs());
    since.ok().and_then(|seconds| i64::try_from(seconds).ok()).expect("a clock after 1970")
}
