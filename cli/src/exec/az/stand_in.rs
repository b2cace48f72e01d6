//! This program under the name `az`.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::runtime;

use super::local_time::local_time;
use super::words::{Asked, Audience, Form, read};
use super::{ADDRESS, next};
use crate::failure::{Failure, say};
use crate::{core_dumps, output};

/// The version that is claimed: one that every known client takes. The JSON of a token has its `expires_on` since 2.54.
const VERSION: &str = "2.60.0";

/// Answers, if this process was started as `az`.
pub(crate) fn run_if_called() -> Option<Result<ExitCode, Failure>> {
    let mut words = env::args_os();
    let name = words.next()?;
    if Path::new(&name).file_stem()? != "az" {
        return None;
    }
    Some(run(&words.collect::<Vec<_>>()))
}

fn run(words: &[OsString]) -> Result<ExitCode, Failure> {
    let texts: Vec<_> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let Some(asked) = read(&texts) else { return Ok(next::run(words)) };
    core_dumps::forbid_files();
    let outcome = asked.map_err(|problem| (2, problem)).and_then(|(asked, form)| {
        let answer = answer(&asked).map_err(|problem| (1, problem))?;
        written(&answer, &form).map_err(|problem| (1, problem))
    });
    match outcome {
        Ok(text) => output::print(text.as_bytes()),
        Err((code, problem)) => {
            // The word with which SDKs find the error.
            say(format_args!("ERROR: arc-token in the place of az: {problem}."));
            Ok(ExitCode::from(code))
        }
    }
}

fn answer(asked: &Asked) -> Result<Value, String> {
    match asked {
        Asked::Version => Ok(json!({
            "azure-cli": VERSION, "azure-cli-core": VERSION, "azure-cli-telemetry": "1.1.0", "extensions": {},
        })),
        Asked::Account => {
            let token = token(None)?;
            let (tenant, subscription) = (&token["tenant"], &token["subscription"]);
            Ok(json!({
                "environmentName": token["environment"], "homeTenantId": tenant, "id": subscription, "isDefault": true, "managedByTenants": [],
                "name": subscription, "state": "Enabled", "tenantId": tenant,
                "user": { "assignedIdentityInfo": "MSI", "name": "systemAssignedIdentity", "type": "servicePrincipal" },
            }))
        }
        Asked::Token { audience, tenant, subscription } => {
            let token = token(Some(audience))?;
            let own = token["tenant"].as_str().unwrap_or_default();
            if let Some(tenant) = tenant.as_deref().filter(|tenant| !tenant.eq_ignore_ascii_case(own)) {
                return Err(format!("the machine's identity is of tenant '{own}', and has no token of tenant '{}'", tenant.escape_debug()));
            }
            let end = token["expires_on"].as_i64().unwrap_or_default();
            Ok(json!({
                "accessToken": token["access_token"], "expiresOn": local_time(end), "expires_on": end,
                "subscription": subscription.as_deref().map_or_else(|| token["subscription"].clone(), Value::from),
                "tenant": token["tenant"], "tokenType": "Bearer",
            }))
        }
    }
}

/// The answer as text.
fn written(answer: &Value, form: &Form) -> Result<String, String> {
    let value = match &form.query {
        Some(query) if query.is_empty() || !query.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c)) => {
            return Err("--query takes the name of a field here, such as accessToken".to_owned());
        }
        Some(query) => query.split('.').fold(answer, |value, name| &value[name]),
        None => answer,
    };
    Ok(match (form.tsv, value) {
        (true, Value::String(text)) => format!("{text}\n"),
        (true, Value::Object(fields)) => {
            let cells: Vec<_> = fields.values().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect();
            format!("{}\n", cells.join("\t"))
        }
        _ => format!("{value:#}\n"),
    })
}

/// A token from the endpoint of the run. Without an audience for Azure Resource Manager, whose audience has two names.
fn token(audience: Option<&Audience>) -> Result<Value, String> {
    const LOST: &str = "the variable with the address of arc-token's endpoint is missing, as when the environment is emptied";
    let address = env::var(ADDRESS).map_err(|_| LOST.to_owned())?;
    let parameter = audience.map(|audience| match audience {
        Audience::Resource(resource) => ("resource", resource.as_str()),
        Audience::Service(service) => ("service", *service),
    });
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameter).finish();
    let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().build().map_err(|error| error.to_string())?;
    // The address is the secret: no error may show it.
    let (status, body) = runtime
        .block_on(ask(&format!("{address}?{query}")))
        .map_err(|error| format!("arc-token's endpoint does not answer: {}", error.without_url()))?;
    let answer: Value = serde_json::from_slice(&body).map_err(|_| "the answer of arc-token's endpoint cannot be read".to_owned())?;
    if status == 200 {
        Ok(answer)
    } else {
        Err(answer["error_description"].as_str().unwrap_or("no token").trim_end_matches('.').to_owned())
    }
}

async fn ask(url: &str) -> reqwest::Result<(u16, Vec<u8>)> {
    // The endpoint has a limit of its own, and says more about it.
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(600)).build()?;
    let response = client.get(url).send().await?;
    Ok((response.status().as_u16(), response.bytes().await?.to_vec()))
}
