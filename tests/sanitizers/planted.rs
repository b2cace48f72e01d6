//! Makes a memory error on purpose. With it, tools/sanitizers.sh proves that the sanitizers find errors.
//!
//!     planted none|use-after-free|overflow

// This links the wiping allocator: the sanitizers must find errors through it.
use arc_token as _;

fn main() {
    let block = vec![7u8; 64];
    let address = block.as_ptr();
    let read = match std::env::args().nth(1).as_deref() {
        Some("none") => block[63],
        Some("use-after-free") => {
            drop(block);
            // SAFETY: none. This is the planted error.
            unsafe { address.read_volatile() }
        }
        // SAFETY: none. This is the planted error.
        Some("overflow") => unsafe { address.add(block.len()).read_volatile() },
        _ => panic!("usage: planted none|use-after-free|overflow"),
    };
    println!("read {read}");
}
