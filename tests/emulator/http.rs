//! HTTP/1.1, as far as the emulator needs it: reads requests, and writes answers like Go's net/http, because the real agent is a
//! Go program. It uses no HTTP library, because faults need the raw bytes.

use std::io::{self, BufRead, BufReader, Read};
use std::net::TcpStream;
use std::time::SystemTime;

use crate::json::Object;

/// Go's limit for the head of a request. Beyond it, Go answers 431.
const LONGEST_HEAD: u64 = 1 << 20;
/// Go's limit for an unexpected body. Beyond it, Go closes the connection.
const LONGEST_BODY: u64 = 256 << 10;

/// The head of a request. The body is read and discarded.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The text after the `?`, still encoded.
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    old_version: bool,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A parameter of the query, decoded. If it is there twice, the first one counts, like in Go.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        self.query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key) == name).then(|| decode(value))
        })
    }

    /// Whether the connection ends after this request.
    pub(crate) fn is_last(&self) -> bool {
        let connection = self.header("Connection").unwrap_or("");
        let has = |word: &str| connection.split(',').any(|w| w.trim().eq_ignore_ascii_case(word));
        has("close") || (self.old_version && !has("keep-alive"))
    }
}

/// The outcome of reading a request.
pub(crate) enum Incoming {
    Request(Request),
    /// The request is invalid or too large: the status of the last answer.
    Bad(u16),
    /// The client closed the connection.
    End,
}

pub(crate) fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Incoming> {
    let mut head = Vec::new();
    let mut limited = reader.by_ref().take(LONGEST_HEAD);
    loop {
        let start = head.len();
        limited.read_until(b'\n', &mut head)?;
        let line = &head[start..];
        if !line.ends_with(b"\n") {
            return Ok(if limited.limit() == 0 { Incoming::Bad(431) } else { Incoming::End });
        }
        let blank = line == b"\r\n" || line == b"\n";
        match (blank, start) {
            (true, 0) => head.clear(), // Go skips an empty line before the request.
            (true, _) => break,
            _ => {}
        }
    }
    let Some(request) = parse(&String::from_utf8_lossy(&head)) else {
        return Ok(Incoming::Bad(400));
    };
    if request.header("Transfer-Encoding").is_some() {
        return Ok(Incoming::Bad(501));
    }
    if let Some(length) = request.header("Content-Length") {
        match length.parse::<u64>() {
            Ok(length) if length <= LONGEST_BODY => io::copy(&mut reader.take(length), &mut io::sink())?,
            _ => return Ok(Incoming::Bad(400)),
        };
    }
    Ok(Incoming::Request(request))
}

fn parse(head: &str) -> Option<Request> {
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target, version) = (first.next()?, first.next()?, first.next()?);
    if first.next().is_some() || !version.starts_with("HTTP/1.") || method.is_empty() {
        return None;
    }
    let mut headers = Vec::new();
    for line in lines.take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let request =
        Request { method: method.to_owned(), path: path.to_owned(), query: query.to_owned(), headers, old_version: version == "HTTP/1.0" };
    (request.old_version || request.header("Host").is_some()).then_some(request)
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let escaped = text.get(i + 1..i + 3).filter(|_| bytes[i] == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        decoded.push(match (escaped, bytes[i]) {
            (Some(byte), _) => {
                i += 2;
                byte
            }
            (None, b'+') => b' ',
            (None, byte) => byte,
        });
        i += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The body of an answer. JSON stays an object until it is sent, so that a fault can change its fields.
pub(crate) enum Body {
    Json(Object),
    Bytes(Vec<u8>),
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
}

impl Response {
    pub(crate) fn json(status: u16, body: Object) -> Self {
        Self { status, headers: Vec::new(), body: Body::Json(body) }.with("Content-Type", "application/json")
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self { status, headers: Vec::new(), body: Body::Bytes(body.into()) }.with("Content-Type", "text/plain; charset=utf-8")
    }

    pub(crate) fn html(status: u16, body: &str) -> Self {
        Self { status, headers: Vec::new(), body: Body::Bytes(body.into()) }.with("Content-Type", "text/html")
    }

    /// Adds a header. An existing one with this name stays.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// Sets a header, and removes all others with this name.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        match &self.body {
            Body::Json(object) => object.to_string().into_bytes(),
            Body::Bytes(bytes) => bytes.clone(),
        }
    }

    /// The head, with the empty line at its end.
    pub(crate) fn head(&self) -> Vec<u8> {
        let given = |name: &str| self.headers.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
        let length = self.body().len().to_string();
        let length = (!given("Content-Length") && !given("Transfer-Encoding")).then_some(("Content-Length", length));
        self.head_with(length)
    }

    /// The same without Content-Length, for a body that ends with the connection.
    pub(crate) fn head_without_length(&self) -> Vec<u8> {
        self.head_with(None)
    }

    /// Like Go, it writes the handler's headers sorted by name, then Date and Content-Length.
    fn head_with(&self, length: Option<(&str, String)>) -> Vec<u8> {
        let mut headers: Vec<_> = self.headers.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        headers.sort_by_key(|(name, _)| *name);
        if !self.headers.iter().any(|(name, _)| name == "Date") {
            headers.push(("Date", httpdate::fmt_http_date(SystemTime::now())));
        }
        headers.extend(length);
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head();
        bytes.extend(self.body());
        bytes
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        301 => "Moved Permanently",
        302 => "Found",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Unknown",
    }
}
