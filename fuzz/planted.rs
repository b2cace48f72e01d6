//! Planted faults, to prove that a fuzz run finds faults (tools/fuzz.sh).
//!
//! The variable ARCTOKEN_PLANTED names the fault: `panic`, or `overflow`, a read past the end that only AddressSanitizer sees.

#![no_main]

use std::hint::black_box;

use arc_token::fuzzing::is_json;

/// Chance alone does not make so deep an input: the fuzzer must notice that each level reaches more of the library.
const DEPTH: usize = 6;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let is_deep = data.len() > DEPTH && data[..DEPTH].iter().all(|byte| *byte == b'[');
    if is_deep && is_json(data) {
        match std::env::var("ARCTOKEN_PLANTED").as_deref() {
            Ok("panic") => panic!("planted"),
            // SAFETY: this is not safe. It is the planted fault.
            Ok("overflow") => _ = black_box(unsafe { data.as_ptr().add(data.len()).read_volatile() }),
            _ => {}
        }
    }
});
