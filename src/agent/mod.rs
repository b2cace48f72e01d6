//! Agent: the rules for the agent's address, and how it is found.
//!
//! In: the caller's address if there is one, variables, and files of the installation. Out: an `Agent` that passed the rules. This
//! folder sends nothing, and knows nothing of tokens or keys.

pub(crate) mod endpoint;
pub(crate) mod host_environment;
pub(crate) mod locate;
pub(crate) mod service_configuration;
pub(crate) mod service_unit;
pub(crate) mod source;
mod written_address;
