//! The agent's own paths, account, commands and log on Linux.

use std::path::PathBuf;

/// The agent's directory of key files.
pub(crate) fn key_directory() -> Option<PathBuf> {
    Some(PathBuf::from("/var/opt/azcmagent/tokens"))
}

/// The agent's program. It exists when the agent is installed.
pub(crate) fn agent_program() -> Option<PathBuf> {
    Some(PathBuf::from("/opt/azcmagent/bin/himds"))
}

/// The file in which the agent's package sets variables for systemd's services.
pub(crate) const SERVICE_CONFIGURATION: Option<&str> = Some("/lib/systemd/system.conf.d/azcmagent.conf");
pub(crate) const REFUSED_CONFIGURATION: &str = "Correct IDENTITY_ENDPOINT in /lib/systemd/system.conf.d/azcmagent.conf, which the agent's package has made, or install the agent again.";

/// The account that the agent runs as.
pub(crate) const AGENT_USER: &str = "himds";

/// The agent's service, and the folders where systemd looks for it (systemd.unit(5)), the strongest first.
pub(crate) const UNIT: &str = "himdsd.service";
pub(crate) const UNIT_FOLDERS: &[&str] = &["/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

pub(crate) const START_AGENT: &str = "sudo systemctl start himdsd";
pub(crate) const RESTART_AGENT: &str = "sudo systemctl restart himdsd";
pub(crate) const AGENT_LOG: &str = "/var/opt/azcmagent/log/himds.log";
pub(crate) const FOR_CONTAINERS: &str = "--network=host --volume=/var/opt/azcmagent/tokens:/var/opt/azcmagent/tokens:ro";
pub(crate) const CONNECTION_DENIED: &str = "The agent was not reached. Look for SELinux or AppArmor ('ausearch -m avc -ts recent', 'journalctl -k -g DENIED'), a packet \
     filter for this user, and sandbox options of a systemd unit (RestrictAddressFamilies=, IPAddressDeny=, SystemCallFilter=).";
pub(crate) const CHECK_TIME: &str = "'timedatectl' shows whether it is synchronised";

/// The way to the agent's keys.
pub(crate) fn join_group() -> String {
    "Run it as root, or add the user to the group 'himds' (sudo usermod -aG himds <user>); \
     membership counts from the next logon or service start."
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_on_containers_has_the_same_options() {
        let page = include_str!("../../docs/containers.md");
        for option in FOR_CONTAINERS.split(' ') {
            assert!(page.contains(option), "{option}");
        }
        let folder = key_directory().unwrap();
        assert!(FOR_CONTAINERS.contains(&format!("{0}:{0}:ro", folder.display())));
    }
}
