//! The identity of the emulated machine, and the user-assigned identities.

use crate::http::Request;

pub(crate) const TENANT: &str = "0a11ce00-7e4a-4000-8000-000000000001";
pub(crate) const SUBSCRIPTION: &str = "0a11ce00-5ab5-4000-8000-000000000002";
pub(crate) const RESOURCE_GROUP: &str = "emulated";
pub(crate) const MACHINE: &str = "arc-emulator";
const MACHINE_CLIENT: &str = "0a11ce00-c11e-4000-8000-000000000003";
const MACHINE_OBJECT: &str = "0a11ce00-0b1e-4000-8000-000000000004";

/// The default of `--user-assigned`.
pub(crate) const DEFAULT_USER_ASSIGNED: &str = "0a11ce00-c11e-4000-8000-000000000005,0a11ce00-0b1e-4000-8000-000000000006,\
    /subscriptions/0a11ce00-5ab5-4000-8000-000000000002/resourcegroups/emulated/providers/Microsoft.ManagedIdentity/userAssignedIdentities/emulated";

pub(crate) fn machine_resource_id() -> String {
    format!("/subscriptions/{SUBSCRIPTION}/resourcegroups/{RESOURCE_GROUP}/providers/Microsoft.HybridCompute/machines/{MACHINE}")
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    pub(crate) client_id: String,
    pub(crate) object_id: String,
    pub(crate) resource_id: String,
    pub(crate) user_assigned: bool,
}

impl Identity {
    pub(crate) fn of_the_machine() -> Self {
        Self {
            client_id: MACHINE_CLIENT.into(),
            object_id: MACHINE_OBJECT.into(),
            resource_id: machine_resource_id(),
            user_assigned: false,
        }
    }

    /// Parses `CLIENT_ID,OBJECT_ID,RESOURCE_ID`.
    pub(crate) fn user_assigned(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ',').map(str::to_owned);
        let (client_id, object_id, resource_id) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { client_id, object_id, resource_id, user_assigned: true })
    }
}

/// The identity that a request selects.
#[derive(Clone)]
pub(crate) struct Selection {
    pub(crate) identity: Identity,
    /// The parameter that selects it, and its value. The answer repeats both.
    pub(crate) echo: Option<(&'static str, String)>,
}

/// Finds the identity. `None` if the machine does not have it. The agent ignores `mi_res_id`, so that is not a selector.
pub(crate) fn select(request: &Request, known: &[Identity]) -> Option<Selection> {
    let selector = ["client_id", "object_id", "msi_res_id"].into_iter().find_map(|field| Some((field, request.parameter(field)?)));
    let Some((field, value)) = selector else {
        return Some(Selection { identity: Identity::of_the_machine(), echo: None });
    };
    let identity = known.iter().find(|identity| {
        let own = match field {
            "client_id" => &identity.client_id,
            "object_id" => &identity.object_id,
            _ => &identity.resource_id,
        };
        own.eq_ignore_ascii_case(&value)
    })?;
    Some(Selection { identity: identity.clone(), echo: Some((field, value)) })
}
