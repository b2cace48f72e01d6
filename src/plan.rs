//! A request whose values have been checked, and the one place that checks them.

use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;

use crate::discovery::{self, Agent, Machine, Source};
use crate::endpoint::Endpoint;
use crate::error::ErrorKind;
use crate::key_file::KeyDirectory;
use crate::log::Log;
use crate::token_response::Identity;

/// The oldest version that all libraries agree on; agents before 2023 refuse `2021-02-01`.
pub(crate) const API_VERSION: &str = "2020-06-01";

/// All that shapes the answer to a request, and nothing else.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) agent: Agent,
    pub(crate) key_directory: KeyDirectory,
    pub(crate) api_version: String,
    pub(crate) resource: String,
    pub(crate) identity: Identity,
    pub(crate) force_refresh: bool,
}

/// Plans are equal when the agent would answer them alike.
impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        self.shape() == other.shape()
    }
}

impl Eq for Plan {}

impl Hash for Plan {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.shape().hash(hasher);
    }
}

/// The values as the caller gave them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) resource: String,
    pub(crate) endpoint: Option<String>,
    pub(crate) key_directory: Option<PathBuf>,
    pub(crate) api_version: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) object_id: Option<String>,
    pub(crate) identity_resource_id: Option<String>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) force_refresh: bool,
}

impl Plan {
    /// What shapes the answer, not whether a new token is wanted. With an address of the caller's own, others may answer.
    fn shape(&self) -> (&Endpoint, bool, &KeyDirectory, &str, &str, &Identity) {
        let named_by_caller = matches!(self.agent.source, Source::Caller);
        (&self.agent.endpoint, named_by_caller, &self.key_directory, &self.api_version, &self.resource, &self.identity)
    }

    /// Checks the values, then finds the agent. Sends nothing.
    pub(crate) fn new(wishes: &Wishes, machine: &Machine<'_>, log: &Log) -> Result<Self, ErrorKind> {
        Self::check(wishes)?;
        let agent = discovery::find(wishes.endpoint.as_deref(), machine, log)?;
        let key_directory = wishes.key_directory.clone().map(KeyDirectory::new).or_else(KeyDirectory::of_agent);
        let key_directory =
            key_directory.ok_or_else(|| ErrorKind::Internal { what: "the system does not tell its ProgramData folder".to_owned() })?;
        Ok(Self {
            agent,
            key_directory,
            api_version: wishes.api_version.clone().unwrap_or_else(|| API_VERSION.to_owned()),
            resource: resource(&wishes.resource)?.to_owned(),
            identity: identity(wishes)?,
            force_refresh: wishes.force_refresh,
        })
    }

    /// Checks what can be checked without looking for the agent.
    pub(crate) fn check(wishes: &Wishes) -> Result<(), ErrorKind> {
        resource(&wishes.resource)?;
        identity(wishes)?;
        let api_version = wishes.api_version.as_deref().unwrap_or(API_VERSION);
        if api_version.is_empty() || !api_version.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b)) {
            return Err(invalid("The API version has a character in it that none has", "Give a version such as '2020-06-01', or none."));
        }
        if wishes.key_directory.is_some() && wishes.endpoint.is_none() {
            let advice = "Give the endpoint as well: another key directory is only for another agent, such as an emulator.";
            return Err(invalid("A key directory was given without an endpoint", advice));
        }
        if wishes.key_directory.as_deref().is_some_and(|path| !path.is_absolute()) {
            return Err(invalid("The key directory is not an absolute path", "Give the whole path of the directory."));
        }
        Ok(())
    }

    /// The URL of the request.
    pub(crate) fn url(&self) -> Url {
        let required = [("api-version", self.api_version.as_str()), ("resource", self.resource.as_str())];
        // Agents from 1.66 on then make a new token; older ones ignore it.
        let fresh = self.force_refresh.then_some(("bypass_cache", "true"));
        self.agent.endpoint.with_query(required.into_iter().chain(self.identity.selector()).chain(fresh))
    }
}

/// The audience to ask for: as given, without the suffix that makes it a scope.
fn resource(given: &str) -> Result<&str, ErrorKind> {
    const ADVICE: &str =
        "Give the audience of the service the token is for, such as 'https://management.azure.com/' or 'https://vault.azure.net'.";
    check_text("The resource", given, ADVICE)?;
    if given.to_ascii_lowercase().starts_with("/subscriptions/") {
        let advice = "An audience is wanted here, such as 'https://management.azure.com/'. For a user-assigned identity, give this id as the identity's resource id \
             (-IdentityResourceId).";
        return Err(invalid("The resource is the id of an Azure resource, not an audience", advice));
    }
    let audience = given.strip_suffix("/.default").unwrap_or(given);
    if audience.is_empty() {
        return Err(invalid("The resource is empty", ADVICE));
    }
    Ok(audience)
}

