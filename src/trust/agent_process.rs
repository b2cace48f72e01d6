//! The rule for who may hold the agent's port on Windows: which processes count as the agent's.
//!
//! Windows tells every user which process holds a socket. The service manager tells which process is the service's: nobody else can
//! make it say another one. Where there is no service `himds`, as with an agent in a container's host or an emulator, the process's
//! account decides.

use std::cell::LazyCell;
use std::io;

use crate::sys::accounts::{Account, HIMDS, LOCAL_SERVICE, SYSTEM};

/// What the service manager says of the service `himds`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// There is none.
    Absent,
    /// Its process: 0 for a service that does not run.
    Process(u32),
    /// This account may not ask.
    Unknown,
}

/// A process that holds the port, or an end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The agent's.
    Agent,
    /// Not the agent's, for this reason.
    Strange(String),
    /// This account may not look.
    Unknown,
}

/// Judges a process. `account_of` looks up its account, and `service` asks the service manager; `caller` is the account of this process
/// where its own processes count, too: when the caller named the agent's address.
pub(crate) fn judge(
    service: impl FnOnce() -> Service,
    process: u32,
    account_of: impl FnOnce() -> io::Result<Account>,
    caller: Option<&str>,
) -> Verdict {
    let account = LazyCell::new(account_of);
    // Whatever the service is, which takes longest to ask for.
    if caller.is_some_and(|caller| account.as_ref().is_ok_and(|account| account.user == caller)) {
        return Verdict::Agent;
    }
    let service = &service();
    if *service == Service::Process(process) && process != 0 {
        return Verdict::Agent;
    }
    if let (Service::Process(own), None) = (service, caller) {
        let what = if *own == 0 { "does not run".to_owned() } else { format!("is process {own}") };
        return Verdict::Strange(format!("process {process}, and the service himds {what}"));
    }
    let account = match &*account {
        Ok(account) => account,
        // Without rights to look at it, it is not this user's.
        Err(error) if matches!(service, Service::Process(_)) && error.kind() == io::ErrorKind::PermissionDenied => {
            return Verdict::Strange(format!("process {process}, which is neither the service himds nor this user's"));
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Verdict::Unknown,
        Err(error) => return Verdict::Strange(format!("process {process}, which cannot be looked up ({error})")),
    };
    let is_systems = account.administrator || [SYSTEM, LOCAL_SERVICE, HIMDS].contains(&account.user.as_str());
    match service {
        Service::Absent | Service::Unknown if is_systems => Verdict::Agent,
        Service::Process(_) => Verdict::Strange(format!("process {process} of {}, which is not the service himds", account.user)),
        _ => Verdict::Strange(format!("process {process} of {}, which is not the agent's", account.user)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = "S-1-5-21-1-2-3-1001";

    fn account(user: &str, administrator: bool) -> impl FnOnce() -> io::Result<Account> {
        let account = Account { user: user.to_owned(), administrator, filtered: false };
        move || Ok(account)
    }

    fn denied() -> io::Result<Account> {
        Err(io::ErrorKind::PermissionDenied.into())
    }

    fn is_strange(verdict: &Verdict) -> bool {
        matches!(verdict, Verdict::Strange(_))
    }

    #[test]
    fn of_a_service_only_its_process_counts() {
        let service = Service::Process(7);
        assert_eq!(judge(|| service.clone(), 7, denied, None), Verdict::Agent);
        for account in [account(SYSTEM, true), account(HIMDS, false), account(USER, true)] {
            assert!(is_strange(&judge(|| service.clone(), 8, account, None)));
        }
        assert!(is_strange(&judge(|| service.clone(), 8, denied, None)));
    }

    #[test]
    fn a_service_that_does_not_run_has_no_process() {
        for process in [0, 8] {
            assert!(is_strange(&judge(|| Service::Process(0), process, account(SYSTEM, true), None)), "{process}");
        }
    }

    #[test]
    fn the_calling_users_processes_count_where_the_caller_named_the_address() {
        for service in [Service::Process(7), Service::Absent, Service::Unknown] {
            assert_eq!(judge(|| service.clone(), 8, account(USER, false), Some(USER)), Verdict::Agent);
            assert!(is_strange(&judge(|| service.clone(), 8, account("S-1-5-21-1-2-3-1002", false), Some(USER))));
        }
        let unasked = || unreachable!("the service manager takes long to answer");
        assert_eq!(judge(unasked, 8, account(USER, false), Some(USER)), Verdict::Agent);
        assert!(is_strange(&judge(|| Service::Process(7), 8, account(SYSTEM, true), Some(USER))), "not the service");
        assert!(is_strange(&judge(|| Service::Process(7), 8, denied, Some(USER))));
    }

    #[test]
    fn without_the_service_the_account_decides() {
        for service in [Service::Absent, Service::Unknown] {
            for account in [account(SYSTEM, false), account(LOCAL_SERVICE, false), account(HIMDS, false), account(USER, true)] {
                assert_eq!(judge(|| service.clone(), 8, account, None), Verdict::Agent);
            }
            for user in [USER, "S-1-5-20", "S-1-5-80-1-2-3-4-5"] {
                assert!(is_strange(&judge(|| service.clone(), 8, account(user, false), None)), "{user}");
            }
        }
    }

    #[test]
    fn a_process_that_has_ended_is_not_the_agent() {
        let ended = || Err(io::Error::from(io::ErrorKind::InvalidInput));
        assert!(is_strange(&judge(|| Service::Absent, 8, ended, None)));
    }

    #[test]
    fn what_may_not_be_looked_at_is_not_known() {
        for service in [Service::Absent, Service::Unknown] {
            for caller in [None, Some(USER)] {
                assert_eq!(judge(|| service.clone(), 8, denied, caller), Verdict::Unknown);
            }
        }
    }
}
