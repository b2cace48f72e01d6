//! The record for tests: the requests that came, and the secrets that were issued.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};

use serde_json::{Value, json};

use crate::http::Request;
use crate::keys::Worth;

/// The number of requests that are kept. Older ones are only counted.
const REMEMBERED: usize = 20_000;

#[derive(Default)]
struct Inner {
    requests: VecDeque<Value>,
    requested: u64,
    connections: u64,
    tokens: Vec<String>,
    keys: Vec<String>,
}

#[derive(Default)]
pub(crate) struct Record(Mutex<Inner>);

impl Record {
    pub(crate) fn connection(&self) {
        self.inner().connections += 1;
    }

    pub(crate) fn request(&self, request: &Request, key: Option<Worth>, status: u16) {
        let header = |(name, value): &(String, String)| {
            let secret = name.to_ascii_lowercase().ends_with("authorization");
            json!([name, if secret { "[not recorded]" } else { value }])
        };
        let entry = json!({
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "headers": request.headers.iter().map(header).collect::<Vec<_>>(),
            "client_id": request.header("Client-Id"),
            "keyed": request.header("Authorization").is_some(),
            "key": key.map(Worth::name),
            "status": status,
        });
        let mut inner = self.inner();
        inner.requested += 1;
        if inner.requests.len() == REMEMBERED {
            inner.requests.pop_front();
        }
        inner.requests.push_back(entry);
    }

    pub(crate) fn token(&self, token: &str) {
        self.inner().tokens.push(token.to_owned());
    }

    pub(crate) fn key(&self, key: &str) {
        self.inner().keys.push(key.to_owned());
    }

    /// The key before the last one.
    pub(crate) fn earlier_key(&self) -> Option<String> {
        self.inner().keys.iter().rev().nth(1).cloned()
    }

    pub(crate) fn requests(&self) -> Value {
        self.inner().requests.iter().cloned().collect()
    }

    pub(crate) fn counts(&self) -> Value {
        let inner = self.inner();
        json!({
            "requests": inner.requested,
            "connections": inner.connections,
            "tokens": inner.tokens.len(),
            "keys": inner.keys.len(),
        })
    }

    pub(crate) fn issued(&self) -> Value {
        let inner = self.inner();
        json!({ "tokens": inner.tokens, "keys": inner.keys })
    }

    pub(crate) fn reset(&self) {
        *self.inner() = Inner::default();
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("no panic")
    }
}
