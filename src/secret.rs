//! Bytes that wipe themselves and never print.

use std::fmt;
use std::io::{self, Read};

use zeroize::{Zeroizing, optimization_barrier};

/// A key or a token: wiped when dropped, printed as `[redacted]`, and never moved by growing.
#[derive(Clone, Default)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// Copies `bytes`. Wiping what they were copied from is the caller's affair.
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The secret itself.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The secret as text; empty when it is not UTF-8 (keys and tokens are checked to be ASCII when they are made).
    pub fn expose_text(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// `text` with every occurrence of this secret taken out, and of its beginning where it was cut off: an agent may echo in
    /// an error what was sent to it.
    pub(crate) fn redact(&self, text: &str) -> String {
        let secret = self.expose_text();
        let beginning = secret.char_indices().nth(TELLING).map_or(secret, |(end, _)| &secret[..end]);
        if beginning.is_empty() {
            return text.to_owned();
        }
        let text = text.replace(secret, REDACTED);
        let (mut out, mut rest) = (String::new(), text.as_str());
        while let Some(at) = rest.find(beginning) {
            out.push_str(&rest[..at]);
            out.push_str(REDACTED);
            let same = rest[at..].chars().zip(secret.chars()).take_while(|(found, own)| found == own);
            rest = &rest[at + same.map(|(c, _)| c.len_utf8()).sum::<usize>()..];
        }
        out + rest
    }

    /// Reads at most `limit` bytes, without leaving a copy behind where the buffer had to grow. `None` when there is more.
    pub(crate) fn read(mut source: impl Read, expected: usize, limit: usize) -> io::Result<Option<Self>> {
        // One byte more than allowed tells "too much" from "just enough".
        let most = limit + 1;
        let mut buffer = Zeroizing::new(vec![0u8; expected.saturating_add(1).max(64).min(most)]);
        let mut filled = 0;
        loop {
            match source.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            if filled > limit {
                return Ok(None);
            }
            if filled == buffer.len() {
                let mut larger = Zeroizing::new(vec![0u8; (filled * 2).min(most)]);
                larger[..filled].copy_from_slice(&buffer);
                buffer = larger;
            }
        }
        Ok(Some(Self::new(&buffer[..filled])))
    }

    /// Cuts the secret to its first `len` bytes.
    pub(crate) fn truncated(self, len: usize) -> Self {
        Self::new(&self.0[..len.min(self.0.len())])
    }
}

/// Writes zeros, all at once: `Zeroize` takes a byte at a time, which for a token is a fifth of what a cached one costs.
impl Drop for Secret {
    fn drop(&mut self) {
        self.0.fill(0);
        optimization_barrier(&*self.0);
    }
}

const REDACTED: &str = "[redacted]";
/// Less of a secret's beginning than these characters tells nobody anything.
const TELLING: usize = 8;

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(REDACTED)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(REDACTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_as_redacted() {
        let secret = Secret::new(b"swordfish");
        assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), "[redacted] [redacted] Some([redacted])");
    }

    #[test]
    fn reading_stops_one_byte_past_the_limit() {
        let four = b"1234".as_slice();
        assert_eq!(Secret::read(four, 0, 4).unwrap().unwrap().expose(), b"1234");
        assert!(Secret::read(four, 0, 3).unwrap().is_none());
        assert!(Secret::read(io::repeat(1), 10, 1 << 20).unwrap().is_none());
    }

    #[test]
    fn reading_grows_past_what_was_expected() {
        let long = vec![7u8; 10_000];
        assert_eq!(Secret::read(long.as_slice(), 1, 1 << 20).unwrap().unwrap().expose(), long);
    }

    #[test]
    fn an_echoed_secret_is_taken_out_of_text() {
        assert_eq!(Secret::new(b"abc").redact("xabcx abc"), "x[redacted]x [redacted]");
        assert_eq!(Secret::default().redact("abc"), "abc");
        let long = Secret::new(b"0123456789abcdef");
        assert_eq!(long.redact("x0123456789abcdefx 0123456789… 0123456x"), "x[redacted]x [redacted]… 0123456x");
        assert_eq!(long.redact("012345670123456789"), "[redacted][redacted]");
        assert_eq!(Secret::new(b"abababab1234").redact("abababab1234 ababababab1234"), "[redacted] ab[redacted]");
    }
}
