//! The functions that libFuzzer calls. Which target it runs is the program's own name: tools/fuzz.sh makes a link for each.

use std::ffi::{CStr, OsStr, c_char, c_int};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::slice;
use std::sync::OnceLock;

use arc_token::fuzzing::{TARGETS, Target};

static TARGET: OnceLock<Target> = OnceLock::new();

/// # Safety
/// - libFuzzer passes the addresses of what `main` was given.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn LLVMFuzzerInitialize(_argc: *const c_int, argv: *const *const *const c_char) -> c_int {
    // SAFETY: a program's first argument is always there, and ends with a NUL.
    let program = OsStr::from_bytes(unsafe { CStr::from_ptr(**argv) }.to_bytes());
    let name = Path::new(program).file_name();
    let target = TARGETS.iter().find(|(target, _)| name == Some(OsStr::new(target)));
    let (_, target) = target.unwrap_or_else(|| panic!("{name:?} is no target"));
    TARGET.get_or_init(|| *target);
    0
}

/// # Safety
/// - libFuzzer passes `size` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn LLVMFuzzerTestOneInput(data: *const u8, size: usize) -> c_int {
    // SAFETY: as many bytes as said; of none at all, the address may be anything.
    let data = if size == 0 { &[][..] } else { unsafe { slice::from_raw_parts(data, size) } };
    TARGET.get().expect("initialised")(data);
    0
}
