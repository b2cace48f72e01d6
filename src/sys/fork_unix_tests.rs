//! Forked children, and the two ways in which they learn that they are new.

use super::*;

/// Runs `work` in a new child of `fork`. True when it returned true within 10 seconds.
pub(crate) fn true_in_child(fork: impl FnOnce() -> libc::pid_t, work: impl FnOnce() -> bool) -> bool {
    let child = fork();
    if child == 0 {
        // SAFETY: both may be called in a child. The alarm ends a child that waits for ever.
        unsafe {
            libc::alarm(10);
            libc::_exit(i32::from(!work()));
        }
    }
    assert!(child > 0, "no child: {}", std::io::Error::last_os_error());
    let mut status = 0;
    // SAFETY: `status` outlives the call.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0
}

pub(crate) fn fork() -> libc::pid_t {
    // SAFETY: the child calls only functions that are safe in a child.
    unsafe { libc::fork() }
}

#[test]
fn a_fork_changes_the_generation_and_nothing_else_does() {
    let ours = generation();
    assert_eq!(generation(), ours);
    assert!(true_in_child(fork, || {
        let childs = generation();
        childs != ours && generation() == childs && true_in_child(fork, || ![ours, childs].contains(&generation()))
    }));
    assert_eq!(generation(), ours);
}

/// The child has no handlers.
#[test]
#[cfg(target_os = "linux")]
fn the_kernel_changes_it_in_a_child_of_clone() {
    let ours = generation();
    // SAFETY: without flags and a stack, this is a fork; the child calls nothing that takes a lock.
    let clone = || unsafe { libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) } as libc::pid_t;
    assert!(true_in_child(clone, || generation() != ours));
}

#[test]
fn the_handler_changes_it_where_the_kernel_does_not() {
    assert!(true_in_child(fork, || {
        let before = generation();
        // SAFETY: it has no preconditions.
        unsafe { forget() };
        generation() != before
    }));
}
