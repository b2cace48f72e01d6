//! A stand-in for the Azure CLI, for the programs that get tokens only from `az account get-access-token`.

pub(super) mod folder;
mod local_time;
mod next;
pub(crate) mod stand_in;
mod words;

/// The variable that tells the stand-in where the endpoint is. Its value holds the secret.
pub(super) const ADDRESS: &str = "ARC_TOKEN_EXEC_AZ";
