//! The options of a request, for C, and how each is set.

use std::time::Duration;

use super::input::OptionCode;
use super::input::refused;
use crate::error::Error;
use crate::numbered::numbered;
use crate::request::token_request::TokenRequest;

numbered! {
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

        /// Text: an environment variable, `NAME=VALUE`. May be set several times, each time another variable. After the first of them,
        /// no variable of the process is used, but `ARC_TOKEN_REQUIRE_IDENTIFIED_AGENT`, which counts in both places. For programs that
        /// keep variables of their own, as .NET does. Default: the process's variables.
        Variable = 7,
        /// Text: the service the token is for, by the name that Azure PowerShell gives it, such as KeyVault, in place of a resource
        /// (`arc_token_audiences` has all). Its audience is that of the public cloud; if Microsoft Entra does not know it, that of the
        /// cloud that the machine is in, which is then remembered for the process.
        ResourceTypeName = 8,
        /// Text: the cloud in which the service is looked up, by any of its names, such as AzureUSGovernment: then it is that audience and
        /// no other. Not together with a resource. Default: as above.
        Environment = 9,

        /// Number: milliseconds for the whole call, tries and pauses included, 1 to 86400000 (a day). Default: 60000.
        TimeoutMs = 20,
        /// Number: 1 to have the agent make a new token, past its own cache (agent 1.66 and later), 0 (the default) not to.
        ForceRefresh = 21,
        /// Number: 1 to make it an error when the system does not say who answers (Linux: neither by netlink nor in /proc), 0 (the
        /// default) for a warning (ARC_TOKEN_FIELD_WARNINGS).
        RequireIdentifiedAgent = 22,
        /// Number: 1 to trust every user without a number of its own in a user namespace without one for the agent's user (a rootless
        /// container). Any user of the machine can then take the agent's place; each call has a warning. Default: 0.
        AllowUnidentifiedAgent = 23,
        /// Number: 1 to wait for an agent that is not there yet (at boot, while it is updated): to keep trying within the time-out. Each
        /// try makes all checks anew, and an answer of anybody else ends the wait. For tokens and metadata; the checks do not wait.
        /// Default: 0.
        WaitForAgent = 24,
    }
}

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The option with this number, or an error for an unknown number.
fn known(code: OptionCode) -> Result<RequestOption, Error> {
    RequestOption::from_number(code)
        .ok_or_else(|| refused("option", &format!("is {code}, which is no option"), "Use one of arc_token_option's."))
}

/// Sets the text option with the number `code`.
pub(super) fn with_text(request: TokenRequest, code: OptionCode, value: &str) -> Result<TokenRequest, Error> {
    match known(code)? {
        RequestOption::Endpoint => Ok(request.endpoint(value)),
        RequestOption::KeyDirectory => Ok(request.key_directory(value)),
        RequestOption::ApiVersion => Ok(request.api_version(value)),
        RequestOption::ClientId => Ok(request.client_id(value)),
        RequestOption::ObjectId => Ok(request.object_id(value)),
        RequestOption::IdentityResourceId => Ok(request.identity_resource_id(value)),
        RequestOption::Variable => match value.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(request.variable(name, value)),
            _ => Err(refused("value", "is not of the form NAME=VALUE", "Give the variable's name, '=' and its value.")),
        },
        RequestOption::ResourceTypeName => Ok(request.service(value)),
        RequestOption::Environment => Ok(request.environment(value)),
        RequestOption::TimeoutMs
        | RequestOption::ForceRefresh
        | RequestOption::RequireIdentifiedAgent
        | RequestOption::AllowUnidentifiedAgent
        | RequestOption::WaitForAgent => {
            Err(refused("option", &format!("is {code}, a number"), "Set it with arc_token_request_set_number."))
        }
    }
}

/// Sets the number option with the number `code`.
pub(super) fn with_number(request: TokenRequest, code: OptionCode, value: u64) -> Result<TokenRequest, Error> {
    match (known(code)?, value) {
        (RequestOption::TimeoutMs, 1..=DAY_MS) => Ok(request.timeout(Duration::from_millis(value))),
        (RequestOption::TimeoutMs, _) => Err(refused("value", &format!("is {value} ms"), "A call may take 1 to 86400000 ms.")),
        (RequestOption::ForceRefresh, 0 | 1) => Ok(request.force_refresh(value == 1)),
        (RequestOption::RequireIdentifiedAgent, 0 | 1) => Ok(request.require_identified_agent(value == 1)),
        (RequestOption::AllowUnidentifiedAgent, 0 | 1) => Ok(request.allow_unidentified_agent(value == 1)),
        (RequestOption::WaitForAgent, 0 | 1) => Ok(request.wait_for_agent(value == 1)),
        (
            RequestOption::ForceRefresh
            | RequestOption::RequireIdentifiedAgent
            | RequestOption::AllowUnidentifiedAgent
            | RequestOption::WaitForAgent,
            _,
        ) => Err(refused("value", &format!("is {value}"), "Use 0 or 1 here.")),
        (
            RequestOption::Endpoint
            | RequestOption::KeyDirectory
            | RequestOption::ApiVersion
            | RequestOption::ClientId
            | RequestOption::ObjectId
            | RequestOption::IdentityResourceId
            | RequestOption::Variable
            | RequestOption::ResourceTypeName
            | RequestOption::Environment,
            _,
        ) => Err(refused("option", &format!("is {code}, a text"), "Set it with arc_token_request_set_text.")),
    }
}
