//! Gets a token and prints it; on a terminal only what is known about it.

use std::io::{self, IsTerminal as _, Write};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use arc_token::AccessToken;
use chrono::DateTime;
use serde_json::json;

use crate::args::{Format, TokenArgs};
use crate::failure::{Failure, say};

pub(crate) fn run(args: &TokenArgs) -> Result<ExitCode, Failure> {
    let outcome = args.request.request()?.force_refresh(args.force_refresh).send();
    if args.verbose {
        let log = outcome.as_ref().map_or_else(|error| error.log(), |token| token.log());
        say(log.steps());
    }
    let token = outcome?;
    let mut out = io::stdout().lock();
    if out.is_terminal() && !args.show {
        write_view(&mut out, &token)?;
        out.flush()?;
        say("The token itself is not shown: lead the output to a program or a file, or use --show.");
    } else {
        write_token(&mut out, &token, args.format)?;
        out.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}

fn write_token(out: &mut impl Write, token: &AccessToken, format: Format) -> io::Result<()> {
    match format {
        Format::Token => writeln!(out, "{}", token.secret()),
        Format::Header => writeln!(out, "Authorization: Bearer {}", token.secret()),
        Format::Json => {
            let claims = token.claims();
            let object = json!({
                "access_token": token.secret(),
                "token_type": "Bearer",
                "expires_on": token.expires_on(),
                "resource": token.resource(),
                "tenant_id": claims.tenant_id,
                "client_id": claims.client_id,
                "object_id": claims.object_id,
                "machine_resource_id": claims.machine_resource_id,
                "subscription_id": claims.subscription_id,
            });
            writeln!(out, "{object:#}")
        }
    }
}

fn write_view(out: &mut impl Write, token: &AccessToken) -> io::Result<()> {
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

fn expiry(end: i64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX));
    let left = (end - now).max(0);
    let when = DateTime::from_timestamp(end, 0).map_or_else(|| end.to_string(), |time| time.format("%Y-%m-%d %H:%M:%S UTC").to_string());
    format!("{when} (in {} h {} min)", left / 3600, left % 3600 / 60)
}
