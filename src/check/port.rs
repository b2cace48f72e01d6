//! Does anybody answer?

use std::io;
use std::net::TcpStream;
use std::time::Duration;

use super::rows::Row;
use crate::discovery::Agent;
use crate::error::ErrorKind;
use crate::run::Run;
use crate::text::shown;

const PATIENCE: Duration = Duration::from_secs(2);

/// Makes a connection and sends nothing.
pub(super) fn check<T>(agent: &Agent, run: &Run<T>) -> Row {
    let address = agent.endpoint.address();
    // A time of zero is refused by the standard library.
    let time = PATIENCE.min(run.remaining()).max(Duration::from_millis(1));
    let what = match TcpStream::connect_timeout(&address, time) {
        Ok(_) => return Row::pass(format!("{address} takes connections.")),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => "the connection is refused".to_owned(),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => "no connection comes about".to_owned(),
        Err(error) => shown(&error.to_string()),
    };
    Row::error(&ErrorKind::AgentNotRunning { address: address.to_string(), what })
}
