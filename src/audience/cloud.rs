//! `Cloud`: the clouds of Azure, and all their names.

/// An Azure cloud whose audiences are known.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cloud {
    /// The public cloud, which most machines are in.
    AzureCloud,
    /// Azure Government.
    AzureUSGovernment,
    /// Azure operated by 21Vianet.
    AzureChinaCloud,
}

impl Cloud {
    /// All of them, the default one first.
    pub const ALL: [Self; 3] = [Self::AzureCloud, Self::AzureUSGovernment, Self::AzureChinaCloud];

    /// The name that Azure PowerShell, the Azure CLI and `azcmagent` use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AzureCloud => "AzureCloud",
            Self::AzureUSGovernment => "AzureUSGovernment",
            Self::AzureChinaCloud => "AzureChinaCloud",
        }
    }

    /// What others call it: first the name in the agent's metadata, then those of SDKs and tools.
    pub const fn other_names(self) -> &'static [&'static str] {
        match self {
            Self::AzureCloud => &["AzurePublicCloud", "AzurePublic", "Public"],
            Self::AzureUSGovernment => &["AzureUSGovernmentCloud", "AzureGovernment", "USGovernment"],
            Self::AzureChinaCloud => &["AzureChina", "China"],
        }
    }

    /// The cloud with this name, in any letter case. `None` for every other one.
    pub fn named(text: &str) -> Option<Self> {
        let is = |name: &&str| name.eq_ignore_ascii_case(text);
        Self::ALL.into_iter().find(|cloud| is(&cloud.name()) || cloud.other_names().iter().any(is))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_az_and_the_agent_use_is_understood() {
        for (name, cloud) in [
            ("AzureCloud", Cloud::AzureCloud),
            ("AzurePublicCloud", Cloud::AzureCloud),
            ("azureusgovernment", Cloud::AzureUSGovernment),
            ("AzureUSGovernmentCloud", Cloud::AzureUSGovernment),
            ("AZURECHINACLOUD", Cloud::AzureChinaCloud),
        ] {
            assert_eq!(Cloud::named(name), Some(cloud), "{name}");
        }
        for name in ["", "Azure", "AzureGermanCloud", "name"] {
            assert_eq!(Cloud::named(name), None, "{name}");
        }
    }

    #[test]
    fn no_name_is_of_two_clouds() {
        let names = |cloud: Cloud| cloud.other_names().iter().copied().chain([cloud.name()]);
        for (cloud, name) in Cloud::ALL.into_iter().flat_map(|cloud| names(cloud).map(move |name| (cloud, name))) {
            assert_eq!(Cloud::named(name), Some(cloud), "{name}");
        }
    }
}
