//! `BodyReader`: makes one stream of a body that comes in pieces.

use std::io::{self, Read};

/// A body as one stream. `taken` bytes of the present piece are already read.
pub(super) struct BodyReader<C, F> {
    next: F,
    chunk: Option<C>,
    taken: usize,
}

impl<C, F> BodyReader<C, F> {
    /// Takes the pieces from `next`, which gives `None` at the end.
    pub(super) fn new(next: F) -> Self {
        Self { next, chunk: None, taken: 0 }
    }
}

impl<C: AsRef<[u8]>, F: FnMut() -> io::Result<Option<C>>> Read for BodyReader<C, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let rest = self.chunk.as_ref().map_or(&[][..], |chunk| &chunk.as_ref()[self.taken..]);
            if !rest.is_empty() {
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                self.taken += count;
                return Ok(count);
            }
            (self.chunk, self.taken) = ((self.next)()?, 0);
            if self.chunk.is_none() {
                return Ok(0);
            }
        }
    }
}
