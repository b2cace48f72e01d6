//! The child's environment: where each family of clients looks for a managed identity.

use std::ffi::{OsStr, OsString};
use std::process::Command;

use clap::ValueEnum;

/// The variables that name the endpoint, by the pairs that only work together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Variable {
    /// App Service, api-version 2019-08-01: Microsoft's SDKs of today.
    IdentityEndpoint,
    IdentityHeader,
    /// App Service, api-version 2017-09-01, and Cloud Shell, whose clients send no secret but know all of the address: older ones.
    MsiEndpoint,
    MsiSecret,
    /// A virtual machine's: Terraform's azurerm, object_store, opendal.
    ArmMsiEndpoint,
    AzureMsiEndpoint,
    AzureIdentityEndpoint,
    AzureImdsEndpoint,
}

use Variable::*;

impl Variable {
    fn name(self) -> &'static str {
        match self {
            IdentityEndpoint => "IDENTITY_ENDPOINT",
            IdentityHeader => "IDENTITY_HEADER",
            MsiEndpoint => "MSI_ENDPOINT",
            MsiSecret => "MSI_SECRET",
            ArmMsiEndpoint => "ARM_MSI_ENDPOINT",
            AzureMsiEndpoint => "AZURE_MSI_ENDPOINT",
            AzureIdentityEndpoint => "AZURE_IDENTITY_ENDPOINT",
            AzureImdsEndpoint => "AZURE_IMDS_ENDPOINT",
        }
    }

    /// An address without its secret is of no use, and a secret without its address would go to another service.
    fn other_of_pair(self) -> Self {
        match self {
            IdentityEndpoint => IdentityHeader,
            IdentityHeader => IdentityEndpoint,
            MsiEndpoint => MsiSecret,
            MsiSecret => MsiEndpoint,
            alone => alone,
        }
    }

    fn value(self, port: u16, secret: &str) -> String {
        match self {
            IdentityEndpoint => format!("http://127.0.0.1:{port}/msi/token"),
            MsiEndpoint => format!("http://127.0.0.1:{port}/{secret}/msi/token"),
            IdentityHeader | MsiSecret => secret.to_owned(),
            ArmMsiEndpoint | AzureMsiEndpoint | AzureIdentityEndpoint | AzureImdsEndpoint => {
                format!("http://127.0.0.1:{port}/{secret}/metadata/identity/oauth2/token")
            }
        }
    }
}

/// What is changed in the environment that the child inherits.
#[derive(Default)]
pub(super) struct Changes {
    /// The values may hold the secret: they are for the child alone.
    pub(super) set: Vec<(&'static str, OsString)>,
    pub(super) removed: Vec<OsString>,
}

impl Changes {
    pub(super) fn apply_to(&self, command: &mut Command) {
        for name in &self.removed {
            command.env_remove(name);
        }
        command.envs(self.set.iter().map(|(name, value)| (name, value)));
    }
}

/// The changes for an endpoint at `port`. `only`: the variables that are wanted; all if it is empty.
pub(super) fn changes(inherited: &[(OsString, OsString)], only: &[Variable], port: u16, secret: &str) -> Changes {
    let wanted = |variable: &Variable| only.is_empty() || only.contains(variable) || only.contains(&variable.other_of_pair());
    let variables = Variable::value_variants().iter().copied().filter(wanted);
    let mut set: Vec<_> = variables.map(|variable| (variable.name(), OsString::from(variable.value(port, secret)))).collect();
    set.extend(no_proxy(inherited));
    let is_set = |name: &OsStr| set.iter().any(|(own, _)| name == *own);
    let removed = inherited.iter().map(|(name, _)| name).filter(|name| names_another_identity(name) && !is_set(name)).cloned().collect();
    Changes { set, removed }
}

/// True for a variable that would lead a client to another endpoint than this one, or past it.
fn names_another_identity(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    // With IMDS_ENDPOINT, SDKs take IDENTITY_ENDPOINT for Arc's own; with a thumbprint, for Service Fabric's.
    matches!(name, "IMDS_ENDPOINT" | "IDENTITY_SERVER_THUMBPRINT")
        || name.starts_with("MSI_")
        || Variable::value_variants().iter().any(|variable| variable.name() == name)
}

/// The lists of hosts that no proxy is asked for, with this endpoint's: some SDKs would send secret and token through HTTP_PROXY.
///
/// Programs read one of the two names, in either order, so the one that is missing gets what the other has.
fn no_proxy(inherited: &[(OsString, OsString)]) -> Vec<(&'static str, OsString)> {
    const NAMES: [&str; 2] = ["NO_PROXY", "no_proxy"];
    const HOSTS: [&str; 2] = ["127.0.0.1", "localhost"];
    let value = |wanted: &str| inherited.iter().find(|(name, value)| name == wanted && !value.is_empty()).map(|(_, value)| value);
    let names = if cfg!(windows) { &NAMES[..1] } else { &NAMES[..] };
    let with_hosts = |name: &str| {
        let mut list = value(name).or_else(|| NAMES.into_iter().find_map(value)).cloned().unwrap_or_default();
        for host in HOSTS {
            let is_there = list.to_string_lossy().split(',').any(|entry| entry.trim() == host || entry.trim() == "*");
            if !is_there {
                list.push(if list.is_empty() { "" } else { "," });
                list.push(host);
            }
        }
        list
    };
    names.iter().map(|name| (*name, with_hosts(name))).collect()
}

/// What in the inherited environment keeps clients from this identity. `az`: the child has a program of that name, too.
pub(super) fn warnings(inherited: &[(OsString, OsString)], az: bool) -> Vec<String> {
    let value = |wanted: &str| inherited.iter().find(|(name, _)| name == wanted).and_then(|(_, value)| value.to_str()).unwrap_or_default();
    let mut warnings = Vec::new();
    if !value("AZURE_CLIENT_ID").is_empty() {
        warnings.push(
            "AZURE_CLIENT_ID is set: most SDKs then ask for the user-assigned identity with that id, not for the machine's own. \
             Unset it (env -u AZURE_CLIENT_ID) if that is not meant."
                .to_owned(),
        );
    }
    let credentials = value("AZURE_TOKEN_CREDENTIALS");
    let allowed = ["", "prod", "ManagedIdentityCredential"].iter().any(|good| credentials.eq_ignore_ascii_case(good));
    let by_az = az && ["dev", "AzureCliCredential"].iter().any(|good| credentials.eq_ignore_ascii_case(good));
    if !allowed && !by_az {
        warnings.push(format!(
            "AZURE_TOKEN_CREDENTIALS is '{}': SDKs that read it do not look for a managed identity. Set it to prod, or unset it.",
            credentials.escape_debug()
        ));
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(rows: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        rows.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
    }

    fn value<'a>(changes: &'a Changes, wanted: &str) -> Option<&'a str> {
        changes.set.iter().find(|(name, _)| *name == wanted).and_then(|(_, value)| value.to_str())
    }

