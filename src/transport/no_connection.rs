//! Tells why no connection to the agent could be made. Nothing was sent.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use crate::agent::endpoint::USUAL_PORT;
use crate::error::{ErrorKind, NoAnswerReason};
use crate::sys;
use crate::text::plain::shown;

/// The time that making a connection may take.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The error for `error`, which the attempt to connect to `address` gave. `held`: somebody listens there.
pub(crate) fn no_connection(address: SocketAddr, error: &io::Error, held: bool) -> ErrorKind {
    use io::ErrorKind::*;
    // Connections from this machine to one port need a port each.
    if sys::is_used_up(error) || (error.kind() == AddrNotAvailable && address.is_ipv4()) {
        let what = format!("no connection to the agent at {address} could be made ({})", shown(&error.to_string()));
        return ErrorKind::UsedUp { what };
    }
    let said = shown(&error.to_string());
    let (reason, what) = match error.kind() {
        ConnectionRefused if held => (NoAnswerReason::Filtered, "a program listens there, but the connection to it is refused".to_owned()),
        ConnectionRefused => not_here(address, NoAnswerReason::Refused, "the connection is refused".to_owned()),
        TimedOut => (NoAnswerReason::Dropped, format!("no connection comes about within {} s", CONNECT_TIMEOUT.as_secs())),
        PermissionDenied => (NoAnswerReason::Denied, format!("this process may not connect to it ({said})")),
        NetworkUnreachable | HostUnreachable | NetworkDown | AddrNotAvailable => {
            not_here(address, NoAnswerReason::Unreachable, format!("there is no way to that address ({said})"))
        }
        _ if sys::is_forbidden_family(error) => (NoAnswerReason::Denied, format!("this process may not use the network ({said})")),
        _ => (NoAnswerReason::Failed, format!("no connection can be made ({said})")),
    };
    ErrorKind::AgentNotRunning { address: address.to_string(), reason, what }
}

/// The same reason, or that the agent's network is another than this process's.
fn not_here(address: SocketAddr, reason: NoAnswerReason, what: String) -> (NoAnswerReason, String) {
    // Another port than the agent's is an emulator's, which is where its caller is.
    let agent = sys::agent_program().filter(|_| address.port() == USUAL_PORT);
    match sys::sign_of_own_network(agent.as_deref()) {
        Some(sign) => (NoAnswerReason::Isolated, format!("{what}, and {sign}")),
        None => (reason, what),
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn each_error_of_connecting_has_its_own_reason() {
        use NoAnswerReason::*;
        let reason = |code, held| match no_connection("127.0.0.1:9".parse().unwrap(), &io::Error::from_raw_os_error(code), held) {
            ErrorKind::AgentNotRunning { reason, what, .. } => {
                assert!(!what.contains("takes the connection"), "{what}");
                Some(reason)
            }
            ErrorKind::UsedUp { .. } => None,
            other => panic!("{other}"),
        };
        for (code, wanted) in [
            (libc::EACCES, Some(Denied)),
            (libc::EPERM, Some(Denied)),
            (libc::EAFNOSUPPORT, Some(Denied)),
            (libc::ETIMEDOUT, Some(Dropped)),
            (libc::EINVAL, Some(Failed)),
            (libc::EMFILE, None),
            (libc::ENFILE, None),
            (libc::ENOBUFS, None),
            (libc::ENOMEM, None),
            (libc::EADDRNOTAVAIL, None),
        ] {
            assert_eq!(reason(code, false), wanted, "{code}");
        }
        assert_eq!(reason(libc::ECONNREFUSED, true), Some(Filtered));
        assert!(matches!(reason(libc::ECONNREFUSED, false), Some(Refused | Isolated)), "by where this test runs");
        assert!(matches!(reason(libc::ENETUNREACH, true), Some(Unreachable | Isolated)), "by where this test runs");
    }
}
