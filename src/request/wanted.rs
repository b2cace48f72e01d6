//! What a token is wanted for: a resource as the caller wrote it, or a service by name, with the rules for both; and for which identity.
//! Also the rules that hold for every text in the URL of a request.

use std::borrow::Cow;

use crate::audience::cloud::Cloud;
use crate::audience::table::{self, DEFAULT_RESOURCE, RESOURCE_MANAGER};
use crate::error::ErrorKind;
use crate::text::plain::shown;

/// What a token is wanted for, as the caller gave it.
#[derive(Clone, Debug, Default)]
pub(crate) enum Wanted {
    /// Azure Resource Manager, because the caller named nothing.
    #[default]
    Nothing,
    /// This audience or scope.
    Resource(String),
    /// The service with this name.
    Service(String),
}

/// The audience that a request asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chosen<'a> {
    pub(crate) resource: &'a str,
    /// The service, if the caller gave neither a resource nor a cloud. Its audience is then another one in another cloud.
    pub(crate) default_of: Option<&'static str>,
}

/// Checks what is wanted, and finds its audience.
pub(crate) fn audience<'a>(wanted: &'a Wanted, environment: Option<&str>) -> Result<Chosen<'a>, ErrorKind> {
    let cloud = environment.map(cloud).transpose()?;
    let name = match wanted {
        Wanted::Resource(_) if cloud.is_some() => {
            let advice = "Leave out one of them, or name the service (-ResourceTypeName) in place of -Resource.";
            return Err(invalid("An environment was given beside a resource, and a resource is sent as it is", advice));
        }
        Wanted::Resource(given) => return Ok(Chosen { resource: resource(given)?, default_of: None }),
        Wanted::Nothing if cloud.is_none() => {
            return Ok(Chosen { resource: DEFAULT_RESOURCE, default_of: Some(RESOURCE_MANAGER) });
        }
        Wanted::Nothing => RESOURCE_MANAGER,
        Wanted::Service(name) => name,
    };
    let service = table::service_named(name).ok_or_else(|| {
        let names = table::services().collect::<Vec<_>>().join(", ");
        let advice = format!("Those are {names}. For any other service, give its audience with -Resource.");
        invalid(format!("'{}' is not one of the names for which an audience is known", shown(name)), advice)
    })?;
    let in_cloud = cloud.unwrap_or(Cloud::AzureCloud);
    let resource = table::find(service, in_cloud).ok_or_else(|| {
        let of_service = table::audiences().filter(|known| known.service == service).map(|known| known.cloud.name());
        let known = of_service.collect::<Vec<_>>().join(", ");
        let problem = format!("No audience of {service} is known for {}, only for {known}", in_cloud.name());
        invalid(problem, "If you know it, give it with -Resource.")
    })?;
    Ok(Chosen { resource, default_of: cloud.is_none().then_some(service) })
}

fn cloud(name: &str) -> Result<Cloud, ErrorKind> {
    Cloud::named(name).ok_or_else(|| {
        let advice = format!(
            "Those are {}. For another one, get the token for the audience itself (-Resource), without an environment.",
            Cloud::ALL.map(Cloud::name).join(", ")
        );
        invalid(format!("The environment '{}' is not one whose audiences are known", shown(name)), advice)
    })
}

/// The audience in a given resource: the text without the suffix that makes it a scope.
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
    // No service's audience is a single word, and Entra's answer to one says nothing of names.
    if let Some(service) = table::service_named(audience) {
        let audience = table::find(service, Cloud::AzureCloud).unwrap_or_default();
        let advice = format!("Its audience is '{audience}'. Give that, or the name as -ResourceTypeName {service}.");
        return Err(invalid(format!("The resource '{given}' is the name of a service, not its audience"), advice));
    }
    Ok(audience)
}

/// The identity that a token is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Identity {
    #[default]
    SystemAssigned,
    ClientId(String),
    ObjectId(String),
    ResourceId(String),
}

impl Identity {
    /// The query parameter that selects this identity. `None` for the machine's own identity.
    pub(crate) fn selector(&self) -> Option<(&'static str, &str)> {
        match self {
            Identity::SystemAssigned => None,
            Identity::ClientId(id) => Some(("client_id", id)),
            Identity::ObjectId(id) => Some(("object_id", id)),
            // The agent ignores `mi_res_id` (tried with 1.67).
            Identity::ResourceId(id) => Some(("msi_res_id", id)),
        }
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    type Found = Result<(String, Option<&'static str>), ErrorKind>;

    fn found(wanted: Wanted, environment: Option<&str>) -> Found {
        audience(&wanted, environment).map(|chosen| (chosen.resource.to_owned(), chosen.default_of))
    }

    fn service(name: &str, environment: Option<&str>) -> Found {
        found(Wanted::Service(name.to_owned()), environment)
    }

    #[test]
    fn a_service_has_its_audience_in_the_cloud_that_is_named_in_any_way() {
        for (name, environment, expected) in [
            ("KeyVault", None, "https://vault.azure.net"),
            ("vault", Some("AzurePublicCloud"), "https://vault.azure.net"),
            ("keyvault", Some("azureusgovernmentcloud"), "https://vault.usgovcloudapi.net"),
            ("Arm", None, "https://management.core.windows.net/"),
        ] {
            let (resource, default_of) = service(name, environment).unwrap();
            assert_eq!(resource, expected);
            assert_eq!(default_of.is_some(), environment.is_none(), "{name}");
        }
        let china = found(Wanted::Nothing, Some("AzureChinaCloud")).unwrap();
        assert_eq!(china, ("https://management.core.chinacloudapi.cn/".to_owned(), None));
        assert_eq!(found(Wanted::Nothing, None).unwrap(), (DEFAULT_RESOURCE.to_owned(), Some("Arm")));
    }

    #[test]
    fn a_known_name_as_a_resource_is_refused_with_its_audience_and_the_option() {
        for (name, wanted) in
            [("KeyVault", "https://vault.azure.net"), ("vault", "-ResourceTypeName KeyVault"), ("msgraph", "https://graph.microsoft.com/")]
        {
            let error = found(Wanted::Resource(name.to_owned()), None).unwrap_err();
            assert!(matches!(&error, ErrorKind::InvalidArgument { advice, .. } if advice.contains(wanted)), "{error:?}");
        }
        for resource in ["https://vault.azure.net", "499b84ac-1321-427f-aa17-267ca6975798", "https://KeyVault", "api://vault", "own"] {
            assert_eq!(found(Wanted::Resource(resource.to_owned()), None).unwrap().0, resource);
        }
    }

    #[test]
    fn what_cannot_be_found_is_refused_with_what_can() {
        let said = |outcome: Found| format!("{:?}", outcome.unwrap_err());
        assert!(said(service("Nothing", None)).contains("KeyVault, ManagedHsm"));
        assert!(said(service("KeyVault", Some("Moon"))).contains("AzureCloud, AzureUSGovernment, AzureChinaCloud"));
        assert!(said(service("Sql", Some("AzureChina"))).contains("for AzureChinaCloud, only for AzureCloud."));
        assert!(said(found(Wanted::Resource("https://a".to_owned()), Some("AzureCloud"))).contains("-ResourceTypeName"));
        assert!(said(found(Wanted::Nothing, Some("Moon"))).contains("AzureUSGovernment"));
    }
}