    #[test]
    fn every_family_is_led_to_the_endpoint_and_past_every_other() {
        let inherited = environment(&[
            ("IMDS_ENDPOINT", "http://localhost:40342"),
            ("IDENTITY_ENDPOINT", "http://localhost:40342/metadata/identity/oauth2/token"),
            ("IDENTITY_SERVER_THUMBPRINT", "x"),
            ("MSI_SECRET", "theirs"),
            ("MSI_RESOURCE", "theirs"),
            ("PATH", "/bin"),
        ]);
        let all = changes(&inherited, &[], 5, "secret");
        assert_eq!(value(&all, "IDENTITY_ENDPOINT"), Some("http://127.0.0.1:5/msi/token"));
        assert_eq!((value(&all, "IDENTITY_HEADER"), value(&all, "MSI_SECRET")), (Some("secret"), Some("secret")));
        assert_eq!(value(&all, "ARM_MSI_ENDPOINT"), Some("http://127.0.0.1:5/secret/metadata/identity/oauth2/token"));
        assert_eq!(all.removed, ["IMDS_ENDPOINT", "IDENTITY_SERVER_THUMBPRINT", "MSI_RESOURCE"]);
    }

    #[test]
    fn a_narrow_choice_keeps_pairs_together_and_leaves_nothing_inherited() {
        let inherited = environment(&[("IDENTITY_ENDPOINT", "theirs"), ("IDENTITY_HEADER", "theirs")]);
        let narrow = changes(&inherited, &[MsiSecret], 5, "secret");
        let names: Vec<_> = narrow.set.iter().map(|(name, _)| *name).filter(|name| !name.eq_ignore_ascii_case("no_proxy")).collect();
        assert_eq!(names, ["MSI_ENDPOINT", "MSI_SECRET"]);
        assert_eq!(narrow.removed, ["IDENTITY_ENDPOINT", "IDENTITY_HEADER"]);
    }

    #[test]
    #[cfg(not(windows))]
    fn the_endpoints_hosts_are_added_to_both_lists_once() {
        for (inherited, upper, lower) in [
            (&[][..], "127.0.0.1,localhost", "127.0.0.1,localhost"),
            (&[("NO_PROXY", "corp")], "corp,127.0.0.1,localhost", "corp,127.0.0.1,localhost"),
            (&[("no_proxy", "a"), ("NO_PROXY", "b, localhost")], "b, localhost,127.0.0.1", "a,127.0.0.1,localhost"),
            (&[("NO_PROXY", "*")], "*", "*"),
        ] {
            let changes = changes(&environment(inherited), &[], 5, "s");
            assert_eq!((value(&changes, "NO_PROXY"), value(&changes, "no_proxy")), (Some(upper), Some(lower)), "{inherited:?}");
        }
    }

    #[test]
    fn what_keeps_clients_away_is_told() {
        let count = |rows: &[(&str, &str)], az| warnings(&environment(rows), az).len();
        assert_eq!(count(&[("AZURE_CLIENT_ID", "x")], false), 1);
        for (credentials, alone, with_az) in
            [("dev", 1, 0), ("azureclicredential", 1, 0), ("PROD", 0, 0), ("", 0, 0), ("EnvironmentCredential", 1, 1)]
        {
            let rows = [("AZURE_TOKEN_CREDENTIALS", credentials)];
            assert_eq!((count(&rows, false), count(&rows, true)), (alone, with_az), "{credentials}");
        }
    }
}
