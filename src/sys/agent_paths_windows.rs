//! The agent's own paths, commands and log on Windows.

use std::path::PathBuf;
use std::sync::OnceLock;

use windows_sys::Win32::UI::Shell::{FOLDERID_ProgramData, FOLDERID_ProgramFiles};
use windows_sys::core::GUID;

use super::windows::known_folder;

/// The agent's directory of key files.
pub(crate) fn key_directory() -> Option<PathBuf> {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    below(&FOLDERID_ProgramData, "Tokens", &PATH)
}

/// The agent's program. It exists when the agent is installed.
pub(crate) fn agent_program() -> Option<PathBuf> {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    below(&FOLDERID_ProgramFiles, "himds.exe", &PATH)
}

/// A path in the agent's folder. Windows is asked once a process: each call looks it up, also one that finds its token in the cache.
fn below(folder: &GUID, name: &str, path: &OnceLock<PathBuf>) -> Option<PathBuf> {
    if path.get().is_none() {
        let found = known_folder(folder)?.join("AzureConnectedMachineAgent").join(name);
        path.get_or_init(|| found);
    }
    path.get().cloned()
}

/// No file: on Windows, the variables are set for the whole machine.
pub(crate) const SERVICE_CONFIGURATION: Option<&str> = None;
pub(crate) const REFUSED_CONFIGURATION: &str = "Install the agent again.";

/// The name of the agent's service.
pub(crate) const AGENT_SERVICE: &str = "himds";

pub(crate) const START_AGENT: &str = "Start-Service himds";
pub(crate) const RESTART_AGENT: &str = "Restart-Service himds";
pub(crate) const AGENT_LOG: &str = r"%ProgramData%\AzureConnectedMachineAgent\Log\himds.log";
pub(crate) const FOR_CONTAINERS: &str = "Windows has no such network for containers: let the host get the token, and hand it in";
pub(crate) const CONNECTION_DENIED: &str = "The agent was not reached. Look for a security product, or a rule of Windows Defender Firewall, that keeps this process from \
     connecting within this machine.";
pub(crate) const CHECK_TIME: &str = "'w32tm /query /status' shows whether it is synchronised";
