//! The agent's answers, as documented and as strangers may write them.

use proptest::prelude::*;

use super::*;

const NOW: i64 = 1_800_000_000;

fn body(text: &str) -> Body {
    Body::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn expiry(members: &str) -> Option<i64> {
    body(&format!("{{{members}}}")).expires_on(NOW)
}

#[test]
fn an_old_agents_answer_is_read() {
    let text = r#"{"access_token":"a.b.c","refresh_token":"","expires_in":"85458","expires_on":"1800085458",
        "not_before":"1799999300","resource":"","token_type":"Bearer"}"#;
    let mut read = body(text);
    assert_eq!(read.expires_on(NOW), Some(NOW + 85458));
    assert_eq!(read.take_token().unwrap().expose_text(), "a.b.c");
}

#[test]
fn a_newer_agents_answer_is_read() {
    let text = "\u{feff}{\"token_type\":\"Bearer\",\"expires_in\":\"85770\",\"expires_on\":\"1800085770\",\"ext_expires_in\":86399,\"access_token\":\"t\",\"resource\":\"https://x\"}";
    assert_eq!(body(text).expires_on(NOW), Some(NOW + 85770));
}

#[test]
fn an_error_is_read_in_every_form() {
    for (text, code, description) in [
        (r#"{"error":"e","error_description":"d"}"#, "e", "d"),
        (r#"{"error":{"code":"c","message":"m","details":[{"code":"x"}]}}"#, "c", "m"),
        (r#"{"error":{"code":{"code":"c"}},"error_description":5}"#, "", ""),
        (r#"{"error":{"code":"c"},"error_description":"d","message":"m"}"#, "c", "d"),
        (r#"{"message":"m","correlationId":"i"}"#, "", "m"),
        (r#"{"error":"e","message":"m"}"#, "e", "m"),
        (r#"{"code":"c","message":"m"}"#, "c", "m"),
        (r#"{"error":{"message":"","code":""},"message":"m"}"#, "", "m"),
    ] {
        let words = body(text).agent_words();
        assert_eq!((words.code.as_str(), words.description.as_str()), (code, description), "{text}");
    }
    assert!(Body::parse(br#"{"error":{"code":"c","code":"d"}}"#).is_err());
}

#[test]
fn what_support_asks_for_is_read_beside_the_error_in_it_and_in_its_text() {
    for text in [
        r#"{"error":"e","error_description":"d","trace_id":"t","correlation_id":"c","timestamp":"2026-11-29 12:00:00Z"}"#,
        r#"{"error":{"code":"c","traceId":"t","correlationId":"c","timestamp":"2026-11-29 12:00:00Z"}}"#,
        r#"{"message":"m","traceId":"t","correlationId":"c","timestamp":"2026-11-29 12:00:00Z"}"#,
    ] {
        let words = body(text).agent_words();
        assert_eq!((words.trace_id.as_str(), words.correlation_id.as_str(), words.timestamp.as_str()), ("t", "c", "2026-11-29 12:00:00Z"));
    }
    let long = format!(r#"{{"error_description":"{} Correlation ID: 0a11ce00-c044-4000-8000-000000000002"}}"#, "x".repeat(1000));
    assert_eq!(body(&long).agent_words().correlation_id, "0a11ce00-c044-4000-8000-000000000002");
}

#[test]
fn tokens_that_cannot_be_tokens_are_refused() {
    for member in [
        r#""x":1"#,
        r#""access_token":"""#,
        r#""access_token":null"#,
        r#""access_token":1"#,
        r#""access_token":["t"]"#,
        r#""access_token":"a b""#,
        r#""access_token":"a\u0000b""#,
        r#""access_token":"a\r\nb""#,
        r#""access_token":"tök""#,
    ] {
        let result = body(&format!("{{{member}}}")).take_token();
        assert!(matches!(result, Err(ErrorKind::BadResponse { .. })), "{member}");
    }
}

#[test]
fn expiry_is_read_in_every_form_and_the_earlier_wins() {
    assert_eq!(expiry(r#""expires_on":1800000100"#), Some(NOW + 100));
    assert_eq!(expiry(r#""expires_on":"1800000100""#), Some(NOW + 100));
    assert_eq!(expiry(r#""expires_on":"2027-01-15T08:01:40Z""#), Some(NOW + 100));
    assert_eq!(expiry(r#""expires_on":"2027-01-15T10:01:40+02:00""#), Some(NOW + 100));
    assert_eq!(expiry(r#""expires_on":"2027-01-15T08:01:40.25""#), Some(NOW + 100));
    assert_eq!(expiry(r#""expires_on":"Fri, 15 Jan 2027 08:01:40 GMT""#), Some(NOW + 100));
    assert_eq!(expiry(r#""expires_on":"1/15/2027 8:01:40 AM +00:00""#), Some(NOW + 100));
    assert_eq!(expiry(r#""expires_on":"01/15/2027 08:01:40 PM +00:00""#), Some(NOW + 100 + 12 * 3600));
    assert_eq!(expiry(r#""expires_in":100"#), Some(NOW + 100));
    assert_eq!(expiry(r#""expires_in":"100""#), Some(NOW + 100));
    assert_eq!(expiry(r#""expires_in":99.7"#), Some(NOW + 99));
    assert_eq!(expiry(r#""expires_on":1800000100,"expires_in":50"#), Some(NOW + 50));
    assert_eq!(expiry(r#""expires_on":1800000100,"expires_in":500"#), Some(NOW + 100));
}

#[test]
fn expiry_that_says_nothing_is_as_good_as_none() {
    for members in [
        r#""a":1"#,
        r#""expires_on":"soon""#,
        r#""expires_on":true,"expires_in":null"#,
        r#""expires_on":"""#,
        r#""expires_in":1e300"#,
        r#""expires_on":"99999999999999999999""#,
        r#""expires_on":253402300800"#,
        r#""expires_in":"NaN""#,
        r#""expires_on":"inf""#,
    ] {
        assert_eq!(expiry(members), None, "{members}");
    }
    assert_eq!(expiry(r#""expires_on":"soon","expires_in":5"#), Some(NOW + 5));
}

#[test]
fn a_selector_must_be_repeated() {
    let client = Identity::ClientId("ABC".into());
    let resource = Identity::ResourceId("/subscriptions/X".into());
    let confirms = |text: &str, identity: &Identity| body(text).confirms(identity).is_ok();
    assert!(confirms("{}", &Identity::SystemAssigned));
    assert!(confirms(r#"{"client_id":"abc"}"#, &client));
    assert!(confirms(r#"{"msi_res_id":"/SUBSCRIPTIONS/x"}"#, &resource));
    assert!(confirms(r#"{"mi_res_id":"/subscriptions/x"}"#, &resource));
    assert!(confirms(r#"{"msi_res_id":"/subscriptions/x","mi_res_id":"/subscriptions/X"}"#, &resource));
    assert!(confirms(r#"{"object_id":"o"}"#, &Identity::ObjectId("O".into())));
    for (text, identity) in [
        ("{}", &client),
        (r#"{"client_id":null}"#, &client),
        (r#"{"client_id":"abd"}"#, &client),
        (r#"{"client_id":["abc"]}"#, &client),
        (r#"{"object_id":"abc"}"#, &client),
        (r#"{"msi_res_id":"/subscriptions/x","mi_res_id":"/subscriptions/y"}"#, &resource),
        (r#"{"msi_res_id":"/subscriptions/y","mi_res_id":"/subscriptions/x"}"#, &resource),
    ] {
        let error = body(text).confirms(identity).expect_err(text);
        assert!(matches!(error, ErrorKind::SelectorNotHonoured { .. }));
    }
}

#[test]
fn the_agents_own_error_is_read() {
    let read = body(r#"{"error":"identity_not_found","error_description":"no\nsuch","error_codes":[404]}"#);
    assert_eq!((read.agent_words().code.as_str(), read.agent_words().description.as_str()), ("identity_not_found", "no?such"));
    assert_eq!(body(r#"{"error":{"code":1}}"#).agent_words(), AgentWords::default());
}

#[test]
fn broken_and_strange_documents_are_refused() {
    let deep = format!(r#"{{"access_token":"t","x":{}"#, "[".repeat(200_000));
    for text in
        ["", "[]", "null", "\"x\"", "{", r#"{"access_token":"t","access_token":"u"}"#, r#"{"x":{"a":1,"a":1},"access_token":"t"}"#, &deep]
    {
        assert!(Body::parse(text.as_bytes()).is_err(), "{text:.40}");
    }
    assert!(Body::parse(b"{\"access_token\":\"\xff\"}").is_err());
}

#[test]
fn a_refused_document_is_not_quoted() {
    let error = Body::parse(br#"{"access_token":"hunter2","access_token":"hunter2"}"#).err().unwrap();
    assert!(!error.contains("hunter2"), "{error}");
    let error = Body::parse(br#"["hunter2"]"#).err().unwrap();
    assert!(!error.contains("hunter2"), "{error}");
    let error = Body::parse(br#""hunter2""#).err().unwrap();
    assert!(!error.contains("hunter2"), "{error}");
}

proptest! {
    #[test]
    fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(mut read) = Body::parse(&bytes) {
            let _ = (read.take_token(), read.expires_on(NOW), read.agent_words());
        }
    }

    #[test]
    fn no_value_is_too_strange(value in "[-+0-9eE.:TZ a-z]{0,24}") {
        if let Some(time) = expiry(&format!(r#""expires_on":"{value}","expires_in":"{value}""#)) {
            prop_assert!(time <= LATEST);
        }
    }
}
