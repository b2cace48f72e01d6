//! A caller's values, split by NUL. The URL of the request must have exactly these values.

#![cfg_attr(not(test), no_main)]

use std::net::SocketAddr;
use std::path::Path;

use arc_token::fuzzing::{Url, assert_plain, request_url};
use arc_token::{Cloud, ErrorKind, TokenRequest, audiences};

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

struct Parts<'a> {
    resource: &'a str,
    endpoint: Option<&'a str>,
    /// The value of both of the agent's environment variables.
    variable: Option<&'a str>,
    client_id: Option<&'a str>,
    object_id: Option<&'a str>,
    identity_resource_id: Option<&'a str>,
    api_version: Option<&'a str>,
    key_directory: Option<&'a str>,
    force_refresh: bool,
    /// In place of the resource.
    service: Option<&'a str>,
    environment: Option<&'a str>,
}

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.split('\0').map(|part| Some(part).filter(|part| !part.is_empty()));
    let mut part = || parts.next().flatten();
    let parts = Parts {
        resource: part().unwrap_or_default(),
        endpoint: part(),
        variable: part(),
        client_id: part(),
        object_id: part(),
        identity_resource_id: part(),
        api_version: part(),
        key_directory: part(),
        force_refresh: part().is_some(),
        service: part(),
        environment: part(),
    };
    match request_url(&parts.request(), parts.variable) {
        Ok((url, address)) => sent(&parts, &url, address),
        Err(error) => {
            let expected = matches!(
                error,
                ErrorKind::InvalidArgument { .. } | ErrorKind::EndpointRefused { .. } | ErrorKind::AgentNotInstalled { .. }
            );
            assert!(expected, "{error:?}");
            assert_plain(&error.to_string());
        }
    }
}

impl Parts<'_> {
    fn request(&self) -> TokenRequest {
        type Set = fn(TokenRequest, String) -> TokenRequest;
        let texts: [(Option<&str>, Set); 8] = [
            (self.endpoint, TokenRequest::endpoint),
            (self.client_id, TokenRequest::client_id),
            (self.object_id, TokenRequest::object_id),
            (self.identity_resource_id, TokenRequest::identity_resource_id),
            (self.api_version, TokenRequest::api_version),
            (self.key_directory, TokenRequest::key_directory),
            (self.service, TokenRequest::service),
            (self.environment, TokenRequest::environment),
        ];
        let request = TokenRequest::new(self.resource).force_refresh(self.force_refresh);
        texts.into_iter().fold(request, |request, (text, set)| match text {
            Some(text) => set(request, text.to_owned()),
            None => request,
        })
    }
}

fn sent(parts: &Parts<'_>, url: &Url, address: SocketAddr) {
    assert!(address.ip().is_loopback());
    let given = parts.resource.strip_suffix("/.default").unwrap_or(parts.resource);
    let cloud = parts.environment.map_or(Some(Cloud::AzureCloud), Cloud::named).expect("a known cloud");
    let known = parts.service.is_none()
        || audiences().any(|known| known.cloud == cloud && url.query_pairs().any(|(_, value)| value == known.resource));
    assert!(known && (parts.service.is_some() || parts.environment.is_none()), "{url}");
    let named = url.query_pairs().nth(1).map(|(_, value)| value.into_owned()).unwrap_or_default();
    let audience = if parts.service.is_some() { named.as_str() } else { given };
    let mut expected = vec![("api-version", parts.api_version.unwrap_or("2020-06-01")), ("resource", audience)];
    let ids = [("client_id", parts.client_id), ("object_id", parts.object_id), ("msi_res_id", parts.identity_resource_id)];
    expected.extend(ids.into_iter().filter_map(|(name, id)| Some((name, id?))));
    expected.extend(parts.force_refresh.then_some(("bypass_cache", "true")));
    assert!(expected.len() <= 4, "more than one identity");
    let got: Vec<_> = url.query_pairs().into_owned().collect();
    let got: Vec<_> = got.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(got, expected, "{url}");
    assert!(got.iter().all(|(_, value)| !value.is_empty() && !value.contains(char::is_control)));
    assert!(parts.key_directory.is_none_or(|path| Path::new(path).is_absolute() && parts.endpoint.is_some()));
}
