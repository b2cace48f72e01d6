//! As much of azure_core 1 as the example needs.

pub type Result<T> = std::result::Result<T, error::Error>;

pub mod error {
    #[derive(Debug)]
    #[non_exhaustive]
    pub enum ErrorKind {
        Credential,
        Other,
    }

    #[derive(Debug)]
    pub struct Error(ErrorKind, Box<dyn std::error::Error + Send + Sync>);

    impl Error {
        pub fn new<E: Into<Box<dyn std::error::Error + Send + Sync>>>(kind: ErrorKind, error: E) -> Self {
            Self(kind, error.into())
        }

        pub fn kind(&self) -> &ErrorKind {
            &self.0
        }
    }

    impl std::fmt::Display for Error {
        fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.1.fmt(formatter)
        }
    }
}

pub mod time {
    #[derive(Debug, Clone, Copy)]
    pub struct OffsetDateTime(pub std::time::SystemTime);

    impl From<std::time::SystemTime> for OffsetDateTime {
        fn from(time: std::time::SystemTime) -> Self {
            Self(time)
        }
    }
}

pub mod credentials {
    use crate::time::OffsetDateTime;

    pub struct Secret(String);

    impl std::fmt::Debug for Secret {
        fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("Secret")
        }
    }

    impl Secret {
        pub fn secret(&self) -> &str {
            &self.0
        }
    }

    impl From<String> for Secret {
        fn from(text: String) -> Self {
            Self(text)
        }
    }

    #[derive(Debug)]
    pub struct AccessToken {
        pub token: Secret,
        pub expires_on: OffsetDateTime,
    }

    impl AccessToken {
        pub fn new<T: Into<Secret>>(token: T, expires_on: OffsetDateTime) -> Self {
            Self { token: token.into(), expires_on }
        }
    }

    #[derive(Debug, Clone, Default)]
    pub struct TokenRequestOptions<'a>(std::marker::PhantomData<&'a ()>);

    pub trait TokenCredential: Send + Sync + std::fmt::Debug {
        fn get_token(
            &self,
            scopes: &[&str],
            options: Option<TokenRequestOptions<'_>>,
        ) -> impl Future<Output = crate::Result<AccessToken>> + Send;
    }
}
