//! Why there is no answer, from what the HTTP library says.

use std::error::Error as _;
use std::io;

use crate::error::ErrorKind;
use crate::peer::Unlike;
use crate::text::shown;

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// Nobody listens.
    Refused,
    /// The connection could not be made or broke before the answer had begun.
    Broken(String),
    /// The connection was made with somebody who is not the agent; nothing was sent.
    Stranger(ErrorKind),
    /// The answer broke off.
    Truncated,
    /// The time is used up.
    TimedOut,
    /// Nobody waits for it any more.
    Unwanted,
    /// The answer is larger than any of the agent's.
    TooLarge,
    /// The answer is not HTTP.
    NotHttp,
    /// The HTTP library could not be started.
    NoClient(String),
}

pub(crate) fn classify(error: &reqwest::Error) -> NoAnswer {
    if error.is_connect() && error.is_timeout() {
        return NoAnswer::Broken("it takes too long to connect".to_owned());
    }
    let mut what = String::from("no connection");
    let mut cause = error.source();
    while let Some(current) = cause {
        if let Some(http) = current.downcast_ref::<hyper::Error>()
            && http.is_parse()
        {
            // hyper has no accessor for this case on the client's side.
            return if http.to_string().contains("too large") { NoAnswer::TooLarge } else { NoAnswer::NotHttp };
        }
        match current.downcast_ref::<Unlike>() {
            Some(Unlike::Stranger(error)) => return NoAnswer::Stranger(error.clone()),
            Some(unlike) => return NoAnswer::Broken(unlike.to_string()),
            None => (),
        }
        if let Some(system) = current.downcast_ref::<io::Error>()
            && system.kind() == io::ErrorKind::ConnectionRefused
        {
            return NoAnswer::Refused;
        }
        what = shown(&current.to_string());
        cause = current.source();
    }
    NoAnswer::Broken(what)
}
