//! Where the agent may be: plain HTTP on this machine's loopback interface, and nowhere else.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;

use crate::error::ErrorKind;
use crate::text::shown;

/// The path that the agent serves tokens at.
const TOKEN_PATH: &str = "/metadata/identity/oauth2/token";

/// An address that passed the rules.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Endpoint {
    /// Shared: requests, results, errors and the cache all keep it.
    url: Arc<Url>,
    address: SocketAddr,
}

impl Endpoint {
    /// The agent's documented address. By number: agents before 1.38 do not listen on `::1`, which `localhost` may mean.
    pub(crate) fn usual() -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 40342));
        let text = format!("http://{address}{TOKEN_PATH}");
        Self { url: Arc::new(Url::parse(&text).expect("a socket address makes a URL")), address }
    }

    /// Checks `text`, whoever named it, before a byte is sent.
    pub(crate) fn parse(text: &str) -> Result<Self, ErrorKind> {
        let refuse = |reason| Err(ErrorKind::EndpointRefused { endpoint: without_credentials(text), reason });
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            // A URL parser would silently drop some of these.
            return refuse("it has blanks or control characters in it");
        }
        let Ok(mut url) = Url::parse(text) else {
            return refuse("it is not a URL");
        };
        if url.scheme() != "http" {
            return refuse("the scheme is not http");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("it has a user name or password in it");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("it has a query or fragment in it");
        }
        let ip = match url.host_str() {
            Some("localhost") => IpAddr::V4(Ipv4Addr::LOCALHOST),
            Some(host) => match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
                Ok(ip) if ip.is_loopback() => ip,
                _ => return refuse("the host is not this machine's loopback interface"),
            },
            None => return refuse("it has no host"),
        };
        let port = url.port_or_known_default().unwrap_or_default();
        if port == 0 {
            return refuse("port 0 cannot be connected to");
        }
        if url.set_ip_host(ip).is_err() {
            return refuse("it is not a URL");
        }
        if url.path() == "/" {
            // A bare address means the agent's well-known path.
            url.set_path(TOKEN_PATH);
        }
        Ok(Self { url: Arc::new(url), address: SocketAddr::new(ip, port) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// Another address of the same agent: this path on the same host and port, with a query.
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

/// A refused URL may have a password in it, which is nobody's business: nothing is shown before the last '@' but the scheme.
/// URLs are read leniently (`http:user:password@host`), so this does not rely on slashes; and it comes before `shown` cuts.
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
        assert_eq!(accepted("http://[::1]:9/x"), "http://[::1]:9/x");
        assert_eq!(accepted("http://127.8.9.10:9/x"), "http://127.8.9.10:9/x");
        assert_eq!(Endpoint::parse("http://localhost/x").unwrap().address().port(), 80);
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
            // Beyond ASCII there are no host names here, not even of what Unicode would make these.
            "http://１２７.0.0.1:40342/",
            "http://ⓛocalhost:40342/",
            "http://lοcalhost:40342/",
        ] {
            let result = Endpoint::parse(text);
            assert!(matches!(result, Err(ErrorKind::EndpointRefused { .. })), "{text:?} gave {result:?}");
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