fn identity(wishes: &Wishes) -> Result<Identity, ErrorKind> {
    const ADVICE: &str = "Give one id of the user-assigned identity, or none for the machine's own identity.";
    let ids = [
        ("The client id", &wishes.client_id),
        ("The object id", &wishes.object_id),
        ("The identity's resource id", &wishes.identity_resource_id),
    ];
    for (name, id) in ids {
        if let Some(id) = id {
            check_text(name, id, ADVICE)?;
        }
    }
    match (wishes.client_id.clone(), wishes.object_id.clone(), wishes.identity_resource_id.clone()) {
        (None, None, None) => Ok(Identity::SystemAssigned),
        (Some(id), None, None) => Ok(Identity::ClientId(id)),
        (None, Some(id), None) => Ok(Identity::ObjectId(id)),
        (None, None, Some(id)) => Ok(Identity::ResourceId(id)),
        _ => Err(invalid("More than one of client id, object id and identity resource id was given", ADVICE)),
    }
}

/// What no value that goes into a URL may be.
fn check_text(name: &str, text: &str, advice: &'static str) -> Result<(), ErrorKind> {
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

fn invalid(problem: impl Into<String>, advice: &'static str) -> ErrorKind {
    ErrorKind::InvalidArgument { problem: format!("{}.", problem.into()), advice }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(change: impl FnOnce(&mut Wishes)) -> Result<Plan, ErrorKind> {
        let mut wishes =
            Wishes { resource: "https://vault.azure.net".into(), endpoint: Some("http://127.0.0.1:9".into()), ..Wishes::default() };
        change(&mut wishes);
        Plan::new(&wishes, &Machine::this(), &Log::new())
    }

    fn query(change: impl FnOnce(&mut Wishes)) -> String {
        plan(change).unwrap().url().query().unwrap().to_owned()
    }

    #[test]
    fn the_query_is_the_documented_one() {
        assert_eq!(query(|_| ()), "api-version=2020-06-01&resource=https%3A%2F%2Fvault.azure.net");
        assert_eq!(query(|w| w.api_version = Some("2019-11-01".into())), "api-version=2019-11-01&resource=https%3A%2F%2Fvault.azure.net");
        assert!(query(|w| w.client_id = Some("a&b".into())).ends_with("&client_id=a%26b"));
        assert!(query(|w| w.object_id = Some("o".into())).ends_with("&object_id=o"));
        assert!(query(|w| w.identity_resource_id = Some("/subscriptions/s".into())).ends_with("&msi_res_id=%2Fsubscriptions%2Fs"));
        assert!(query(|w| w.force_refresh = true).ends_with("&bypass_cache=true"));
    }

    #[test]
    fn the_resource_is_sent_as_given_but_for_the_scope_suffix() {
        for (given, sent) in [
            ("https://vault.azure.net/", "https://vault.azure.net/"),
            ("https://vault.azure.net/.default", "https://vault.azure.net"),
            ("https://management.azure.com//.default", "https://management.azure.com/"),
            ("499b84ac-1321-427f-aa17-267ca6975798", "499b84ac-1321-427f-aa17-267ca6975798"),
            ("api://Ä/x", "api://Ä/x"),
        ] {
            assert_eq!(plan(|w| w.resource = given.into()).unwrap().resource, sent);
        }
    }

    #[test]
    fn wrong_values_are_told_apart_and_explained() {
        let long = "x".repeat(5000);
        for (resource, part) in [
            ("", "is empty"),
            (" \t", "is empty"),
            ("a\nb", "control characters"),
            ("https://x\0", "control characters"),
            (" https://x", "blank"),
            ("/.default", "is empty"),
            ("/subscriptions/1/x", "not an audience"),
            ("/Subscriptions/1/x", "not an audience"),
            (&long, "longer than"),
        ] {
            let error = plan(|w| w.resource = resource.into()).unwrap_err();
            assert!(error.to_string().contains(part), "{resource:?}: {error}");
            assert!(matches!(&error, ErrorKind::InvalidArgument { advice, .. } if advice.contains("audience")), "{error}");
        }
        for change in [
            |w: &mut Wishes| w.api_version = Some(String::new()),
            |w: &mut Wishes| w.api_version = Some("1&x=y".into()),
            |w: &mut Wishes| w.client_id = Some(String::new()),
            |w: &mut Wishes| (w.client_id, w.object_id) = (Some("a".into()), Some("b".into())),
            |w: &mut Wishes| w.key_directory = Some("relative".into()),
            |w: &mut Wishes| (w.endpoint, w.key_directory) = (None, Some("/x".into())),
        ] {
            let result = plan(change);
            assert!(matches!(result, Err(ErrorKind::InvalidArgument { .. })), "{result:?}");
        }
    }
}
