//! Faults of the connection: it breaks, hangs, drips or never ends. Each row exists before and after the challenge.

use std::time::Duration;

use super::{Effect, Fault, Needs, When, wire};
use crate::http::Response;
use crate::wire::{End, Script, Step};

/// The duration of a restart. It is shorter than the time for which clients try again.
const RESTART: Duration = Duration::from_millis(1500);

fn half(bytes: Vec<u8>) -> Vec<u8> {
    let half = bytes.len() / 2;
    bytes[..half].to_vec()
}

/// The head without the empty line at its end.
fn open_head(response: &Response) -> Vec<u8> {
    let mut head = response.head();
    head.truncate(head.len() - 2);
    head
}

fn head_and_half_the_body(response: &Response) -> Script {
    let mut bytes = response.head();
    bytes.extend(half(response.body()));
    Script::send(bytes)
}

fn hangs_after(bytes: Vec<u8>) -> Script {
    Script::send(bytes).end(End::Silence)
}

fn both_times(when: When) -> Vec<Fault> {
    let row = |name: &str, about: &str, send: fn(&Response) -> Script| wire(when, format!("{name}-{}", when.suffix()), about, send);
    vec![
        row("closed-before-headers", "the connection is closed without an answer", |_| Script::nothing().end(End::Close)),
        row("closed-once-before-headers", "the same, but only for the first request", |_| Script::nothing().end(End::Close)).once(),
        row("closed-within-headers", "the connection is closed after half of the head", |r| Script::send(half(r.head())).end(End::Close)),
        row("closed-after-headers", "the connection is closed after the head", |r| Script::send(r.head()).end(End::Close)),
        row("closed-within-body", "the connection is closed after half of the body", |r| head_and_half_the_body(r).end(End::Close)),
        row("reset-before-headers", "a TCP reset instead of an answer", |_| Script::nothing().end(End::Reset)).needs(Needs::Linux),
        row("reset-once-before-headers", "the same, but only for the first request", |_| Script::nothing().end(End::Reset))
            .once()
            .needs(Needs::Linux),
        row("reset-within-body", "a TCP reset in the middle of the body", |r| {
            // Without the pause, the reset overtakes the bytes.
            head_and_half_the_body(r).then(Step::Pause(Duration::from_millis(100))).end(End::Reset)
        })
        .needs(Needs::Linux),
        row("restart", "the connection is closed without an answer, and new ones are refused for 1.5 s", |_| {
            Script::nothing().end(End::Restart(RESTART))
        })
        .once()
        .needs(Needs::Linux),
        row("no-answer", "no answer at all, and the connection stays open", |_| hangs_after(Vec::new())),
        row("hangs-within-headers", "half of the head, and then nothing more", |r| hangs_after(half(r.head()))),
        row("hangs-within-body", "half of the body, and then nothing more", |r| head_and_half_the_body(r).end(End::Silence)),
        row("late", "the right answer after 3 seconds", |r| {
            Script::nothing().then(Step::Pause(Duration::from_secs(3))).then(Step::Send(r.bytes()))
        }),
        row("byte-a-second", "one byte a second, from the first on", |r| {
            Script::nothing().then(Step::Drip(r.bytes(), Duration::from_secs(1)))
        }),
        row("byte-a-second-body", "the head at once, the body one byte a second", |r| {
            Script::send(r.head()).then(Step::Drip(r.body(), Duration::from_secs(1)))
        }),
        row("endless-body", "a body without a length that never ends", |r| {
            Script::send(close_delimited(r)).then(Step::Forever(vec![b' '; 64 << 10]))
        }),
        row("endless-chunks", "a chunked body that never ends", |r| {
            Script::send(chunked_head(r)).then(Step::Forever(chunk(&[b' '; 16 << 10])))
        }),
        row("endless-header", "a header whose value never ends", |r| {
            Script::send(open_head(r)).then(Step::Send(b"X-Long: ".to_vec())).then(Step::Forever(vec![b'x'; 64 << 10]))
        }),
        row("endless-headers", "headers that never end", |r| {
            Script::send(open_head(r)).then(Step::Forever(b"X-More: more\r\n".repeat(1000)))
        }),
        row("10000-headers", "ten thousand headers before the right answer's own", |r| {
            let mut answer = b"HTTP/1.1 ".to_vec();
            let bytes = r.bytes();
            let rest = bytes.splitn(2, |byte| *byte == b'\n').nth(1).unwrap_or_default();
            answer.extend(format!("{} Many\r\n", r.status).as_bytes());
            answer.extend(b"X-More: more\r\n".repeat(10_000));
            answer.extend(rest);
            Script::send(answer)
        }),
        row("endless-interim-answers", "100 Continue again and again", |_| {
            Script::nothing().then(Step::Forever(b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100)))
        }),
        row("interim-answer", "one 103 Early Hints before the right answer", |r| {
            Script::send([b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec(), r.bytes()].concat())
        }),
        row("chunked", "the right answer in chunks of 100 bytes", |r| {
            let chunks: Vec<u8> = r.body().chunks(100).flat_map(chunk).collect();
            Script::send([chunked_head(r), chunks, b"0\r\n\r\n".to_vec()].concat())
        }),
        row("chunked-unfinished", "chunks without a last one, then the end of the connection", |r| {
            Script::send([chunked_head(r), chunk(&r.body())].concat()).end(End::Close)
        }),
        row("chunked-wrongly", "a chunk whose length is no number", |r| {
            Script::send([chunked_head(r), b"many\r\n".to_vec(), r.body()].concat()).end(End::Close)
        }),
        row("without-length", "the right answer without Content-Length, ended by the end of the connection", |r| {
            Script::send([close_delimited(r), r.body()].concat()).end(End::Close)
        }),
        row("length-too-long", "a Content-Length of 10 more than comes, then the end of the connection", |r| {
            with_length(r, r.body().len() + 10).end(End::Close)
        }),
        row("length-too-short", "a Content-Length of 10 less than comes", |r| {
            with_length(r, r.body().len().saturating_sub(10)).end(End::Close)
        }),
        row("length-absurd", "a Content-Length of 2^64 - 1", |r| with_length(r, usize::MAX).end(End::Close)),
        row("two-lengths", "two Content-Lengths that differ", |r| {
            let mut head = open_head(r);
            head.extend(b"Content-Length: 1\r\n\r\n");
            Script::send([head, r.body()].concat()).end(End::Close)
        }),
        row("not-http", "not HTTP: the greeting of an SSH server", |_| Script::send("SSH-2.0-OpenSSH_9.6\r\n").end(End::Close)),
        row("binary", "not HTTP: 4 KiB of bytes that mean nothing", |_| {
            Script::send((0..4096).map(|_| fastrand::u8(..)).collect::<Vec<u8>>()).end(End::Close)
        }),
        row("status-absurd", "the right answer with a status of 99999", |r| {
            let bytes = r.bytes();
            Script::send([b"HTTP/1.1 99999".to_vec(), bytes[12..].to_vec()].concat()).end(End::Close)
        }),
    ]
}

/// A head without Content-Length, so that the body ends with the connection.
fn close_delimited(response: &Response) -> Vec<u8> {
    headers_only(response).with("Connection", "close").head_without_length()
}

fn chunked_head(response: &Response) -> Vec<u8> {
    headers_only(response).with("Transfer-Encoding", "chunked").head()
}

fn with_length(response: &Response, length: usize) -> Script {
    Script::send([headers_only(response).with("Content-Length", &length.to_string()).head(), response.body()].concat())
}

fn headers_only(response: &Response) -> Response {
    let mut copy = Response::text(response.status, "");
    copy.headers.clone_from(&response.headers);
    copy
}

fn chunk(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

pub(super) fn faults() -> Vec<Fault> {
    let refused = Fault::new("connection-refused", "nobody listens on the port", Effect::Refuse).needs(Needs::Linux);
    let mut faults = vec![refused];
    faults.extend(When::BOTH.into_iter().flat_map(both_times));
    faults
}
