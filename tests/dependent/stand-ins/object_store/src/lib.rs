//! As much of object_store as the example needs.

pub type Result<T> = std::result::Result<T, Error>;

#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    Generic { store: &'static str, source: Box<dyn std::error::Error + Send + Sync> },
}

impl std::fmt::Display for Error {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self::Generic { store, source } = self;
        write!(formatter, "{store}: {source}")
    }
}

pub trait CredentialProvider: std::fmt::Debug + Send + Sync {
    type Credential;

    fn get_credential(&self) -> impl Future<Output = Result<std::sync::Arc<Self::Credential>>> + Send;
}

pub mod azure {
    #[derive(Debug)]
    pub enum AzureCredential {
        BearerToken(String),
    }
}
