//! Bytes that wipe themselves and never print.

use std::collections::HashSet;
use std::fmt;
use std::io::{self, Read};

use zeroize::{Zeroizing, optimization_barrier};

/// Wipes what calls that have returned left on the end of this thread's stack: not only their variables, but also processor
/// registers, which the dynamic linker and signals save there with what was copied last.
///
/// For the end of a thread. glibc gives the rest of the stack back to the system then, but keeps the last `PTHREAD_STACK_MIN`
/// (16 KiB; 128 on 64-bit ARM) for the next thread (pthread_create.c, `advise_stack_range`).
#[inline(never)]
pub(crate) fn wipe_stack() {
    const KEPT: usize = if cfg!(target_arch = "aarch64") { 160 } else { 32 } * 1024;
    std::hint::black_box(&mut [0_u8; KEPT]);
}

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

    /// `text` without this secret and any part of it that tells something: an agent may echo in an error what was sent to it,
    /// cut off at either end.
    pub(crate) fn redact(&self, text: &str) -> String {
        let length = TELLING.min(self.0.len());
        if length < SHORTEST {
            return text.to_owned();
        }
        // Of the text first: it is short, and a token need not be.
        let in_text: HashSet<_> = text.as_bytes().windows(length).collect();
        let parts: HashSet<_> = self.0.windows(length).filter(|part| in_text.contains(part)).collect();
        let mut telling = text.as_bytes().windows(length).enumerate().filter(|(_, part)| parts.contains(part)).map(|(at, _)| at).peekable();
        let (mut out, mut kept_from) = (String::new(), 0);
        while let Some(start) = telling.next() {
            let mut end = start + length;
            while let Some(next) = telling.next_if(|next| *next <= end) {
                end = next + length;
            }
            // Secrets are ASCII; should one not be, no character is cut in two.
            let (start, end) = (boundary(text, start, usize::wrapping_sub), boundary(text, end, usize::wrapping_add));
            out.push_str(&text[kept_from.min(start)..start]);
            out.push_str(REDACTED);
            kept_from = end;
        }
        out + &text[kept_from..]
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

/// The next border between characters, from `at` on in steps of one.
fn boundary(text: &str, mut at: usize, step: fn(usize, usize) -> usize) -> usize {
    while !text.is_char_boundary(at) {
        at = step(at, 1);
    }
    at
}

pub(crate) const REDACTED: &str = "[redacted]";
/// What is shorter is no secret, and in many words.
const SHORTEST: usize = 4;
/// Less of a secret than these bytes tells nobody anything.
pub(crate) const TELLING: usize = 8;

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
        assert_eq!(Secret::new(b"abcd").redact("xabcdx abcd"), "x[redacted]x [redacted]");
        assert_eq!(Secret::new(b"abc").redact("abc"), "abc");
        assert_eq!(Secret::default().redact("abc"), "abc");
        let long = Secret::new(b"0123456789abcdef");
        assert_eq!(long.redact("x0123456789abcdefx 0123456789… 0123456x"), "x[redacted]x [redacted]… 0123456x");
        assert_eq!(long.redact("…89abcdef xyz 456789ab.. 9abcdef"), "…[redacted] xyz [redacted].. 9abcdef", "its end and its middle");
        assert_eq!(long.redact("012345670123456789"), "[redacted]");
        assert_eq!(Secret::new(b"abababab1234").redact("abababab1234 ababababab1234"), "[redacted] [redacted]");
        assert_eq!(Secret::new("äöüßäöü".as_bytes()).redact("xäöüßäöüx"), "x[redacted]x");
    }
}
