//! `Secret`: bytes that wipe themselves and never print; and what earlier calls left on the stack.

use std::fmt;
use std::io::{self, Read};

use zeroize::{Zeroizing, optimization_barrier};

/// A key or a token. It is wiped when dropped, prints as `[redacted]`, and never grows, as growing may leave a copy behind.
#[derive(Clone, Default)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// Copies `bytes`. The caller must wipe the original.
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The secret itself.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The secret as text; empty when it is not UTF-8. Keys and tokens are always ASCII: this is checked when they are made.
    pub fn expose_text(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// `text` without this secret, and without any part of it of `MIN_REDACTED_LEN` bytes or more: the agent's error may repeat a
    /// key that is cut off at either end.
    pub(crate) fn redact(&self, text: &str) -> String {
        let length = MIN_REDACTED_LEN.min(self.0.len());
        if length < SHORTEST {
            return text.to_owned();
        }
        let in_text = sorted(text.as_bytes().windows(length).map(number));
        let parts = sorted(self.0.windows(length).map(number).filter(|part| in_text.binary_search(part).is_ok()));
        if parts.is_empty() {
            return text.to_owned();
        }
        let is_part = |window: &[u8]| parts.binary_search(&number(window)).is_ok();
        let mut hits = text.as_bytes().windows(length).enumerate().filter(|(_, part)| is_part(part)).map(|(at, _)| at).peekable();
        let (mut out, mut kept_from) = (String::new(), 0);
        while let Some(start) = hits.next() {
            let mut end = start + length;
            while let Some(next) = hits.next_if(|next| *next <= end) {
                end = next + length;
            }
            // Secrets are ASCII. If one is not, this avoids a cut within a character.
            let (start, end) = (boundary(text, start, usize::wrapping_sub), boundary(text, end, usize::wrapping_add));
            out.push_str(&text[kept_from.min(start)..start]);
            out.push_str(REDACTED);
            kept_from = end;
        }
        out + &text[kept_from..]
    }

    /// Reads a secret of at most `limit` bytes. `None` when it is longer. A buffer that becomes too small is wiped.
    pub(crate) fn read(mut source: impl Read, expected: usize, limit: usize) -> io::Result<Option<Self>> {
        // What was expected mostly comes, and then this is the secret itself and no copy.
        let mut buffer = Self::zeros(expected.min(limit));
        let mut filled = 0;
        loop {
            let mut more = [0];
            let is_full = filled == buffer.0.len();
            let count = match source.read(if is_full { &mut more } else { &mut buffer.0[filled..] }) {
                Ok(0) => return Ok(Some(buffer.truncated(filled))),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if filled + count > limit {
                return Ok(None);
            }
            if is_full {
                let mut larger = Self::zeros((filled * 2).max(64));
                larger.0[..filled].copy_from_slice(&buffer.0);
                larger.0[filled] = more[0];
                buffer = larger;
            }
            filled += count;
        }
    }

    fn zeros(len: usize) -> Self {
        Self(vec![0; len].into())
    }

    /// Cuts the secret to its first `len` bytes.
    pub(crate) fn truncated(self, len: usize) -> Self {
        if len >= self.0.len() { self } else { Self::new(&self.0[..len]) }
    }
}

/// Writes all zeros at once. `Zeroize` writes byte by byte, which is a fifth of the time of a call that finds its token in the cache.
impl Drop for Secret {
    fn drop(&mut self) {
        self.0.fill(0);
        optimization_barrier(&*self.0);
    }
}

/// A part of at most eight bytes as a number. Numbers are sorted and found much faster than slices are hashed.
fn number(part: &[u8]) -> u64 {
    match part.try_into() {
        Ok(eight) => u64::from_be_bytes(eight),
        Err(_) => part.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)),
    }
}

/// The numbers are parts of a secret, so the list has its whole size from the start: growing would leave copies behind.
fn sorted(numbers: impl Iterator<Item = u64>) -> Zeroizing<Vec<u64>> {
    let mut sorted = Zeroizing::new(Vec::with_capacity(numbers.size_hint().1.unwrap_or_default()));
    sorted.extend(numbers);
    sorted.sort_unstable();
    sorted
}

/// The border between two characters that is next to `at`, in the direction of `step`.
fn boundary(text: &str, mut at: usize, step: fn(usize, usize) -> usize) -> usize {
    while !text.is_char_boundary(at) {
        at = step(at, 1);
    }
    at
}

pub(crate) const REDACTED: &str = "[redacted]";
/// A text of fewer bytes is not a secret, and is part of many words.
const SHORTEST: usize = 4;
/// Parts of a secret with fewer bytes are of no use to anybody, and stay in a text. At most eight: `number`.
pub(crate) const MIN_REDACTED_LEN: usize = 8;

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

/// Wipes the part of this thread's stack that earlier calls have used. Their variables are there. So are processor registers, with
/// the bytes that were copied last: the dynamic linker and signal handlers save them on the stack.
///
/// Call it last on a thread. glibc gives the stack of an ended thread back to the system, but keeps its last
/// `PTHREAD_STACK_MIN` bytes (16 KiB; 128 on 64-bit ARM) for the next thread, and up to a page more (pthread_create.c,
/// `advise_stack_range`).
#[inline(never)]
pub(crate) fn wipe_stack() {
    const KEPT: usize = if cfg!(target_arch = "aarch64") { 160 } else { 20 } * 1024;
    std::hint::black_box(&mut [0_u8; KEPT]);
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
