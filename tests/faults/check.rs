//! One row of the table against an emulator of its own.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arc_token::Status;
use arc_token::ffi::Field;

use crate::call::{Reply, call};
use crate::elsewhere;
use crate::support::{Emulator, Seen};
use crate::table::Row;

/// Longer than any row takes, but for those that have to run into their limit.
const LIMIT: Duration = Duration::from_secs(30);
/// The emulator's clock and ours are one, but the machine may be busy between the token's making and our looking.
const SECONDS_APART: i64 = 90;
/// How long the emulator's tokens live.
const ORDINARY_LIFE: i64 = 86_400;

/// Everything that is not as the row says; nothing when all is well.
pub(crate) fn check(row: &Row) -> Vec<String> {
    let emulator = Emulator::start(&["--fault", row.fault]);
    if emulator.environment.is_empty() { check_with(row, &emulator) } else { elsewhere::in_its_environment(row, &emulator) }
}

pub(crate) fn check_with(row: &Row, emulator: &Emulator) -> Vec<String> {
    let limit = if row.outcomes == ["Timeout"] { Duration::from_secs(*row.seconds.start()) } else { LIMIT };
    // A resource of its own: what one row leaves in the cache is not another's.
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
    let allowed = *row.seconds.start() as f64..=*row.seconds.end() as f64;
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
    expect(!shown.contains(|c: char| c.is_control() && c != '\n'), format!("a text has control characters: {shown:?}"));
    wrong
}

/// The only path there is, and no key but one that may be sent: a key that has to be refused is worth `forbidden`, and one
/// that was sent twice `used`. `unknown` is what a file that grew held when it was read.
fn keeps_the_rules(row: &Row, request: &Seen) -> bool {
    let key = request.key.as_deref();
    let may_be_sent = key.is_none_or(|worth| worth == "good" || worth == "unknown" && row.fault == "key-file-growing");
    request.path == "/metadata/identity/oauth2/token" && may_be_sent
}

/// Whether a text holds the beginning, the middle or the end of a secret.
pub(crate) fn shows(text: &str, secret: &str) -> bool {
    const TELLING: usize = 16;
    let starts = [0, secret.len() / 2, secret.len().saturating_sub(TELLING)];
    secret.len() >= TELLING && starts.iter().any(|start| text.contains(&secret[*start..(start + TELLING).min(secret.len())]))
}

fn detail_is(expected: &str, reply: &Reply) -> bool {
    match reply.status {
        Status::Ok => {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs() as i64;
            let end = match expected.strip_prefix('@') {
                Some(time) => time.parse().expect("a time"),
                // Where another outcome is right too, the detail is that one's.
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
