//! One exchange as text, with everything random taken out: two are equal when the emulator did the same.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::client::{Answer, TOKEN_PATH, VAULT};
use crate::support::Emulator;

/// More than any answer that ends.
const ENOUGH: u64 = 3 << 20;

/// Asks for a user-assigned identity, and sends the key that the emulator says it made, wherever its file is.
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

/// Takes the number out of a field, given as a string, if it is the ordinary one.
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

/// One request and the text of its answer, or the error's.
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

/// The path with the guid taken out, when it is the ordinary one.
fn named(emulator: &Emulator, path: &str) -> String {
    let name = path.strip_prefix(&format!("{}/", emulator.key_directory.display())).unwrap_or("");
    match name.strip_suffix(".key") {
        Some(guid) if guid.len() == 36 && !guid.contains('/') => "KEY FILE".to_owned(),
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
    format!("{}\n", fs::read(path).is_ok_and(|content| content == key.as_bytes()))
}
