//! The agent's security faults that were public when this was released: the one table of them.

/// A fault of the agent that gives a local user more rights.
struct KnownFault {
    name: &'static str,
    /// The first two numbers of the first version without it.
    fixed_in: (u32, u32),
}

/// The newest mend comes first.
const KNOWN_FAULTS: [KnownFault; 2] =
    [KnownFault { name: "CVE-2026-96204", fixed_in: (1, 68) }, KnownFault { name: "CVE-2026-26117", fixed_in: (1, 61) }];

/// The faults of `version` in words, and the advice. `None` for a version that has none of them, or that cannot be read.
pub(super) fn faults_of(version: &str) -> Option<(String, String)> {
    let mut numbers = version.split('.').map_while(|part| part.parse::<u32>().ok());
    let version = numbers.next().zip(numbers.next())?;
    let faults: Vec<_> = KNOWN_FAULTS.iter().filter(|fault| version < fault.fixed_in).collect();
    let (major, minor) = faults.first()?.fixed_in;
    let named: Vec<_> = faults.iter().map(|fault| format!("{} (fixed in {}.{})", fault.name, fault.fixed_in.0, fault.fixed_in.1)).collect();
    Some((
        format!("That version has faults that are public, and give a local user more rights: {}.", named.join(", ")),
        format!("Upgrade the agent to {major}.{minor} or later: 'azcmagent upgrade' (agents from 1.62 on), or the system's packages."),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_the_faults_that_are_mended_later() {
        let faults = |version: &str| faults_of(version).map(|(faults, _)| KNOWN_FAULTS.map(|fault| faults.contains(fault.name)));
        for version in ["1.9", "1.60.03293.809", "0.99.1"] {
            assert_eq!(faults(version), Some([true, true]), "{version}");
        }
        for version in ["1.61.1", "1.67.03500.1"] {
            assert_eq!(faults(version), Some([true, false]), "{version}");
        }
        for version in ["1.68", "1.68.03520.1", "1.100.1", "2.0.0", "", "1", "unknown"] {
            assert_eq!(faults(version), None, "{version}");
        }
    }

    #[test]
    fn the_numbers_are_told_with_the_command() {
        let (faults, advice) = faults_of("1.60").unwrap();
        assert!(faults.contains("CVE-2026-96204 (fixed in 1.68), CVE-2026-26117 (fixed in 1.61)"), "{faults}");
        assert!(advice.contains("1.68 or later") && advice.contains("'azcmagent upgrade'"), "{advice}");
    }

    #[test]
    fn the_page_on_security_names_them_too() {
        let page = include_str!("../../SECURITY.md").split_whitespace().collect::<Vec<_>>().join(" ");
        for KnownFault { name, fixed_in: (major, minor) } in KNOWN_FAULTS {
            assert!(page.contains(&format!("{name} (before {major}.{minor})")), "{name}");
        }
    }
}
