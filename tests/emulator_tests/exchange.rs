//! Tests of the two requests, key files, tokens and identities.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::client::{TOKEN_PATH, VAULT, ask, exchange, get, raw, redeem};
use crate::support::Emulator;

const CLIENT: &str = "11111111-1111-4111-8111-111111111111";
const OBJECT: &str = "22222222-2222-4222-8222-222222222222";
const IDENTITY: &str = "/subscriptions/s/resourcegroups/r/providers/Microsoft.ManagedIdentity/userAssignedIdentities/u";

fn claims(token: &Value) -> Value {
    let payload = token.as_str().and_then(|jwt| jwt.split('.').nth(1)).expect("a JWT");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64")).expect("JSON")
}

fn number(value: &Value) -> u64 {
    value.as_str().expect("a string").parse().expect("a number")
}

#[test]
fn the_challenge_is_the_agents_byte_for_byte() {
    let emulator = Emulator::start(&[]);
    let answer = ask(&emulator, "");
    let path = answer.realm();
    let date = answer.headers("Date")[0].to_owned();
    let expected = format!(
        "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Www-Authenticate: Basic realm={path}\r\nDate: {date}\r\nContent-Length: 108\r\n\r\n\
         {{\"error\":\"unauthorized_client\",\"error_description\":\"Missing Basic Authorization header\",\"error_codes\":[401]}}"
    );
    assert_eq!(String::from_utf8_lossy(&answer.bytes), expected);
}

#[test]
fn the_key_file_is_a_guid_with_base64_in_it() {
    let emulator = Emulator::start(&[]);
    let path = ask(&emulator, "").realm();
    let path = Path::new(&path);
    assert_eq!(path.parent(), Some(emulator.key_directory.as_path()));
    let name =
        path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".key")).expect("a name that ends in .key");
    let groups: Vec<usize> = name.split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12], "{name}");
    assert_eq!(&name[14..15], "4", "version 4: {name}");
    let key = fs::read_to_string(path).expect("readable");
    assert_eq!(STANDARD.decode(&key).expect("base64").len(), 64);
    assert_eq!(emulator.issued().keys, [key]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(path).expect("it is there").permissions().mode() & 0o7777, 0o640);
    }
}

#[test]
fn a_key_gives_a_token_once() {
    let emulator = Emulator::start(&[]);
    let path = ask(&emulator, "").realm();
    let key = fs::read_to_string(&path).expect("readable");
    let answer = redeem(&emulator, &key, "");
    assert_eq!(answer.status, 200);
    assert!(!Path::new(&path).exists(), "the file goes after use");
    let again = redeem(&emulator, &key, "");
    assert_ne!(again.realm(), path, "a used key gets a new challenge");
    assert_eq!(redeem(&emulator, "bm9uc2Vuc2U=", "").status, 401);
    let seen = emulator.requests();
    let keys: Vec<_> = seen.iter().map(|request| request.key.as_deref()).collect();
    assert_eq!(keys, [None, Some("good"), Some("used"), Some("unknown")]);
    let statuses: Vec<_> = seen.iter().map(|request| request.status).collect();
    assert_eq!(statuses, [401, 200, 401, 401]);
}

#[test]
fn the_answer_has_strings_for_numbers() {
    let emulator = Emulator::start(&[]);
    let answer = exchange(&emulator, "").json();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["resource"], "https://vault.azure.net");
    assert_eq!(number(&answer["expires_on"]) - number(&answer["not_before"]), 86_700);
    assert!(now.abs_diff(number(&answer["expires_on"]) - number(&answer["expires_in"])) <= 2);
    assert!(answer.get("client_id").is_none(), "only when one was asked for");
    assert_eq!(emulator.issued().tokens, [answer["access_token"].as_str().expect("a string")]);
}

#[test]
fn the_token_has_the_claims_of_a_machines() {
    let emulator = Emulator::start(&[]);
    let answer = exchange(&emulator, "").json();
    let claims = claims(&answer["access_token"]);
    assert_eq!(claims["aud"], "https://vault.azure.net");
    assert_eq!(claims["iss"], format!("https://sts.windows.net/{}/", claims["tid"].as_str().expect("a tenant")));
    assert_eq!(claims["exp"].to_string(), answer["expires_on"].as_str().expect("a string"));
    assert_eq!(claims["nbf"].to_string(), answer["not_before"].as_str().expect("a string"));
    assert_eq!(claims["sub"], claims["oid"]);
    assert!(claims["appid"].is_string() && claims["iat"].is_u64());
    let machine = claims["xms_mirid"].as_str().expect("a resource id");
    assert!(machine.contains("/providers/Microsoft.HybridCompute/machines/"), "{machine}");
    assert!(claims.get("xms_az_rid").is_none());
}

