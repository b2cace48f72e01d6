//! The program without a command: gets a token and prints it. A terminal gets only the token's properties.

use std::io::{self, IsTerminal as _, Write};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arc_token::{AccessToken, Error, TokenRequest};
use chrono::DateTime;
use serde_json::{Value, json};

use crate::args::{Format, TokenArgs};
use crate::failure::{Failure, say};
use crate::output;
use crate::several;

pub(crate) fn run(args: &TokenArgs) -> Result<ExitCode, Failure> {
    // Before anything is asked for: a token that cannot be printed is not wanted.
    let mut out = output::stdout()?;
    let (view, verbose) = (if out.is_terminal() && !args.show { View::Properties } else { View::Token }, args.request.agent.verbose);
    let several = args.request.several().filter(|_| args.format() == Format::Json);
    let code = if let Some(requests) = several {
        let prepared = |(resource, request)| (resource, prepared(args, request));
        several::run(&mut out, &requests.into_iter().map(prepared).collect::<Vec<_>>(), view, verbose)?
    } else {
        let outcome = send(&prepared(args, args.request.request()?), args.wait_for_agent);
        tell(&outcome, verbose);
        match view {
            View::Properties => write_view(&mut out, &outcome?)?,
            View::Token => write_token(&mut out, &outcome?, args.format())?,
        }
        out.flush()?;
        ExitCode::SUCCESS
    };
    if view == View::Properties {
        say("The token itself is not shown: lead the output to a program or a file, or use --show.");
    }
    Ok(code)
}

/// What is shown of a token.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum View {
    Token,
    Properties,
}

/// Says on standard error what a call has to say: its warnings, and its steps if they are wanted.
pub(crate) fn tell(outcome: &Result<AccessToken, Error>, verbose: bool) {
    let log = outcome.as_ref().map_or_else(|error| error.log(), |token| token.log());
    for warning in log.warnings().lines() {
        say(format_args!("arc-token: warning: {warning}"));
    }
    if verbose {
        say(log.steps());
    }
}

fn prepared(args: &TokenArgs, request: TokenRequest) -> TokenRequest {
    request.force_refresh(args.force_refresh).wait_for_agent(args.wait_for_agent)
}

/// Gets the token. Who waits for the agent learns of it.
fn send(request: &TokenRequest, waits: bool) -> Result<AccessToken, Error> {
    const SILENCE: Duration = Duration::from_secs(1);
    let pending = request.start()?;
    if !waits {
        return pending.wait();
    }
    pending.wait_timeout(SILENCE).unwrap_or_else(|| {
        say("arc-token: waiting for the agent.");
        pending.wait()
    })
}

fn write_token(out: &mut impl Write, token: &AccessToken, format: Format) -> io::Result<()> {
    match format {
        Format::Token => writeln!(out, "{}", token.secret()),
        Format::Header => writeln!(out, "Authorization: Bearer {}", token.secret()),
        Format::Json => writeln!(out, "{:#}", object(token)),
    }
}

/// The token and what is known about it.
pub(crate) fn object(token: &AccessToken) -> Value {
    let claims = token.claims();
    json!({
        "access_token": token.secret(),
        "token_type": "Bearer",
        "expires_on": unix_seconds(token.expires_on()),
        "resource": token.resource(),
        "tenant_id": claims.tenant_id,
        "client_id": claims.client_id,
        "object_id": claims.object_id,
        "machine_resource_id": claims.machine_resource_id,
        "subscription_id": claims.subscription_id,
    })
}

pub(crate) fn write_view(out: &mut impl Write, token: &AccessToken) -> io::Result<()> {
    let claims = token.claims();
    for (name, value) in [
        ("Resource", Some(token.resource())),
        ("Expires", Some(expiry(token.expires_on()).as_str())),
        ("Tenant", claims.tenant_id.as_deref()),
        ("Client id", claims.client_id.as_deref()),
        ("Object id", claims.object_id.as_deref()),
        ("Machine", claims.machine_resource_id.as_deref()),
    ] {
        if let Some(value) = value {
            writeln!(out, "{name:<10} {value}")?;
        }
    }
    Ok(())
}

fn expiry(end: SystemTime) -> String {
    let left = end.duration_since(SystemTime::now()).unwrap_or_default().as_secs();
    let when = DateTime::from_timestamp(unix_seconds(end), 0).map(|time| time.format("%Y-%m-%d %H:%M:%S UTC").to_string());
    format!("{} (in {} h {} min)", when.unwrap_or_default(), left / 3600, left % 3600 / 60)
}

/// A time in Unix seconds. One before 1970 is 0.
pub(crate) fn unix_seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}
