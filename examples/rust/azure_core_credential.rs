//! A credential for the clients of Azure's SDK (azure_core 1): `SecretClient::new(url, ArcCredential::new(), None)`.
//!
//! Cargo.toml: arc-token (without default features), async-trait, azure_core.

use std::sync::Arc;

use arc_token::TokenRequest;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};

#[derive(Debug, Default)]
pub struct ArcCredential(TokenRequest);

impl ArcCredential {
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// For a user-assigned identity, another time limit, and so on: any resource will do here.
    pub fn with_request(request: TokenRequest) -> Arc<Self> {
        Arc::new(Self(request))
    }
}

#[async_trait::async_trait]
impl TokenCredential for ArcCredential {
    /// Ends its work when the future is dropped. The library keeps the tokens.
    async fn get_token(&self, scopes: &[&str], _: Option<TokenRequestOptions<'_>>) -> azure_core::Result<AccessToken> {
        let scope = scopes.first().copied().unwrap_or_default(); // "…/.default" is taken off by the library.
        let token = self.0.clone().resource(scope).await.map_err(|error| Error::new(ErrorKind::Credential, error))?;
        Ok(AccessToken::new(token.secret().to_owned(), token.expires_on().into()))
    }
}
