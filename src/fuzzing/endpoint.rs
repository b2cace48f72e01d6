//! The agent's address, as a caller, a variable or a file names it.

use std::net::SocketAddr;

use reqwest::Url;

use crate::endpoint::Endpoint;
use crate::error::ErrorKind;

const PASSWORD: &str = "swordfish";

pub(super) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    check(&text);
    refused_without_password(data);
}

fn check(text: &str) {
    match Endpoint::parse(text) {
        Ok(endpoint) => {
            let url = Url::parse(endpoint.as_str()).expect("a URL");
            assert_eq!(
                (url.scheme(), url.username(), url.password(), url.query(), url.fragment()),
                ("http", "", None, None, None),
                "{text:?}"
            );
            // What is connected to is what is checked, and what the URL says.
            assert!(endpoint.address().ip().is_loopback() && endpoint.address().port() != 0, "{text:?}");
            let host = url.host_str().expect("a host").trim_matches(['[', ']']).parse().expect("an address");
            assert_eq!(SocketAddr::new(host, url.port_or_known_default().expect("a port")), endpoint.address(), "{text:?}");
            assert_eq!(Endpoint::parse(endpoint.as_str()).expect("still good").as_str(), endpoint.as_str());
            super::assert_plain(endpoint.as_str());
            let asked = endpoint.with_query([("resource", text)]);
            assert!(asked.query_pairs().eq([("resource".into(), text.into())]), "{asked}");
        }
        Err(error @ ErrorKind::EndpointRefused { .. }) => super::assert_plain(&error.to_string()),
        Err(other) => panic!("{other:?}"),
    }
}

/// Puts a password somewhere into the text; where that makes it the URL's password, nobody may see it.
fn refused_without_password(data: &[u8]) {
    let (place, text) = super::choice(data);
    let text = String::from_utf8_lossy(text);
    let place = text.char_indices().map(|(at, _)| at).nth(usize::from(place)).unwrap_or(text.len());
    let (before, after) = text.split_at(place);
    if before.contains(PASSWORD) || after.contains(PASSWORD) {
        return;
    }
    let text = format!("{before}{PASSWORD}{after}");
    let has_password = Url::parse(&text).is_ok_and(|url| url.password().is_some_and(|password| password.contains(PASSWORD)));
    if has_password && let Err(error) = Endpoint::parse(&text) {
        assert!(!error.to_string().contains(PASSWORD), "{error}");
    }
}
