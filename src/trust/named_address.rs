//! Checks an address that a variable names and that another program is about to ask.

use super::key_folder::KeyFolder;
use super::peer::Peer;
use super::policy::PeerPolicy;
use super::trusted_users::AgentUsers;
use crate::agent::endpoint::Endpoint;
use crate::agent::host_environment::HostEnvironment;
use crate::agent::locate::LocatedAgent;
use crate::agent::source::Source;
use crate::error::{Error, ErrorKind};
use crate::log::Log;
use crate::sys;

/// Checks `text` by the rules for addresses from the environment, and looks once who listens there. Sends nothing.
///
/// An address where nobody listens passes: the agent may be about to start. The other program checks nothing when it asks, so this
/// look proves nothing about that later time.
///
/// # Errors
/// `EndpointRefused`; `ForeignAnswer`, also where the system does not tell who listens and the environment requires an identified
/// agent; `Internal` if the system does not tell who listens just now.
pub(crate) fn check_named_address(text: &str, host: &HostEnvironment<'_>) -> Result<(String, Log), Error> {
    let log = Log::new();
    let failed = |kind| Error::new(kind, None, log.clone());
    let endpoints = Endpoint::parse_for_others(text).map_err(failed)?;
    let named = endpoints[0].to_string();
    let no_folder = || ErrorKind::Internal { what: sys::NO_KEY_DIRECTORY.to_owned() };
    let key_directory = sys::key_directory().ok_or_else(|| failed(no_folder()))?;
    let folder = KeyFolder::open(&key_directory);
    let policy = PeerPolicy::Usual.or_stricter(host);
    let users = AgentUsers::of(&folder, policy).map_err(failed)?;
    for endpoint in endpoints {
        // Not the caller's word: the calling user does not count as the agent's.
        let agent = LocatedAgent { endpoint, source: Source::Environment };
        Peer::new(&agent, &users, policy).require(&log).map_err(failed)?;
    }
    Ok((named, log))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::error::status::Status;

    #[test]
    fn foreign_addresses_are_refused() {
        for text in ["http://evil.example/token", "https://127.0.0.1:40342/", "http://10.0.0.1:40342/", "", "x"] {
            assert_eq!(check_named_address(text, &HostEnvironment::this()).unwrap_err().status(), Status::EndpointRefused, "{text}");
        }
    }

    #[test]
    fn an_address_where_nobody_listens_passes() {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (named, _) = check_named_address(&format!("http://localhost:{port}"), &HostEnvironment::this()).unwrap();
        assert_eq!(named, format!("http://127.0.0.1:{port}/metadata/identity/oauth2/token"));
    }

    /// Root is trusted, so the two outcomes differ by who runs this test.
    #[test]
    #[cfg(target_os = "linux")]
    fn the_calling_user_is_no_agent() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(address) else { continue }; // There may be no IPv6.
            let port = listener.local_addr().unwrap().port();
            let result = check_named_address(&format!("http://localhost:{port}"), &HostEnvironment::this());
            match sys::is_root() {
                true => assert!(result.is_ok(), "{address}"),
                false => assert_eq!(result.map(|_| ()).unwrap_err().status(), Status::ForeignAnswer, "{address}"),
            }
        }
    }
}
