//! The system: paths and texts of each system, system calls, and the allocator.
//!
//! In: paths, handles, blocks of memory. Out: facts and safe types. All `unsafe` outside of the C ABI is here. This folder knows
//! nothing of requests, tokens or errors of ours.

#[cfg(feature = "wiping-allocator")]
mod allocator;
mod errors;
mod locked;
mod per_process;

#[cfg(unix)]
mod access_unix;
#[cfg(unix)]
mod agent_paths_unix;
#[cfg(unix)]
mod fork_unix;
mod own_network;
#[cfg(unix)]
mod unix;

#[cfg(windows)]
mod access_windows;
#[cfg(any(windows, test))]
pub(crate) mod accounts;
#[cfg(windows)]
mod accounts_windows;
#[cfg(windows)]
mod agent_paths_windows;
#[cfg(windows)]
mod holders_windows;
#[cfg(any(windows, test))]
mod key_paths_windows;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use access_unix::*;
#[cfg(windows)]
pub(crate) use access_windows::*;
#[cfg(windows)]
pub(crate) use accounts_windows::{OpenProcess, access_list, account_named, account_of, open_process, own_account, program_of};
#[cfg(unix)]
pub(crate) use agent_paths_unix::*;
#[cfg(windows)]
pub(crate) use agent_paths_windows::*;
#[cfg(all(test, feature = "wiping-allocator"))]
pub(crate) use allocator::ALLOCATIONS;
pub(crate) use errors::{NO_KEY_DIRECTORY, RAISE_LIMIT, ROOT_DENIED, is_forbidden_family, is_used_up};
#[cfg(windows)]
pub(crate) use holders_windows::*;
#[cfg(windows)]
pub(crate) use key_paths_windows::*;
pub(crate) use locked::LockedMemory;
pub(crate) use own_network::{is_wsl, sign_of_own_network};
pub(crate) use per_process::PerProcess;
#[cfg(unix)]
pub(crate) use unix::*;
#[cfg(windows)]
pub(crate) use windows::*;
