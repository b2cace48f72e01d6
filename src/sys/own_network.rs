//! Signs that this process has another network than the machine's agent: a container, a unit with `PrivateNetwork=yes`.

use std::fs;
use std::path::Path;

/// A sign of it, in words. `None` where there is none: then the network is the machine's, or nobody can tell. `agent` is the agent's
/// program, where the connection was for an agent at its usual port: where it is there, a container has an agent of its own.
pub(crate) fn sign_of_own_network(agent: Option<&Path>) -> Option<String> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    if fs::read_to_string("/proc/thread-self/net/dev").is_ok_and(|interfaces| has_only_loopback(&interfaces)) {
        return Some("this process has a network of its own (it sees no interface but 'lo')".to_owned());
    }
    if agent?.exists() {
        return None;
    }
    // Left by docker, podman and systemd; Kubernetes has its own runtimes.
    let mark = ["/.dockerenv", "/run/.containerenv", "/run/systemd/container", "/var/run/secrets/kubernetes.io"];
    let mark = mark.into_iter().find(|mark| Path::new(mark).exists())?;
    Some(format!("this is a container ('{mark}' is there)"))
}

/// True in the Windows Subsystem for Linux.
pub(crate) fn is_wsl() -> bool {
    cfg!(target_os = "linux") && fs::read_to_string("/proc/sys/kernel/osrelease").is_ok_and(|release| is_wsl_release(&release))
}

fn is_wsl_release(release: &str) -> bool {
    release.to_ascii_lowercase().contains("microsoft")
}

fn has_only_loopback(interfaces: &str) -> bool {
    let mut names = interfaces.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name.trim()).peekable();
    names.peek().is_some() && names.all(|name| name == "lo")
}

#[cfg(test)]
mod tests {
    use super::{has_only_loopback, is_wsl_release};

    #[test]
    fn wsl_is_known_by_its_kernel() {
        assert!(is_wsl_release("4.4.0-19041-Microsoft\n") && is_wsl_release("5.15.167.4-microsoft-standard-WSL2\n"));
        assert!(!is_wsl_release("6.8.0-1021-azure\n") && !is_wsl_release(""));
    }

    #[test]
    fn a_network_with_nothing_but_the_loopback_is_told_from_others() {
        let head = "Inter-|   Receive                |  Transmit\n face |bytes    packets errs|bytes    packets errs\n";
        assert!(has_only_loopback(&format!("{head}    lo:   26368     132    0\n")));
        assert!(!has_only_loopback(&format!("{head}    lo:   26368     132    0\n  eth0:  1 2 3\n")));
        assert!(!has_only_loopback(head) && !has_only_loopback(""));
    }
}
