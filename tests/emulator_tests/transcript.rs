//! Writes one exchange as text without its random parts. Two texts are equal if the emulator behaved the same.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::ops::RangeInclusive;
use std::path::MAIN_SEPARATOR;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::client::{Answer, TOKEN_PATH, VAULT};
use crate::support::Emulator;

/// The limit for an answer. Only endless answers are longer.
const ENOUGH: u64 = 3 << 20;

/// Requests a token for a user-assigned identity. The key comes from the emulator's record, so the place of its file does not
/// matter.
pub(crate) fn transcript(emulator: &Emulator, identity: &str) -> String {
    let target = format!("{TOKEN_PATH}{VAULT}&msi_res_id={identity}");
    let known = emulator.issued().keys.len();
    let mut text = say(emulator, &target, "");
    if let Some(key) = emulator.issued().keys.get(known) {
        if let Some(path) = path_in(&text) {
            text = describe(&path, key) + &text.replace(&path, &named(emulator, &path));
        }
        text += &say(emulator, &target, &format!("Authorization: Basic {key}\r\n"));
    }
    for token in emulator.issued().tokens {
        text = text.replace(&token, "TOKEN");
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    text = without_time(text, "expires_in", 86_000..=86_400);
    text = without_time(text, "expires_on", now + 86_000..=now + 86_400);
    without_time(text, "not_before", now - 1000..=now - 300)
}

/// Removes the number from a field if it is in the ordinary range.
fn without_time(text: String, field: &str, ordinary: RangeInclusive<u64>) -> String {
    let start = format!("\"{field}\":\"");
    let number = text.split(&start).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("");
    match number.parse() {
        Ok(time) if ordinary.contains(&time) => text.replacen(&format!("{start}{number}\""), &format!("{start}ORDINARY\""), 1),
        _ => text,
    }
}

fn path_in(answer: &str) -> Option<String> {
    answer.lines().find_map(|line| line.strip_prefix("Www-Authenticate: Basic realm=")).map(str::to_owned)
}

/// Sends a request. Returns the text of its answer or of the error.
fn say(emulator: &Emulator, target: &str, header: &str) -> String {
    match exchange(emulator, target, header) {
        Ok(bytes) => {
            let answer = Answer::new(bytes);
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            answer.headers("Date").iter().fold(text, |text, date| text.replace(date, "DATE"))
        }
        Err(error) => error.kind().to_string(),
    }
}

fn exchange(emulator: &Emulator, target: &str, header: &str) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", emulator.port))?;
    stream.set_read_timeout(Some(Duration::from_millis(300)))?;
    stream.write_all(format!("GET {target} HTTP/1.1\r\nHost: x\r\nMetadata: true\r\nConnection: close\r\n{header}\r\n").as_bytes())?;
    let mut answer = Vec::new();
    let end = stream.take(ENOUGH).read_to_end(&mut answer);
    answer.extend(format!("\n{:?}\n", end.map(drop).map_err(|error| error.kind())).bytes());
    Ok(answer)
}

/// The path, without the GUID if it is an ordinary one.
fn named(emulator: &Emulator, path: &str) -> String {
    let folder = format!("{}{MAIN_SEPARATOR}", emulator.key_directory.display());
    match path.strip_prefix(&folder).and_then(|name| name.strip_suffix(".key")) {
        Some(guid) if guid.len() == 36 && !guid.contains(['/', '\\']) => "KEY FILE".to_owned(),
        _ => path.to_owned(),
    }
}

#[cfg(unix)]
fn describe(path: &str, key: &str) -> String {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(file) = fs::symlink_metadata(path) else { return "no file\n".to_owned() };
    let the_key = file.is_file() && file.len() < 10_000 && fs::read(path).is_ok_and(|content| content == key.as_bytes());
    format!("{:?} {:o} {} {} {} {the_key}\n", file.file_type(), file.mode(), file.nlink(), file.uid(), file.len())
}

#[cfg(not(unix))]
fn describe(path: &str, key: &str) -> String {
    let Ok(file) = fs::symlink_metadata(path) else { return "no file\n".to_owned() };
    let content = fs::read(path).map_err(|error| error.kind());
    let length = content.as_ref().map(Vec::len).map_err(|kind| *kind);
    let the_key = content.is_ok_and(|content| content == key.as_bytes());
    format!("{:?} {length:?} {the_key}\n", file.is_file())
}
