//! The values of a request: checked, sent as documented, and told apart in the cache.

use super::*;
use crate::request::token_request::TokenRequest;
use crate::request::wanted::Wanted;

fn request(change: impl FnOnce(&mut RequestParams)) -> Result<ValidatedRequest, ErrorKind> {
    let mut params = RequestParams {
        wanted: Wanted::Resource("https://vault.azure.net".into()),
        endpoint: Some("http://127.0.0.1:9".into()),
        ..RequestParams::default()
    };
    change(&mut params);
    ValidatedRequest::new(&params, &HostEnvironment::this(), &Log::new())
}

fn query(change: impl FnOnce(&mut RequestParams)) -> String {
    request(change).unwrap().url().query().unwrap().to_owned()
}

#[test]
fn the_query_is_the_documented_one() {
    assert_eq!(query(|_| ()), "api-version=2020-06-01&resource=https%3A%2F%2Fvault.azure.net");
    assert_eq!(query(|p| p.api_version = Some("2019-11-01".into())), "api-version=2019-11-01&resource=https%3A%2F%2Fvault.azure.net");
    assert!(query(|p| p.client_id = Some("a&b".into())).ends_with("&client_id=a%26b"));
    assert!(query(|p| p.object_id = Some("o".into())).ends_with("&object_id=o"));
    assert!(query(|p| p.identity_resource_id = Some("/subscriptions/s".into())).ends_with("&msi_res_id=%2Fsubscriptions%2Fs"));
    assert!(query(|p| p.force_refresh = true).ends_with("&bypass_cache=true"));
}

#[test]
fn another_user_has_another_key_in_the_cache() {
    let (mine, mut others) = (request(|_| ()).unwrap(), request(|_| ()).unwrap());
    assert_eq!(mine, others);
    others.user += 1;
    assert_ne!(mine, others);
}

#[test]
fn the_resource_is_sent_as_given_but_for_the_scope_suffix() {
    for (given, sent) in [
        ("https://vault.azure.net/", "https://vault.azure.net/"),
        ("https://vault.azure.net/.default", "https://vault.azure.net"),
        ("https://management.azure.com//.default", "https://management.azure.com/"),
        ("499b84ac-1321-427f-aa17-267ca6975798", "499b84ac-1321-427f-aa17-267ca6975798"),
        ("api://Ä/x", "api://Ä/x"),
    ] {
        assert_eq!(request(|p| p.wanted = Wanted::Resource(given.into())).unwrap().resource, sent);
    }
}

#[test]
fn a_variable_makes_the_policy_stricter_and_never_looser() {
    let policy = |require, allow, variable: Option<&str>| {
        let value = variable.map(str::to_owned);
        let environment = move |name: &str| value.clone().filter(|_| name == "ARC_TOKEN_REQUIRE_IDENTIFIED_AGENT");
        let host = HostEnvironment { environment: &environment, agent_program: None, service_configuration: None };
        let params = RequestParams { require_identified_agent: require, allow_unidentified_agent: allow, ..RequestParams::default() };
        super::policy(&params, &host).ok()
    };
    for variable in [None, Some(""), Some("0")] {
        assert_eq!(policy(false, false, variable), Some(PeerPolicy::Usual));
        assert_eq!(policy(false, true, variable), Some(PeerPolicy::AllowUnidentified));
    }
    assert_eq!(policy(false, false, Some("1")), Some(PeerPolicy::RequireIdentified));
    assert_eq!(policy(false, true, Some("1")), Some(PeerPolicy::RequireIdentified));
    assert_eq!(policy(true, false, None), Some(PeerPolicy::RequireIdentified));
    assert_eq!(policy(true, true, None), None);
}

#[test]
fn a_request_with_variables_of_its_own_uses_none_of_the_process() {
    let params = |change: fn(TokenRequest) -> TokenRequest| change(TokenRequest::new("x")).params().clone();
    let inherited = params(|request| request);
    assert!(inherited.variable("PATH").is_some(), "every process has this one");
    let own = params(|request| request.variable("IDENTITY_ENDPOINT", "http://127.0.0.1:7").variable("IMDS_ENDPOINT", ""));
    assert_eq!(own.variable("IDENTITY_ENDPOINT").as_deref(), Some("http://127.0.0.1:7"));
    assert_eq!((own.variable("IMDS_ENDPOINT").as_deref(), own.variable("PATH")), (Some(""), None));
    let secret = params(|request| request.variable("IDENTITY_HEADER", "hunter2"));
    assert!(!format!("{secret:?}").contains("hunter2"), "{secret:?}");
}

#[test]
fn wrong_values_are_told_apart_and_explained() {
    let long = "x".repeat(5000);
    for (resource, part) in [
        ("", "is empty"),
        (" \t", "is empty"),
        ("a\nb", "control characters"),
        ("https://x\0", "control characters"),
        (" https://x", "blank"),
        ("/.default", "is empty"),
        ("/subscriptions/1/x", "not an audience"),
        ("/Subscriptions/1/x", "not an audience"),
        (&long, "longer than"),
    ] {
        let error = request(|p| p.wanted = Wanted::Resource(resource.into())).unwrap_err();
        assert!(error.to_string().contains(part), "{resource:?}: {error}");
        assert!(matches!(&error, ErrorKind::InvalidArgument { advice, .. } if advice.contains("audience")), "{error}");
    }
    for change in [
        |p: &mut RequestParams| p.api_version = Some(String::new()),
        |p: &mut RequestParams| p.api_version = Some("1&x=y".into()),
        |p: &mut RequestParams| p.client_id = Some(String::new()),
        |p: &mut RequestParams| (p.client_id, p.object_id) = (Some("a".into()), Some("b".into())),
        |p: &mut RequestParams| p.key_directory = Some("relative".into()),
        |p: &mut RequestParams| (p.endpoint, p.key_directory) = (None, Some("/x".into())),
    ] {
        let result = request(change);
        assert!(matches!(result, Err(ErrorKind::InvalidArgument { .. })), "{result:?}");
    }
}
