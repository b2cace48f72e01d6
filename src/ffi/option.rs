//! The options of a request, and how each is set.

use std::time::Duration;

use super::OptionCode;
use super::input::refused;
use crate::error::Error;
use crate::request::TokenRequest;

/// What can be set on a request before it is started. Those below 20 are texts (`arc_token_request_set_text`), the others
/// numbers (`arc_token_request_set_number`). An option that is not set has its default.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestOption {
    /// Text: the address of the agent, http on the loopback interface. Default: found by itself.
    Endpoint = 1,
    /// Text: the directory in which the agent leaves its key files. Only together with an endpoint. Default: the agent's own.
    KeyDirectory = 2,
    /// Text: the version of the agent's interface to ask for. Default: 2020-06-01.
    ApiVersion = 3,
    /// Text: the client id of a user-assigned identity. Default: the machine's own identity. At most one of the three ids.
    ClientId = 4,
    /// Text: the object id of a user-assigned identity.
    ObjectId = 5,
    /// Text: the Azure resource id of a user-assigned identity.
    IdentityResourceId = 6,

    /// Number: milliseconds for the whole call, tries and pauses included, 1 to 86400000 (a day). Default: 60000.
    TimeoutMs = 20,
    /// Number: 1 to have the agent make a new token, past its own cache (agent 1.66 and later), 0 (the default) not to.
    ForceRefresh = 21,
}

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

impl RequestOption {
    const ALL: [RequestOption; 8] = [
        RequestOption::Endpoint,
        RequestOption::KeyDirectory,
        RequestOption::ApiVersion,
        RequestOption::ClientId,
        RequestOption::ObjectId,
        RequestOption::IdentityResourceId,
        RequestOption::TimeoutMs,
        RequestOption::ForceRefresh,
    ];

    /// The option with this number, whatever number it is.
    fn known(code: OptionCode) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|option| *option as OptionCode == code);
        found.ok_or_else(|| refused("option", &format!("is {code}, which is no option"), "Use one of arc_token_option's."))
    }
}

/// `request` with the text option of this number set.
pub(super) fn with_text(request: TokenRequest, code: OptionCode, value: &str) -> Result<TokenRequest, Error> {
    match RequestOption::known(code)? {
        RequestOption::Endpoint => Ok(request.endpoint(value)),
        RequestOption::KeyDirectory => Ok(request.key_directory(value)),
        RequestOption::ApiVersion => Ok(request.api_version(value)),
        RequestOption::ClientId => Ok(request.client_id(value)),
        RequestOption::ObjectId => Ok(request.object_id(value)),
        RequestOption::IdentityResourceId => Ok(request.identity_resource_id(value)),
        RequestOption::TimeoutMs | RequestOption::ForceRefresh => {
            Err(refused("option", &format!("is {code}, a number"), "Set it with arc_token_request_set_number."))
        }
    }
}

/// `request` with the number option of this number set.
pub(super) fn with_number(request: TokenRequest, code: OptionCode, value: u64) -> Result<TokenRequest, Error> {
    match (RequestOption::known(code)?, value) {
        (RequestOption::TimeoutMs, 1..=DAY_MS) => Ok(request.timeout(Duration::from_millis(value))),
        (RequestOption::TimeoutMs, _) => Err(refused("value", &format!("is {value} ms"), "A call may take 1 to 86400000 ms.")),
        (RequestOption::ForceRefresh, 0 | 1) => Ok(request.force_refresh(value == 1)),
        (RequestOption::ForceRefresh, _) => Err(refused("value", &format!("is {value}"), "Use 0 or 1 here.")),
        _ => Err(refused("option", &format!("is {code}, a text"), "Set it with arc_token_request_set_text.")),
    }
}
