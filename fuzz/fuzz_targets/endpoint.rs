//! The agent's address, as text from a caller, a variable or a file.

#![cfg_attr(not(test), no_main)]

use std::net::SocketAddr;

use arc_token::ErrorKind;
use arc_token::fuzzing::{Url, assert_plain, choice, endpoint, with_query};

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

const PASSWORD: &str = "swordfish";

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    check(&text);
    refused_without_password(data);
}

fn check(text: &str) {
    match endpoint(text) {
        Ok((endpoint, address)) => accepted(text, &endpoint, address),
        Err(error @ ErrorKind::EndpointRefused { .. }) => assert_plain(&error.to_string()),
        Err(other) => panic!("{other:?}"),
    }
}

fn accepted(text: &str, found: &str, address: SocketAddr) {
    let url = Url::parse(found).expect("a URL");
    assert_eq!((url.scheme(), url.username(), url.password(), url.query(), url.fragment()), ("http", "", None, None, None), "{text:?}");
    // The address that is connected to is the checked one, and the one in the URL.
    assert!(address.ip().is_loopback() && address.port() != 0, "{text:?}");
    let host = url.host_str().expect("a host").trim_matches(['[', ']']).parse().expect("an address");
    assert_eq!(SocketAddr::new(host, url.port_or_known_default().expect("a port")), address, "{text:?}");
    assert_eq!(endpoint(found).expect("still good"), (found.to_owned(), address));
    assert_plain(found);
    let url = with_query(found, "resource", text).expect("still good");
    assert!(url.query_pairs().eq([("resource".into(), text.into())]), "{url}");
}

/// Puts a password somewhere into the text. If it becomes the URL's password, no error may show it.
fn refused_without_password(data: &[u8]) {
    let (place, text) = choice(data);
    let text = String::from_utf8_lossy(text);
    let place = text.char_indices().map(|(at, _)| at).nth(usize::from(place)).unwrap_or(text.len());
    let (before, after) = text.split_at(place);
    if before.contains(PASSWORD) || after.contains(PASSWORD) {
        return;
    }
    let text = format!("{before}{PASSWORD}{after}");
    let has_password = Url::parse(&text).is_ok_and(|url| url.password().is_some_and(|password| password.contains(PASSWORD)));
    if has_password && let Err(error) = endpoint(&text) {
        assert!(!error.to_string().contains(PASSWORD), "{error}");
    }
}
