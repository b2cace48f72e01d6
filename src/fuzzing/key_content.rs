//! The content of a key file.

use std::io::Read;

use crate::http;
use crate::key_file::key_in;
use crate::secret::Secret;

const LARGEST: usize = 4096;

pub(super) fn run(data: &[u8]) {
    let (seed, content) = super::choice(data);
    // What the file's size promised may be wrong, and a read may give less than was asked for.
    let source = Dripping { rest: content, step: usize::from(seed >> 4) + 1 };
    let read = Secret::read(source, usize::from(seed) * 40, LARGEST).expect("memory does not fail");
    assert_eq!(read.is_some(), content.len() <= LARGEST);
    let Some(read) = read else { return };
    assert_eq!(read.expose(), content);

    let mut line = content;
    while let [rest @ .., b'\r' | b'\n'] = line {
        line = rest;
    }
    let usable = line.iter().all(|byte| (b' '..=b'~').contains(byte)) && line.iter().any(|byte| *byte != b' ');
    let key = key_in(read);
    assert_eq!(key.as_ref().map(Secret::expose), usable.then_some(line));
    if let Some(key) = key {
        assert_eq!(http::authorization(&key).as_bytes(), [b"Basic ", line].concat(), "not what is sent");
    }
}

struct Dripping<'a> {
    rest: &'a [u8],
    step: usize,
}

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.step.min(buffer.len());
        let (mut now, rest) = self.rest.split_at(count.min(self.rest.len()));
        self.rest = rest;
        now.read(buffer)
    }
}
