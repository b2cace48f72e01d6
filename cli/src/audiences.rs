//! The names of services and clouds, for clap: it checks and completes them. The library has the table.

use arc_token::{Cloud, audiences, service_named};
use clap::builder::{PossibleValue, PossibleValuesParser};

pub(crate) fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(audiences().filter(|known| known.cloud == Cloud::ALL[0]).map(|known| known.service))
}

/// An audience. A service's name would never be asked for.
pub(crate) fn no_name(text: &str) -> Result<String, String> {
    match service_named(text).and_then(|service| audiences().find(|known| known.service == service)) {
        Some(known) => Err(format!("this is a service's name; its audience is {}", known.resource)),
        None => Ok(text.to_owned()),
    }
}

pub(crate) fn clouds() -> PossibleValuesParser {
    PossibleValuesParser::new(Cloud::ALL.map(|cloud| PossibleValue::new(cloud.name()).aliases(cloud.other_names())))
}
