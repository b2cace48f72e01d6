//! The cloud that the machine is in: its name in the agent's metadata, and the audiences that Microsoft Entra knows there.

pub(crate) const PUBLIC: &str = "AzureCloud";

/// The ends of the names of services in each cloud.
const SERVICES: [(&str, &[&str]); 3] = [
    (PUBLIC, &["azure.com", "windows.net", "azure.net", "microsoft.com", "loganalytics.io", "azconfig.io"]),
    ("AzureUSGovernment", &["usgovcloudapi.net", "azure.us", "microsoft.us", "loganalytics.us", "microsoftazure.us"]),
    ("AzureChinaCloud", &["chinacloudapi.cn", "azure.cn"]),
];
/// The same in all clouds.
const EVERYWHERE: &str = "storage.azure.com";

/// The audience of the token exchange. Other clouds have a longer name for it.
const EXCHANGE: &str = "AzureADTokenExchange";

/// The name in `azEnvironment`, which is that of Azure's metadata services.
pub(crate) fn name_in_metadata(cloud: &str) -> &str {
    match cloud {
        PUBLIC => "AzurePublicCloud",
        "AzureUSGovernment" => "AzureUSGovernmentCloud",
        other => other,
    }
}

/// Whether Entra knows this audience in the cloud. In the public one it knows all, because most tests are not about clouds.
pub(crate) fn knows(cloud: &str, resource: &str) -> bool {
    let host = resource.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if host.starts_with(EXCHANGE) {
        return cloud == PUBLIC || host.len() > EXCHANGE.len();
    }
    let of_another = SERVICES.iter().any(|(name, ends)| *name != cloud && ends.iter().any(|end| host.ends_with(end)));
    cloud == PUBLIC || host == EVERYWHERE || !of_another
}
