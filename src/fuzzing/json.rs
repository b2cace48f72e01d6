//! JSON as such: what passes is JSON for an ordinary parser too, and what only that one takes has a key twice.

use serde_json::Value;

use crate::json::{Checked, is_json, without_bom};

pub(super) fn run(data: &[u8]) {
    let ordinary = serde_json::from_slice::<Value>(without_bom(data));
    if is_json(data) {
        let value = ordinary.expect("an ordinary parser takes it");
        assert!(is_json(value.to_string().as_bytes()), "{value}");
    } else if let Ok(value) = ordinary {
        let Err(error) = serde_json::from_slice::<Checked>(without_bom(data)) else { panic!("is_json and Checked differ") };
        let error = error.to_string();
        assert!(error.starts_with("it has twice the key"), "{error}: {value}");
        super::assert_plain(&error);
    }
}
