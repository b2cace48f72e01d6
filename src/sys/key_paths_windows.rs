//! The spelling of key files' paths on Windows.
//!
//! Windows has many spellings for one file. The agent uses one, so the others are refused: nothing is resolved here.

use std::path::Path;

/// True when both paths are spelled alike, in any letter case. Nothing else may differ: no slash the other way, no short name.
pub(crate) fn same_path(left: &str, right: &Path) -> bool {
    let right = right.to_string_lossy().replace('/', "\\");
    // `canonicalize` returns paths with this prefix.
    let right = right.strip_prefix(r"\\?\").unwrap_or(&right);
    left.to_lowercase() == right.to_lowercase()
}

/// The directory and the name in a path, split at the last separator. Nothing is resolved.
///
/// The agent writes backslashes alone. With a slash among them, a path could be one to this program and another to Windows.
pub(crate) fn split_path(path: &str) -> Option<(&str, &str)> {
    path.rsplit_once('\\')
}

/// True when `name` ends like the names of key files, and is one name, of a file and of nothing else.
///
/// A colon would name a drive or an alternate stream, `~` a short name (`ABCDEF~1.KEY`).
pub(crate) fn is_key_name(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    name.len() > ".key".len()
        && name.to_ascii_lowercase().ends_with(".key")
        && !name.contains(['/', '\\', ':', '\0', '*', '?', '"', '<', '>', '|', '~'])
        && !name.starts_with(' ')
        && !is_device(stem)
}

/// True for the names of devices, which are reserved in every folder and with every ending, and with blanks after them.
fn is_device(stem: &str) -> bool {
    let stem = stem.trim_end_matches(' ').to_uppercase();
    let numbered =
        |name: &str| stem.strip_prefix(name).is_some_and(|rest| "0123456789\u{b9}\u{b2}\u{b3}".contains(rest) && rest.chars().count() == 1);
    ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The folder and the name, as the rules for key files ask for them.
    fn is_key(path: &str) -> bool {
        let folder = Path::new(r"C:\ProgramData\AzureConnectedMachineAgent\Tokens");
        split_path(path).is_some_and(|(parent, name)| same_path(parent, folder) && is_key_name(name))
    }

    #[test]
    fn the_agents_own_spelling_is_right_in_any_letter_case() {
        for path in [
            r"C:\ProgramData\AzureConnectedMachineAgent\Tokens\ac66ed3c-f15f-43b3-9757-96039f455163.key",
            r"c:\programdata\azureconnectedmachineagent\tokens\AC66ED3C-F15F-43B3-9757-96039F455163.KEY",
            r"C:\ProgramData\AzureConnectedMachineAgent\tokens\a b.key",
            r"C:\ProgramData\AzureConnectedMachineAgent\Tokens\community.key",
            r"C:\ProgramData\AzureConnectedMachineAgent\Tokens\nully.key",
        ] {
            assert!(is_key(path), "{path}");
        }
    }

    #[test]
    fn every_other_spelling_is_refused() {
        for path in [
            r"C:\ProgramData\AzureConnectedMachineAgent\Tokens/a.key",
            r"C:/ProgramData/AzureConnectedMachineAgent/Tokens/a.key",
            r"C:\ProgramData/AzureConnectedMachineAgent\Tokens\a.key",
            r"C:\PROGRA~3\AZUREC~1\Tokens\a.key",
            r"C:\ProgramData\AzureConnectedMachineAgent\Tokens.\a.key",
            r"C:\ProgramData\AzureConnectedMachineAgent\Tokens \a.key",
            r"C:\ProgramData\AzureConnectedMachineAgent\Tokens\\a.key",
            r"C:\ProgramData\AzureConnectedMachineAgent\Tokens\.\a.key",
            r"C:\ProgramData\AzureConnectedMachineAgent\Tokens\x\..\a.key",
            r"C:\ProgramData\AzureConnectedMachineAgent\Tokens\x\a.key",
            r"C:\ProgramData\AzureConnectedMachineAgent\a.key",
            r"\\?\C:\ProgramData\AzureConnectedMachineAgent\Tokens\a.key",
            r"\\.\C:\ProgramData\AzureConnectedMachineAgent\Tokens\a.key",
            r"\??\C:\ProgramData\AzureConnectedMachineAgent\Tokens\a.key",
            r"\\server\C$\ProgramData\AzureConnectedMachineAgent\Tokens\a.key",
            r"\\localhost\C$\ProgramData\AzureConnectedMachineAgent\Tokens\a.key",
            r"D:\ProgramData\AzureConnectedMachineAgent\Tokens\a.key",
            r"C:ProgramData\AzureConnectedMachineAgent\Tokens\a.key",
            r"\ProgramData\AzureConnectedMachineAgent\Tokens\a.key",
            "a.key",
            "",
        ] {
            assert!(!is_key(path), "{path}");
        }
    }

    #[test]
    fn names_that_windows_takes_for_something_else_are_refused() {
        for name in [
            ".key",
            "a.txt",
            "a.key.",
            "a.key ",
            "a.key:x.key",
            "a:b.key",
            "a.key::$DATA",
            "ABCDEF~1.KEY",
            "a*.key",
            "a?.key",
            "a\0.key",
            " a.key",
            "NUL.key",
            "nul.key",
            "NUL .key",
            "nul.x.key",
            "COM1.key",
            "com0.key",
            "COM\u{b9}.key",
            "LPT9.key",
            "CON.key",
            "PRN.key",
            "AUX.key",
            "CONIN$.key",
            "conout$.key",
        ] {
            assert!(!is_key_name(name), "{name:?}");
        }
    }
}
