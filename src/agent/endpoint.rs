//! `Endpoint`: an address where the agent may be. Only plain HTTP on this machine's loopback interface is accepted.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;

use super::source::Source;
use super::written_address::{Host, WrittenAddress};
use crate::error::ErrorKind;
use crate::text::plain::shown;

/// The port that every agent has.
pub(crate) const USUAL_PORT: u16 = 40342;
/// The path that the agent serves tokens at.
const TOKEN_PATH: &str = "/metadata/identity/oauth2/token";

/// An address that passed the rules.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Endpoint {
    /// Shared, because requests, results, errors and the cache all keep it.
    url: Arc<Url>,
    address: SocketAddr,
}

impl Endpoint {
    /// The agent's documented address. Not `localhost`, which may mean `::1`: agents before 1.38 do not listen there.
    pub(crate) fn usual() -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, USUAL_PORT));
        Self::at(address, TOKEN_PATH).expect("a socket address makes a URL")
    }

    /// Checks an address of the caller's before a byte is sent. The URL parser gets only what this wrote.
    pub(crate) fn parse(text: &str) -> Result<Self, ErrorKind> {
        Self::read(text, Source::Caller).map(|(endpoint, _)| endpoint)
    }

    fn read(text: &str, source: Source) -> Result<(Self, Host), ErrorKind> {
        let refused = |reason| refused(text, source, reason);
        let WrittenAddress { host, port, path } = WrittenAddress::read(text).map_err(refused)?;
        let ip = match host {
            Host::Localhost => IpAddr::V4(Ipv4Addr::LOCALHOST),
            Host::Ip(ip) => ip,
        };
        let address = SocketAddr::new(ip, port);
        let mut endpoint = Self::at(address, path).ok_or_else(|| refused("it is not a URL"))?;
        if endpoint.url.path() == "/" {
            // An address without a path means the agent's usual path.
            endpoint = Self::at(address, TOKEN_PATH).ok_or_else(|| refused("it is not a URL"))?;
        }
        Ok((endpoint, host))
    }

    /// `None` if the URL parser takes the path for more than a path.
    fn at(address: SocketAddr, path: &str) -> Option<Self> {
        let url = Url::parse(&format!("http://{address}{path}")).ok()?;
        let host = url.host_str()?.trim_matches(['[', ']']).parse::<IpAddr>().ok()?;
        let is_it = SocketAddr::new(host, url.port_or_known_default()?) == address && url.query().is_none() && url.fragment().is_none();
        is_it.then(|| Self { url: Arc::new(url), address })
    }

    /// The same for an address that a variable or a file names, as `source` says: only the agent's own path is allowed there, or none.
    /// Otherwise a forward or a proxy on this machine, which root runs, would be asked at any address of its own.
    pub(crate) fn parse_found(text: &str, source: Source) -> Result<Self, ErrorKind> {
        let (endpoint, _) = Self::read(text, source)?;
        if endpoint.url.path() == TOKEN_PATH {
            return Ok(endpoint);
        }
        Err(refused(text, source, "its path is not the agent's (/metadata/identity/oauth2/token)"))
    }

    /// All addresses that another program may connect to for `text`, which a variable names, under the same rules.
    ///
    /// This library takes `localhost` for 127.0.0.1 alone. Other programs may try `::1` first.
    #[cfg(any(test, feature = "c-api"))]
    pub(crate) fn parse_for_others(text: &str) -> Result<Vec<Self>, ErrorKind> {
        use std::net::Ipv6Addr;

        let first = Self::parse_found(text, Source::Environment)?;
        let is_name = Self::read(text, Source::Environment)?.1 == Host::Localhost;
        let second = SocketAddr::from((Ipv6Addr::LOCALHOST, first.address.port()));
        let second = if is_name { Self::at(second, first.url.path()) } else { None };
        Ok(std::iter::once(first).chain(second).collect())
    }

    /// The address as a URL, to be shown.
    pub(crate) fn url(&self) -> &Arc<Url> {
        &self.url
    }

    /// Host and port.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as text.
    pub(crate) fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The URL of another path at the same host and port, with a query.
    pub(crate) fn beside<'a>(&self, path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Url {
        let mut url = Url::clone(&self.url);
        url.set_path(path);
        url.query_pairs_mut().extend_pairs(pairs);
        url
    }

    /// This address with a query.
    pub(crate) fn with_query<'a>(&self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Url {
        let mut url = Url::clone(&self.url);
        url.query_pairs_mut().extend_pairs(pairs);
        url
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

fn refused(text: &str, source: Source, reason: &'static str) -> ErrorKind {
    ErrorKind::EndpointRefused { endpoint: without_credentials(text), named_by: source.text(), reason, advice: source.advice() }
}

