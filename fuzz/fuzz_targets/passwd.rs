//! The table of users (`/etc/passwd`).

#![cfg_attr(not(test), no_main)]

use arc_token::fuzzing::{name_in_passwd, uid_in_passwd};

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(uid) = uid_in_passwd(&text, "himds") {
        let is_it = |line: &str| {
            let mut fields = line.split(':');
            fields.next() == Some("himds") && fields.nth(1).is_some_and(|field| field.parse() == Ok(uid))
        };
        assert!(text.lines().any(is_it), "{uid}");
    }
    if let Some(name) = name_in_passwd(&text, 998) {
        assert!(text.lines().any(|line| line.split(':').next() == Some(name) && line.contains("998")), "{name:?}");
    }
    // A name that only begins or ends with the searched name is another user.
    assert_eq!(uid_in_passwd("himdsx:x:1:1::/:\nxhimds:x:2:2::/:\n", "himds"), None);
    assert_eq!(uid_in_passwd(&format!("himds:x:77:1::/:\n{text}"), "himds"), Some(77));
}
