//! The table of audiences, `audiences.tsv`: a service in each line, with its audience in each cloud. It is read anew each time, since few
//! calls need it.

use super::cloud::Cloud;

/// The audience of Azure Resource Manager, the default where a resource is optional.
pub const DEFAULT_RESOURCE: &str = "https://management.azure.com/";
/// The service of [`DEFAULT_RESOURCE`]. In the table its audience has another form, which Az uses.
pub(crate) const RESOURCE_MANAGER: &str = "Arm";

const TABLE: &str = include_str!("audiences.tsv");
/// What else people and tools call a service.
const OTHER_NAMES: [(&str, &str); 9] = [
    ("management", RESOURCE_MANAGER),
    ("vault", "KeyVault"),
    ("key-vault", "KeyVault"),
    ("graph", "MSGraph"),
    ("ms-graph", "MSGraph"),
    ("MicrosoftGraph", "MSGraph"),
    ("aad-graph", "AadGraph"),
    ("oss-rdbms", "OssRdbms"),
    ("data-lake", "DataLake"),
];

/// The audience of a service in a cloud.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audience {
    /// The service, by the name that Azure PowerShell gives it, such as `KeyVault`.
    pub service: &'static str,
    /// The cloud.
    pub cloud: Cloud,
    /// The audience, with a slash at its end where the service wants one.
    pub resource: &'static str,
}

/// All audiences that are known by name: service by service, and for each service cloud by cloud.
pub fn audiences() -> impl Iterator<Item = Audience> {
    TABLE.lines().skip(1).flat_map(|line| {
        let (service, audiences) = line.split_once('\t').unwrap_or((line, ""));
        let of = move |(cloud, resource): (Cloud, &'static str)| Audience { service, cloud, resource };
        Cloud::ALL.into_iter().zip(audiences.split('\t')).filter(|(_, resource)| !resource.is_empty()).map(of)
    })
}

/// The names of all services. Each has an audience in the default cloud.
pub(crate) fn services() -> impl Iterator<Item = &'static str> {
    audiences().filter(|known| known.cloud == Cloud::AzureCloud).map(|known| known.service)
}

/// The service with this name, in any letter case, or that is also called so. `None` for every audience that is an address: those are
/// told by their characters, since each request asks this.
pub fn service_named(text: &str) -> Option<&'static str> {
    if !text.bytes().all(is_of_name) {
        return None;
    }
    let is = |name: &str| name.eq_ignore_ascii_case(text);
    services().find(|name| is(name)).or_else(|| OTHER_NAMES.into_iter().find(|(name, _)| is(name)).map(|(_, service)| service))
}

/// True for the characters that names of services have.
fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'-'
}

/// The audience of a service in a cloud, if it is known.
pub(crate) fn find(service: &str, cloud: Cloud) -> Option<&'static str> {
    audiences().find(|known| known.service == service && known.cloud == cloud).map(|known| known.resource)
}

/// The service that has this audience in some cloud, and its audiences in the other clouds. `None` for an unknown audience, and where no
/// other cloud has another one.
pub(crate) fn elsewhere(resource: &str) -> Option<(Audience, Vec<Audience>)> {
    let same = |known: &str| known.trim_end_matches('/').eq_ignore_ascii_case(resource.trim_end_matches('/'));
    let resource_manager = Audience { service: RESOURCE_MANAGER, cloud: Cloud::AzureCloud, resource: DEFAULT_RESOURCE };
    let here = audiences().chain([resource_manager]).find(|known| same(known.resource))?;
    let others = audiences().filter(|known| known.service == here.service && known.cloud != here.cloud && !same(known.resource));
    let others: Vec<_> = others.collect();
    (!others.is_empty()).then_some((here, others))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_name_an_audience_and_a_column_for_each_cloud() {
        let heading: Vec<_> = TABLE.lines().next().into_iter().flat_map(|line| line.split('\t')).collect();
        assert_eq!(heading, [&["name"], &Cloud::ALL.map(Cloud::name)[..]].concat());
        for line in TABLE.lines().skip(1) {
            let row: Vec<_> = line.split('\t').collect();
            assert_eq!(row.len(), Cloud::ALL.len() + 1, "{row:?}");
            assert!(row.iter().all(|cell| cell.trim() == *cell) && !row[0].is_empty() && !row[1].is_empty(), "{row:?}");
        }
    }

    #[test]
    fn audiences_are_found_by_name_and_cloud() {
        assert_eq!(find("KeyVault", Cloud::AzureCloud), Some("https://vault.azure.net"));
        assert_eq!(find("KeyVault", Cloud::AzureChinaCloud), Some("https://vault.azure.cn"));
        assert_eq!(find("Sql", Cloud::AzureChinaCloud), None);
        assert_eq!(find("none", Cloud::AzureCloud), None);
        assert!(find(RESOURCE_MANAGER, Cloud::AzureUSGovernment).is_some());
    }

    #[test]
    fn services_have_one_name_and_some_others() {
        for (text, service) in [("keyVAULT", "KeyVault"), ("vault", "KeyVault"), ("MS-Graph", "MSGraph"), ("arm", "Arm")] {
            assert_eq!(service_named(text), Some(service));
        }
        for other in ["name", "", "https://vault.azure.net", "key vault"] {
            assert_eq!(service_named(other), None);
        }
        for name in services().chain(OTHER_NAMES.map(|(name, _)| name)) {
            assert!(service_named(name).is_some(), "{name} has other characters");
        }
        for (other, service) in OTHER_NAMES {
            assert!(services().any(|known| known == service) && !services().any(|known| known.eq_ignore_ascii_case(other)), "{other}");
        }
    }

    #[test]
    fn an_audience_of_one_cloud_leads_to_those_of_the_others() {
        let names = |resource: &str| {
            elsewhere(resource).map(|(here, others)| (here.service, others.iter().map(|o| o.resource).collect::<Vec<_>>()))
        };
        let vaults = ("KeyVault", vec!["https://vault.usgovcloudapi.net", "https://vault.azure.cn"]);
        assert_eq!(names("https://vault.azure.net/"), Some(vaults));
        assert_eq!(names(DEFAULT_RESOURCE).map(|(service, others)| (service, others.len())), Some(("Arm", 2)));
        assert_eq!(names("https://vault.azure.cn").map(|(_, others)| others[0]), Some("https://vault.azure.net"));
        assert_eq!(names("https://storage.azure.com/"), None, "it is the same everywhere");
        assert_eq!(names("https://database.windows.net/"), None, "no other is known");
        assert_eq!(names("https://own.example"), None);
    }
}
