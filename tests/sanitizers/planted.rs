//! A memory error on purpose, to prove that what looks for such errors is switched on: see tools/sanitizers.sh.
//!
//!     planted none|use-after-free|overflow

// For the allocator that wipes what it frees: errors must be seen through it.
use arc_token as _;

fn main() {
    let block = vec![7u8; 64];
    let address = block.as_ptr();
    let read = match std::env::args().nth(1).as_deref() {
        Some("none") => block[63],
        Some("use-after-free") => {
            drop(block);
            // SAFETY: none; this is the error.
            unsafe { address.read_volatile() }
        }
        // SAFETY: none; this is the error.
        Some("overflow") => unsafe { address.add(block.len()).read_volatile() },
        _ => panic!("usage: planted none|use-after-free|overflow"),
    };
    println!("read {read}");
}
