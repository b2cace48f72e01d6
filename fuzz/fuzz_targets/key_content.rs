//! The content of a key file.

#![cfg_attr(not(test), no_main)]

use std::io::Read;

use arc_token::Secret;
use arc_token::fuzzing::{authorization, choice, key_in, read_secret};

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

const LARGEST: usize = 4096;

pub(crate) fn run(data: &[u8]) {
    let (seed, content) = choice(data);
    // The expected size may be wrong, and a read may return fewer bytes than the buffer holds.
    let source = Dripping { rest: content, step: usize::from(seed >> 4) + 1 };
    let read = read_secret(source, usize::from(seed) * 40, LARGEST).expect("memory does not fail");
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
        assert_eq!(authorization(&key), [b"Basic ", line].concat(), "not what is sent");
    }
}

/// A source that returns at most `step` bytes for each read.
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