#[test]
fn tokens_are_kept_for_a_resource_until_the_cache_is_bypassed() {
    let emulator = Emulator::start(&[]);
    let token = |more| exchange(&emulator, more).json()["access_token"].clone();
    let first = token("");
    assert_eq!(token(""), first);
    let fresh = token("&bypass_cache=true");
    assert_ne!(fresh, first);
    assert_eq!(token(""), fresh, "the fresh one takes the old one's place");
    let other = get(&emulator, &format!("{TOKEN_PATH}?api-version=2019-11-01&resource=https://other.example"), &["Metadata: True"]);
    assert_eq!(other.status, 401);
    assert_eq!(emulator.count("tokens"), 2);
    emulator.reset();
    assert_ne!(token(""), fresh);
}

#[test]
fn a_user_assigned_identity_is_honoured_and_echoed() {
    let emulator = Emulator::start(&["--user-assigned", &format!("{CLIENT},{OBJECT},{IDENTITY}")]);
    for (field, value) in [("client_id", CLIENT), ("object_id", OBJECT), ("msi_res_id", IDENTITY)] {
        let answer = exchange(&emulator, &format!("&{field}={value}")).json();
        assert_eq!(answer[field], value);
        let claims = claims(&answer["access_token"]);
        assert_eq!((&claims["appid"], &claims["oid"], &claims["xms_mirid"]), (&CLIENT.into(), &OBJECT.into(), &IDENTITY.into()));
        assert!(claims["xms_az_rid"].as_str().is_some_and(|id| id.contains("Microsoft.HybridCompute")));
    }
    let ignored = exchange(&emulator, &format!("&mi_res_id={IDENTITY}")).json();
    assert!(claims(&ignored["access_token"])["appid"] != CLIENT, "mi_res_id selects nothing");
    let unknown = ask(&emulator, "&client_id=33333333-3333-4333-8333-333333333333");
    assert_eq!(unknown.status, 404);
    assert_eq!(
        unknown.body,
        "{\"error\":\"identity_not_found\",\"error_description\":\"Identity not found: error acquiring access token: \
         requested identity was not found\",\"error_codes\":[404]}"
    );
}

#[test]
fn what_is_wrong_with_a_request_is_said() {
    let emulator = Emulator::start(&[]);
    let target = format!("{TOKEN_PATH}{VAULT}");
    let without = get(&emulator, &target, &[]);
    assert_eq!((without.status, &without.json()["error_description"]), (400, &"Required metadata header not specified".into()));
    let version = get(&emulator, &format!("{TOKEN_PATH}?resource=x"), &["Metadata: true"]);
    assert_eq!(version.status, 400);
    assert_eq!(version.body, "The api-version not specified. Supported are 2021-02-01 2020-06-01 2019-11-01 2019-08-15");
    let version = get(&emulator, &format!("{TOKEN_PATH}?api-version=1999-01-01&resource=x"), &["Metadata: true"]);
    assert_eq!(version.status, 400);
    assert!(version.body.contains("1999-01-01"), "{}", version.body);
    let resource = get(&emulator, &format!("{TOKEN_PATH}?api-version=2020-06-01"), &["Metadata: true"]);
    assert_eq!((resource.status, &resource.json()["error"]), (400, &"invalid_request".into()));
    let post = raw(&emulator, format!("POST {target} HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nConnection: close\r\n\r\n").as_bytes());
    assert_eq!(post.status, 405);
    assert_eq!(emulator.count("keys"), 0);
}

#[test]
fn keys_nobody_fetches_go_away() {
    let emulator = Emulator::start(&["--key-lifetime", "0"]);
    let path = ask(&emulator, "").realm();
    let gone = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        !Path::new(&path).exists()
    });
    assert!(gone, "{path} is still there");
}

#[test]
fn nothing_is_left_at_the_end() {
    let given = tempfile::tempdir().expect("a directory");
    let emulator = Emulator::start(&["--key-directory", given.path().to_str().expect("UTF-8")]);
    let path = ask(&emulator, "").realm();
    assert!(Path::new(&path).exists());
    drop(emulator);
    assert_eq!(fs::read_dir(given.path()).expect("still there").count(), 0, "its own files go, the directory stays");
    let emulator = Emulator::start(&[]);
    let own = emulator.key_directory.clone();
    assert!(own.exists());
    ask(&emulator, "");
    drop(emulator);
    assert!(!own.exists());
}
