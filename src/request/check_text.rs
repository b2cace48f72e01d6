//! The rules that hold for every text in the URL of a request.

use std::borrow::Cow;

use crate::error::ErrorKind;

/// Fails for a text that may not be a value in the URL.
pub(super) fn check_text(name: &str, text: &str, advice: &'static str) -> Result<(), ErrorKind> {
    const LONGEST: usize = 4096;
    let problem = if text.trim().is_empty() {
        "is empty"
    } else if text.chars().any(char::is_control) {
        "has control characters in it"
    } else if text.trim() != text {
        "begins or ends with a blank"
    } else if text.len() > LONGEST {
        "is longer than 4096 bytes"
    } else {
        return Ok(());
    };
    Err(invalid(format!("{name} {problem}"), advice))
}

/// The error for a value that breaks a rule. The problem is a sentence without its full stop.
pub(super) fn invalid(problem: impl Into<String>, advice: impl Into<Cow<'static, str>>) -> ErrorKind {
    ErrorKind::InvalidArgument { problem: format!("{}.", problem.into()), advice: advice.into() }
}
