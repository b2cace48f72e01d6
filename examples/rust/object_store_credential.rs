//! A credential for object_store: `MicrosoftAzureBuilder::new().with_credentials(Arc::new(ArcStorage::default()))`.
//!
//! Cargo.toml: arc-token (without default features), async-trait, object_store with the feature `azure`.

use std::sync::Arc;

use arc_token::TokenRequest;
use object_store::azure::AzureCredential;
use object_store::{CredentialProvider, Error};

#[derive(Debug)]
pub struct ArcStorage(TokenRequest);

impl ArcStorage {
    /// For a user-assigned identity, another time limit, and so on.
    pub fn with_request(request: TokenRequest) -> Self {
        Self(request.resource("https://storage.azure.com/"))
    }
}

impl Default for ArcStorage {
    fn default() -> Self {
        Self::with_request(TokenRequest::default())
    }
}

#[async_trait::async_trait]
impl CredentialProvider for ArcStorage {
    type Credential = AzureCredential;

    /// Ends its work when the future is dropped. The library keeps the tokens.
    async fn get_credential(&self) -> object_store::Result<Arc<AzureCredential>> {
        let token = self.0.clone().await.map_err(|error| Error::Generic { store: "MicrosoftAzure", source: Box::new(error) })?;
        Ok(Arc::new(AzureCredential::BearerToken(token.secret().to_owned())))
    }
}
