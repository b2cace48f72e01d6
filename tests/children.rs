//! Processes that fork, and processes that change their user: none gets a token from the cache of another one.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "support/mod.rs"]
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use arc_token::{Status, TokenRequest};
use support::{Emulator, copy_program, emulator_program, is_root};

/// User ids that no user has.
const AGENT: u32 = 64_124;
const STRANGER: u32 = 64_125;

/// The time of a child's call. Its parent's exchanges never end in the child, so a child that waits for one needs all of it.
const LIMIT: Duration = Duration::from_secs(30);

fn request(emulator: &Emulator, resource: &str) -> TokenRequest {
    TokenRequest::new(resource).endpoint(&emulator.endpoint).key_directory(&emulator.key_directory).timeout(LIMIT)
}

fn exchanges(emulator: &Emulator, resource: &str) -> usize {
    emulator.requests().iter().filter(|seen| seen.query.ends_with(&format!("resource={resource}")) && seen.keyed).count()
}

/// Runs `work` in a forked child. True when it returned true.
fn true_in_child(work: impl FnOnce() -> bool) -> bool {
    // SAFETY: the child calls the library, whose promise this is, and ends without running anything of the parent's.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // SAFETY: both may be called in a child. The alarm ends a child that waits for a lock.
        unsafe {
            libc::alarm(2 * LIMIT.as_secs() as u32);
            libc::_exit(i32::from(!work()));
        }
    }
    assert!(child > 0, "no child: {}", std::io::Error::last_os_error());
    let mut status = 0;
    // SAFETY: `status` outlives the call.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0
}

#[test]
fn children_forked_during_exchanges_get_tokens_by_exchanges_of_their_own() {
    const CHILDREN: usize = 10;
    let emulator = Emulator::start(&[]);
    request(&emulator, "a").send().unwrap();
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for worker in 0..16 {
            let (emulator, over) = (&emulator, &over);
            scope.spawn(move || {
                let request = request(emulator, &format!("b{worker}")).force_refresh(true);
                while !over.load(Ordering::Relaxed) {
                    request.send().unwrap();
                }
            });
        }
        let children = (0..CHILDREN).filter(|_| {
            thread::sleep(Duration::from_millis(20));
            true_in_child(|| request(&emulator, "a").send().is_ok() && request(&emulator, "a").send().is_ok())
        });
        let children = children.count();
        over.store(true, Ordering::Relaxed);
        assert_eq!(children, CHILDREN);
    });
    assert_eq!(exchanges(&emulator, "a"), 1 + CHILDREN);
    request(&emulator, "a").send().unwrap();
    assert_eq!(exchanges(&emulator, "a"), 1 + CHILDREN, "the parent has lost its token");
}

#[test]
fn a_child_does_not_wait_for_its_parents_exchange() {
    let emulator = Emulator::start(&["--fault", "late-before-challenge"]);
    let pending = request(&emulator, "a").start().unwrap();
    assert!(pending.wait_timeout(Duration::from_millis(200)).is_none());
    emulator.set_fault("");
    let begun = Instant::now();
    assert!(true_in_child(|| request(&emulator, "a").send().is_ok()));
    assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
}

/// Runs `work` while this thread acts as another user. The other threads stay root's.
fn as_user<T>(user: u32, work: impl FnOnce() -> T) -> T {
    let unchanged = -1_i32;
    // SAFETY: the call takes numbers only.
    let set = |user: u32| assert_eq!(unsafe { libc::syscall(libc::SYS_setresuid, unchanged, user, unchanged) }, 0);
    set(user);
    let result = work();
    set(0);
    result
}

#[test]
fn a_change_of_user_gives_no_others_token_and_changing_back_costs_no_exchange() {
    if !is_root() {
        return eprintln!("SKIP: only root can change its user");
    }
    // Other users may not be able to read the build directory, so the program is copied.
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("agent");
    copy_program(&emulator_program(), &program);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let agent = AGENT.to_string();
    let mut command = Command::new("setpriv");
    command.args(["--reuid", &agent, "--regid", &agent, "--clear-groups"]).arg(program).current_dir("/");
    let emulator = Emulator::start_by(&mut command, &[]);

    let send = || request(&emulator, "a").send();
    for (user, exchanges_then) in [(0, 1), (AGENT, 2), (0, 2), (AGENT, 2)] {
        as_user(user, send).unwrap();
        assert_eq!(exchanges(&emulator, "a"), exchanges_then, "user {user}");
    }
    assert_eq!(as_user(STRANGER, send).unwrap_err().status(), Status::KeyAccessDenied);
    assert_eq!(exchanges(&emulator, "a"), 2);
}
