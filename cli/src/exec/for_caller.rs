//! The endpoint without a program of its own: for the process that started this one, and what that starts. The PowerShell module runs a
//! block of script so.

use std::ffi::OsStr;
use std::fs::File;
use std::future::{Future, poll_fn};
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use std::pin::pin;
use std::task::Poll;

use serde_json::{Map, Value, json};

use super::child::Signals;
use super::variables::Changes;

/// Tells the caller on standard output what to change in its environment: `{"set": {NAME: VALUE}, "removed": [NAME]}`.
///
/// The values hold the secret, so they go into a pipe or nowhere.
pub(super) fn tell(changes: &Changes) -> io::Result<()> {
    let set = changes.set.iter().map(|(name, value)| Ok(((*name).to_owned(), text(value)?.into())));
    let removed = changes.removed.iter().map(|name| text(name).map(Value::from));
    let line = json!({ "set": set.collect::<io::Result<Map<_, _>>>()?, "removed": removed.collect::<io::Result<Vec<_>>>()? });
    // Not through std's buffer, which would keep them.
    let mut output = standard_output()?;
    if output.is_terminal() || output.metadata().is_ok_and(|data| data.is_file()) {
        return Err(io::Error::other("the variables hold a secret: standard output must be a pipe"));
    }
    output.write_all(format!("{line}\n").as_bytes())
}

#[cfg(unix)]
fn standard_output() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
fn standard_output() -> io::Result<File> {
    use std::os::windows::io::AsHandle as _;
    Ok(io::stdout().as_handle().try_clone_to_owned()?.into())
}

fn text(value: &OsStr) -> io::Result<&str> {
    value.to_str().ok_or_else(|| io::Error::new(ErrorKind::InvalidData, format!("'{}' in the environment is not Unicode", value.display())))
}

/// Fails unless the process with this number started this one: the others below it count as its own.
#[cfg(unix)]
pub(super) fn check(caller: u32) -> io::Result<()> {
    if std::os::unix::process::parent_id() == caller {
        Ok(())
    } else {
        Err(io::Error::other(format!("process {caller} has not started this one")))
    }
}

#[cfg(not(unix))]
pub(super) fn check(_caller: u32) -> io::Result<()> {
    Ok(())
}

/// Waits until the caller closes standard input, which its end does, too, or until a signal ends this process.
pub(super) async fn wait(signals: Signals) -> io::Result<u8> {
    let mut closed = pin!(tokio::task::spawn_blocking(|| io::copy(&mut io::stdin(), &mut io::sink())));
    let mut told = pin!(signals.told_to_end());
    poll_fn(|context| {
        let is_over = closed.as_mut().poll(context).is_ready() || told.as_mut().poll(context).is_ready();
        if is_over { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    Ok(0)
}
