//! JSON, compared with an ordinary parser. Both accept the same documents, except that we refuse documents with a key twice.

#![cfg_attr(not(test), no_main)]

use arc_token::fuzzing::{assert_plain, checked_json, is_json, without_bom};
use serde_json::Value;

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

pub(crate) fn run(data: &[u8]) {
    let ordinary = serde_json::from_slice::<Value>(without_bom(data));
    if is_json(data) {
        let value = ordinary.expect("an ordinary parser takes it");
        assert!(is_json(value.to_string().as_bytes()), "{value}");
    } else if let Ok(value) = ordinary {
        let Err(error) = checked_json(data) else { panic!("is_json and Checked differ") };
        let error = error.to_string();
        assert!(error.starts_with("it has twice the key"), "{error}: {value}");
        assert_plain(&error);
    }
}
