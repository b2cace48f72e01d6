//! The audiences of Azure's services, by the names that Az gives them: `data/audiences.tsv`, as in the PowerShell module.

use clap::builder::PossibleValuesParser;

use crate::failure::Failure;

/// The service that a token is for where none is named.
pub(crate) const RESOURCE_MANAGER: &str = "Arm";
const TABLE: &str = include_str!("../../data/audiences.tsv");

fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    TABLE.lines().map(|line| line.split('\t').collect())
}

/// The clouds, the usual one first.
fn heading() -> impl Iterator<Item = &'static str> {
    rows().take(1).flatten().skip(1)
}

/// For the command line, which then knows and completes them.
pub(crate) fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(rows().skip(1).map(|row| row[0]))
}

pub(crate) fn clouds() -> PossibleValuesParser {
    PossibleValuesParser::new(heading())
}

/// The audience of a service in a cloud; without one, in the usual cloud.
pub(crate) fn find(name: &str, cloud: Option<&str>) -> Result<&'static str, Failure> {
    let column = cloud.map_or(Some(0), |cloud| heading().position(|known| known.eq_ignore_ascii_case(cloud)));
    let row = rows().skip(1).find(|row| row[0].eq_ignore_ascii_case(name));
    let audience = row.zip(column).and_then(|(row, column)| row.get(column + 1).copied());
    audience.filter(|audience| !audience.is_empty()).ok_or_else(|| {
        let cloud = cloud.or_else(|| heading().next()).unwrap_or_default();
        Failure::invalid(format!("No audience of {name} is known for {cloud}."), "If you know it, give it with --resource.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_name_an_audience_and_a_column_for_each_cloud() {
        let clouds = heading().count();
        assert_eq!(heading().next(), Some("AzureCloud"));
        for row in rows().skip(1) {
            assert_eq!(row.len(), clouds + 1, "{row:?}");
            assert!(!row[0].is_empty() && !row[1].is_empty(), "{row:?}");
        }
    }

    #[test]
    fn audiences_are_found_whatever_the_letters_case() {
        let found = |name, cloud| find(name, cloud).ok();
        assert_eq!(found("keyvault", None), Some("https://vault.azure.net"));
        assert_eq!(found("KeyVault", Some("azurechinacloud")), Some("https://vault.azure.cn"));
        assert_eq!(found("Sql", Some("AzureChinaCloud")), None);
        assert_eq!(found("none", None), None);
        assert_eq!(found("KeyVault", Some("none")), None);
    }
}
