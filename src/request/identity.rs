//! `Identity`: the identity that a token is for, and the query parameter that selects it.

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
