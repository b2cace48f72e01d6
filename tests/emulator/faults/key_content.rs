//! Faults in the content of the key file. The file itself is an ordinary one.

use super::{Fault, Needs, key};
use crate::key_directory::set_mode;

/// A fault with these bytes as the content of the file. The key itself does not change.
fn around(name: &str, about: &str, bytes: fn(&str) -> Vec<u8>) -> Fault {
    key(name, about, move |key| {
        let bytes = bytes(&key.content);
        key.create_with(key.path(), &bytes).map(drop)
    })
}

/// A fault with a key of this length in bytes.
fn long(name: &str, about: &str, length: usize) -> Fault {
    key(name, about, move |key| {
        key.content = std::iter::repeat_with(fastrand::alphanumeric).take(length).collect();
        key.write(key.path())
    })
}

pub(super) fn faults() -> Vec<Fault> {
    vec![
        long("key-4096-bytes", "a key of 4096 bytes, the most there may be", 4096),
        long("key-4097-bytes", "a key of 4097 bytes", 4097),
        long("key-1-mib", "a key of 1 MiB", 1 << 20),
        around("key-empty", "an empty file", |_| Vec::new()),
        around("key-only-newline", "a file with nothing but a line end", |_| b"\n".to_vec()),
        around("key-newline", "a line feed after the key", |key| format!("{key}\n").into()),
        around("key-crlf", "CR and LF after the key", |key| format!("{key}\r\n").into()),
        around("key-blank", "a blank after the key", |key| format!("{key} ").into()),
        around("key-inner-newline", "a line feed within the key", |key| inside(key, b"\n")),
        around("key-inner-crlf", "CR, LF and a header within the key", |key| inside(key, b"\r\nX-Injected: yes\r\nX-Rest: ")),
        around("key-nul", "a NUL within the key", |key| inside(key, b"\0")),
        around("key-binary", "bytes that are no text", |_| (0..88).map(|i| 0x80 | i).collect()),
        around("key-bom", "a byte order mark before the key", |key| format!("\u{feff}{key}").into()),
        around("key-utf-16", "the key in UTF-16", |key| key.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        key("key-not-base64", "printable characters that are not base64", |key| {
            key.content = format!("{{key}}-{}!", crate::keys::guid());
            key.write(key.path())
        }),
        key("key-unreadable", "a file of mode 0000", |key| set_mode(&key.create(key.path())?, 0)).needs(Needs::OrdinaryClient),
        key("key-directory-unreadable", "a key directory of mode 0000", |key| {
            key.folder.set_mode(0o700)?;
            key.write(key.path())?;
            key.folder.set_mode(0)
        })
        .arranged(|_| Ok(())) // It must be on from the start, because the directory stays closed.
        .needs(Needs::OrdinaryClient),
    ]
}

fn inside(key: &str, middle: &[u8]) -> Vec<u8> {
    let (start, end) = key.split_at(40);
    [start.as_bytes(), middle, end.as_bytes()].concat()
}
