//! Checks one row of the table with its own emulator.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arc_token::Status;
use arc_token::ffi::Field;

use crate::call::{Reply, call};
use crate::subprocess;
use crate::support::{Emulator, Seen};
use crate::table::Row;

/// The time limit of a call. Only rows that test a timeout have a shorter one.
const LIMIT: Duration = Duration::from_secs(30);
/// The tolerance for expiry times: on a busy machine, time passes before the token is checked.
const SECONDS_APART: i64 = 90;
/// The lifetime of the emulator's ordinary tokens.
const ORDINARY_LIFE: i64 = 86_400;

/// Returns all differences from the row.
pub(crate) fn check(row: &Row) -> Vec<String> {
    let emulator = Emulator::start(&["--fault", row.fault]);
    if emulator.environment.is_empty() { check_with(row, &emulator) } else { subprocess::in_its_environment(row, &emulator) }
}

pub(crate) fn check_with(row: &Row, emulator: &Emulator) -> Vec<String> {
    let limit = if row.outcomes == ["Timeout"] { Duration::from_secs(*row.seconds.start()) } else { LIMIT };
    // Each row has its own resource, so that rows share no entry of the cache.
    let resource = format!("https://{}.example", row.fault);
    let reply = call(&emulator.endpoint, &emulator.key_directory, &resource, row.asks, limit);
    let requests = emulator.requests();
    let keyed: Vec<_> = requests.iter().filter(|request| request.keyed).collect();

    let mut wrong = Vec::new();
    let mut expect = |holds: bool, what: String| {
        if !holds {
            wrong.push(format!("{}: {what}", row.fault));
        }
    };
    let outcome = reply.status.name();
    let said = reply.text(Field::Problem);
    expect(row.outcomes.contains(&outcome), format!("{outcome} ({said}), not {}", row.outcomes.join(" or ")));
    if row.outcomes.contains(&outcome) {
        expect(detail_is(row.detail, &reply), format!("not '{}': {}", row.detail, detail(&reply)));
    }
    let seconds = reply.took.as_secs_f64();
    // The sanitizers make this several times slower than it is, and so do suites beside it.
    let slower = std::env::var("ARCTOKEN_SLOWER").ok().and_then(|times| times.parse().ok()).unwrap_or(1.0);
    let allowed = *row.seconds.start() as f64..=*row.seconds.end() as f64 * slower;
    expect(allowed.contains(&seconds), format!("{seconds:.1} s, not {allowed:?}"));
    expect(row.requests.contains(&requests.len()), format!("{} requests, not {:?}", requests.len(), row.requests));
    expect(row.keyed.contains(&keyed.len()), format!("{} of them with a key, not {:?}", keyed.len(), row.keyed));
    for request in &requests {
        expect(keeps_the_rules(row, request), format!("a request that must not be: {request:?}"));
    }
    let shown: String = reply.texts.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n");
    let issued = emulator.issued();
    for secret in issued.keys.iter().chain(&issued.tokens).chain(&reply.token) {
        expect(!shows(&shown, secret), format!("a text shows a secret: {shown}"));
    }
    if reply.status == Status::ForeignAnswer {
        let told = ["sent nothing that it could misuse", "sent a key"].map(|words| reply.text(Field::Advice).contains(words));
        let last_had_key = requests.last().is_some_and(|request| request.keyed);
        expect(told == [!last_had_key, last_had_key], format!("the advice is not true of what was sent: {}", reply.text(Field::Advice)));
    }
    expect(!shown.contains(|c: char| c.is_control() && c != '\n'), format!("a text has control characters: {shown:?}"));
    wrong
}

/// Whether a request has the right path, and a key that the client may send. (The emulator records a key that the client must
/// refuse as `forbidden`, a second use as `used`, and the content of a growing file as `unknown`.)
fn keeps_the_rules(row: &Row, request: &Seen) -> bool {
    let key = request.key.as_deref();
    let may_be_sent = key.is_none_or(|worth| worth == "good" || worth == "unknown" && row.fault == "key-file-growing");
    request.path == "/metadata/identity/oauth2/token" && may_be_sent
}

/// Whether a text holds the beginning, the middle or the end of a secret.
pub(crate) fn shows(text: &str, secret: &str) -> bool {
    const SHORTEST: usize = 16;
    let starts = [0, secret.len() / 2, secret.len().saturating_sub(SHORTEST)];
    secret.len() >= SHORTEST && starts.iter().any(|start| text.contains(&secret[*start..(start + SHORTEST).min(secret.len())]))
}

fn detail_is(expected: &str, reply: &Reply) -> bool {
    match reply.status {
        Status::Ok => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs() as i64;
            let end = match expected.strip_prefix('@') {
                Some(time) => time.parse().expect("a time"),
                // If the row allows another outcome, too, the detail belongs to that one.
                None => now + expected.parse().unwrap_or(ORDINARY_LIFE),
            };
            (reply.expires_on - end).abs() <= SECONDS_APART && reply.token.is_some()
        }
        Status::KeyFileRefused => expected.split('|').any(|reason| reason == reply.text(Field::Reason)),
        _ => expected.parse().map_or(true, |status: i32| status == reply.http_status),
    }
}

fn detail(reply: &Reply) -> String {
    match reply.status {
        Status::Ok => format!("until @{}", reply.expires_on),
        Status::KeyFileRefused => reply.text(Field::Reason).to_owned(),
        _ => reply.http_status.to_string(),
    }
}
