//! `WrittenAddress`: what an address may look like, as a rule on its text alone.
//!
//! This comes before any URL parser: what a parser makes of characters beyond ASCII or of numbers such as `0177.1` depends on its
//! version and on crates that the program chooses, and the program may have others than this library is tested with.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address of the form `http://HOST[:PORT][PATH]`, in parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WrittenAddress<'a> {
    pub(super) host: Host,
    pub(super) port: u16,
    /// Empty, or with a slash at its beginning.
    pub(super) path: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// The name `localhost`.
    Localhost,
    Ip(IpAddr),
}

impl<'a> WrittenAddress<'a> {
    /// Reads an address. The error is the rule that it breaks.
    pub(super) fn read(text: &'a str) -> Result<Self, &'static str> {
        const NO_URL: &str = "it is not a URL";
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err("it has blanks or control characters in it");
        }
        if !text.is_ascii() {
            return Err("it has characters in it that are not ASCII");
        }
        let (scheme, rest) = text.split_once("://").ok_or(NO_URL)?;
        if !scheme.eq_ignore_ascii_case("http") {
            return Err("the scheme is not http");
        }
        if rest.contains('\\') {
            return Err(NO_URL); // Parsers take it for a slash.
        }
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err("it has a user name or password in it");
        }
        if path.contains(['?', '#']) {
            return Err("it has a query or fragment in it");
        }
        let (host, port) = split_port(authority);
        let port = match port {
            None => 80,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().map_err(|_| NO_URL)?,
            Some(_) => return Err(NO_URL),
        };
        if port == 0 {
            return Err("port 0 cannot be connected to");
        }
        if host.is_empty() {
            return Err("it has no host");
        }
        let host = read_host(host).ok_or("the host is not this machine's loopback interface")?;
        Ok(Self { host, port, path })
    }
}

/// Host and port. A colon in brackets is a part of the host.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

/// `localhost`, or an address in its usual form, on the loopback interface.
fn read_host(host: &str) -> Option<Host> {
    if host.eq_ignore_ascii_case("localhost") {
        return Some(Host::Localhost);
    }
    let ip = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(inner) => IpAddr::V6(inner.parse::<Ipv6Addr>().ok()?),
        None => IpAddr::V4(host.parse::<Ipv4Addr>().ok()?),
    };
    ip.is_loopback().then_some(Host::Ip(ip))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_those_of_the_text() {
        let localhost = |port, path| Ok(WrittenAddress { host: Host::Localhost, port, path });
        assert_eq!(WrittenAddress::read("http://localhost"), localhost(80, ""));
        assert_eq!(WrittenAddress::read("HTTP://LocalHost:040342/a:b@c"), localhost(40342, "/a:b@c"));
        let ip = |text: &str, port, path| Ok(WrittenAddress { host: Host::Ip(text.parse().unwrap()), port, path });
        assert_eq!(WrittenAddress::read("http://[::1]/"), ip("::1", 80, "/"));
        assert_eq!(WrittenAddress::read("http://[0:0::1]:9/x"), ip("::1", 9, "/x"));
        assert_eq!(WrittenAddress::read("http://127.8.9.10:9"), ip("127.8.9.10", 9, ""));
    }

    /// Forms that some parser or system takes for the loopback interface, and others do not.
    #[test]
    fn what_parsers_may_read_in_two_ways_is_refused() {
        for host in [
            "0177.1",
            "127.1",
            "0x7f.0.0.1",
            "2130706433",
            "127.0.0.01",
            "127.0.0.1.",
            "%6cocalhost",
            "localhost.",
            "::1",
            "[::1",
            "::1]",
            "[127.0.0.1]",
            "[::1%25lo]",
            "[v1.x]",
            "１２７.0.0.1",
            "127。0.0.1",
            "ⓛocalhost",
        ] {
            assert!(WrittenAddress::read(&format!("http://{host}:9/")).is_err(), "{host}");
        }
        for port in ["", "+9", "65536", "9a", "９", "0", "-1"] {
            assert!(WrittenAddress::read(&format!("http://127.0.0.1:{port}/")).is_err(), "{port}");
        }
        for text in
            ["http:127.0.0.1", "http:/127.0.0.1", "http:\\\\127.0.0.1", "//127.0.0.1", "http://127.0.0.1\\x", "http:///x", "http://"]
        {
            assert!(WrittenAddress::read(text).is_err(), "{text}");
        }
    }
}