/// `text` without user name and password: of the text before the last '@', only the scheme is shown.
///
/// URL parsers accept `http:user:password@host`, so this does not look for slashes. `shown` comes after it, because `shown` may cut
/// off the '@'.
fn without_credentials(text: &str) -> String {
    let Some(at) = text.rfind('@') else { return shown(text) };
    let scheme = ["http:", "https:"].into_iter().find(|scheme| text.get(..scheme.len()).is_some_and(|s| s.eq_ignore_ascii_case(scheme)));
    let slashes = if scheme.is_some() { "//" } else { "" };
    shown(&format!("{}{slashes}[redacted]{}", scheme.unwrap_or_default(), &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(text: &str) -> String {
        Endpoint::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).to_string()
    }

    #[test]
    fn loopback_addresses_are_accepted() {
        assert_eq!(accepted("http://127.0.0.1:40342/metadata/identity/oauth2/token"), Endpoint::usual().to_string());
        assert_eq!(accepted("http://localhost:40342/metadata/identity/oauth2/token"), Endpoint::usual().to_string());
        assert_eq!(accepted("HTTP://LOCALHOST:40342"), Endpoint::usual().to_string());
        assert_eq!(accepted("http://127.0.0.1:40342/.."), Endpoint::usual().to_string());
        assert_eq!(accepted("http://[::1]:9/x"), "http://[::1]:9/x");
        assert_eq!(accepted("http://127.8.9.10:9/x"), "http://127.8.9.10:9/x");
        assert_eq!(Endpoint::parse("http://localhost/x").unwrap().address().port(), 80);
    }

    #[test]
    fn others_may_take_localhost_for_two_addresses() {
        let all = |text: &str| Endpoint::parse_for_others(text).map(|all| all.iter().map(Endpoint::to_string).collect::<Vec<_>>());
        let both = [format!("http://127.0.0.1:9{TOKEN_PATH}"), format!("http://[::1]:9{TOKEN_PATH}")];
        for host in ["http://localhost:9", "HTTP://LOCALHOST:9"] {
            assert_eq!(all(&format!("{host}{TOKEN_PATH}")).unwrap(), both, "{host}");
        }
        assert_eq!(Endpoint::parse_for_others("http://localhost:9").unwrap()[1].address(), "[::1]:9".parse().unwrap());
        assert_eq!(all("http://127.0.0.1:9").unwrap(), both[..1]);
        assert!(all("http://localhost:9/x").is_err(), "another path");
        assert!(matches!(all("http://localhost.evil.example/"), Err(ErrorKind::EndpointRefused { .. })));
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "x",
            "https://127.0.0.1:40342/metadata",
            "ftp://127.0.0.1/",
            "file:///etc/passwd",
            "http://evil.example/metadata/identity/oauth2/token",
            "http://10.0.0.1:40342/",
            "http://169.254.169.254/metadata",
            "http://0.0.0.0:40342/",
            "http://[::]:40342/",
            "http://[::ffff:127.0.0.1]:40342/",
            "http://[::ffff:10.0.0.1]:40342/",
            "http://localhost.evil.example/",
            "http://localhost.:40342/",
            "http://127.0.0.1.evil.example/",
            "http://127.0.0.1@evil.example/",
            "http://user@127.0.0.1/",
            "http://:secret@127.0.0.1/",
            "http://127.0.0.1:0/",
            "http://127.0.0.1:40342/x?resource=y",
            "http://127.0.0.1:40342/x#y",
            "http://127.0.0.1:40342/\r\nHost: x",
            " http://127.0.0.1:40342/",
            "http://evil.example\\@127.0.0.1/",
            // Host names beyond ASCII are refused, even where Unicode's rules would turn them into an accepted one.
            "http://１２７.0.0.1:40342/",
            "http://ⓛocalhost:40342/",
            "http://lοcalhost:40342/",
        ] {
            let result = Endpoint::parse(text);
            assert!(matches!(result, Err(ErrorKind::EndpointRefused { .. })), "{text:?} gave {result:?}");
        }
    }

    #[test]
    fn an_address_that_was_found_has_the_agents_path_or_none() {
        let usual = Endpoint::usual().to_string();
        for text in [usual.as_str(), "http://127.0.0.1:40342", "http://localhost:40342/"] {
            assert_eq!(Endpoint::parse_found(text, Source::Environment).unwrap().to_string(), usual, "{text}");
        }
        for path in ["//", "/token", "/metadata/identity/oauth2/token/", "/metadata/identity/oauth2/Token", "/MSI/token"] {
            let result = Endpoint::parse_found(&format!("http://127.0.0.1:40342{path}"), Source::Environment);
            assert!(matches!(result, Err(ErrorKind::EndpointRefused { reason, .. }) if reason.contains("path")), "{path}: {result:?}");
        }
    }

    #[test]
    fn other_addresses_of_the_agent_keep_its_host_and_port() {
        let endpoint = Endpoint::parse("http://localhost:9/some/path").unwrap();
        assert_eq!(endpoint.beside("/metadata/instance", [("a", "b c")]).as_str(), "http://127.0.0.1:9/metadata/instance?a=b+c");
    }

    #[test]
    fn a_refused_address_is_shown_without_its_password() {
        let error = Endpoint::parse("http://user:hunter2@127.0.0.1/").unwrap_err().to_string();
        assert!(!error.contains("hunter2") && error.contains("'http://[redacted]@127.0.0.1/'"), "{error}");
        let long = format!("http://user:{}@127.0.0.1/", "hunter2".repeat(100));
        for text in
            [&long, "http:user:hunter2@127.0.0.1", "http:\\\\user:hunter2@127.0.0.1", "user:hunter2@127.0.0.1", "http://a:hunter2@b/c@d"]
        {
            let error = Endpoint::parse(text).unwrap_err().to_string();
            assert!(!error.contains("hunter2") && error.contains("[redacted]@"), "{error}");
        }
    }
}
