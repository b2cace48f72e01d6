//! The families of clients: how each asks, and the form of the answers that it reads.

use arc_token::{AccessToken, Cloud, audiences};
use chrono::DateTime;
use serde::Serializer as _;
use serde::ser::SerializeMap as _;
use serde_json::{Value, json};

use crate::token::unix_seconds;

/// A family of clients, by the service whose form it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// App Service, api-version 2019-08-01.
    AppService,
    /// App Service, api-version 2017-09-01.
    OldAppService,
    /// Cloud Shell, and the extension of virtual machines that came before the metadata service: Azure CLI before 2.67.
    CloudShell,
    /// The metadata service of a virtual machine.
    VirtualMachine,
    /// This program's own, when it stands in for `az`.
    Az,
}

impl Family {
    pub(super) fn name(self) -> &'static str {
        match self {
            Family::AppService => "App Service 2019-08-01",
            Family::OldAppService => "App Service 2017-09-01",
            Family::CloudShell => "Cloud Shell",
            Family::VirtualMachine => "virtual machine",
            Family::Az => "az",
        }
    }

    /// The answer with a token. `now` in Unix seconds. Written without a document in between, which would be copies of the token.
    pub(super) fn token(self, token: &AccessToken, now: i64) -> Vec<u8> {
        let mut others = Vec::with_capacity(1024);
        let _ = self.write_others(&mut others, token, now); // A vector takes everything.
        [br#"{"access_token":"#, &*quoted(token.secret()), b",", &others[1..]].concat()
    }

    fn write_others(self, text: &mut Vec<u8>, token: &AccessToken, now: i64) -> serde_json::Result<()> {
        let claims = token.claims();
        let end = unix_seconds(token.expires_on());
        let mut answer = serde_json::Serializer::new(text);
        let mut answer = answer.serialize_map(None)?;
        if self == Family::Az {
            answer.serialize_entry("expires_on", &end)?;
            answer.serialize_entry("tenant", &claims.tenant_id)?;
            answer.serialize_entry("subscription", &claims.subscription_id)?;
            answer.serialize_entry("client_id", &claims.client_id)?;
            answer.serialize_entry("environment", cloud_of(token.resource()).name())?;
            return answer.end();
        }
        answer.serialize_entry("client_id", claims.client_id.as_deref().unwrap_or_default())?;
        let seconds = if self == Family::OldAppService { date(end) } else { end.to_string() };
        answer.serialize_entry("expires_on", &seconds)?;
        if matches!(self, Family::VirtualMachine | Family::CloudShell) {
            let left = (end - now).max(0).to_string();
            answer.serialize_entry("expires_in", &left)?;
            answer.serialize_entry("ext_expires_in", &left)?;
            // The token is good now, and when it began to be is not known.
            answer.serialize_entry("not_before", &now.to_string())?;
        }
        answer.serialize_entry("resource", token.resource())?;
        answer.serialize_entry("token_type", "Bearer")?;
        answer.end()
    }

    /// The answer with an error.
    pub(super) fn error(self, status: u16, code: &str, message: &str) -> Value {
        match self {
            Family::AppService | Family::OldAppService => {
                // The service's log has the call under this number. There is no such log here.
                json!({ "statusCode": status, "message": message, "correlationId": "00000000-0000-0000-0000-000000000000" })
            }
            Family::CloudShell => json!({ "error": { "code": code, "message": message } }),
            Family::VirtualMachine | Family::Az => json!({ "error": code, "error_description": message }),
        }
    }
}

/// The cloud that an audience is of. One that is of several or of none known counts as the public cloud's.
fn cloud_of(resource: &str) -> Cloud {
    audiences().find(|known| known.resource == resource).map_or(Cloud::AzureCloud, |known| known.cloud)
}

/// A token as JSON. It is a word of printable ASCII, and serde_json's look at each byte of it would be a fifth of an answer's time.
fn quoted(token: &str) -> Vec<u8> {
    if token.as_bytes().contains(&b'"') || token.as_bytes().contains(&b'\\') {
        return serde_json::to_vec(token).unwrap_or_default();
    }
    [b"\"", token.as_bytes(), b"\""].concat()
}

/// A time as App Service on Linux writes it for api-version 2017-09-01.
fn date(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().format("%m/%d/%Y %H:%M:%S +00:00").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_a_text_whatever_is_in_it() {
        for token in ["eyJ0.e30.x-_", "a\"b", "a\\", ""] {
            assert_eq!(serde_json::from_slice::<String>(&quoted(token)).expect("JSON"), token);
        }
    }

    #[test]
    fn dates_are_those_of_app_service() {
        assert_eq!(date(1_561_000_000), "06/20/2019 03:06:40 +00:00");
    }
}
