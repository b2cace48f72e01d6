//! Reads files of systemd: the user of the agent's service from its unit (systemd.unit(5), systemd.exec(5)), and the variables that the
//! agent's package sets for all services.

use std::fs;
use std::path::{Path, PathBuf};

/// The value of `User=` of the service `unit`: a name or a number. `folders` are those of systemd, the strongest first.
///
/// The first unit file counts, and after it all drop-ins, by their names.
pub(crate) fn user_of_service(folders: &[&str], unit: &str) -> Option<String> {
    let main = folders.iter().find_map(|folder| fs::read_to_string(Path::new(folder).join(unit)).ok())?;
    let mut drop_ins: Vec<PathBuf> = Vec::new();
    for folder in folders {
        let entries = fs::read_dir(Path::new(folder).join(format!("{unit}.d"))).into_iter().flatten().flatten();
        for file in entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|ending| ending == "conf")) {
            if drop_ins.iter().all(|known| known.file_name() != file.file_name()) {
                drop_ins.push(file);
            }
        }
    }
    drop_ins.sort_by(|a, b| a.file_name().cmp(&b.file_name()));
    let texts = [main].into_iter().chain(drop_ins.iter().filter_map(|file| fs::read_to_string(file).ok()));
    texts.fold(None, |user, text| user_in_unit(&text).unwrap_or(user))
}

/// The last `User=` in the section `[Service]`. The inner `None` is an empty one, which takes back what came before.
fn user_in_unit(text: &str) -> Option<Option<String>> {
    let mut in_service = false;
    let mut found = None;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_service = line == "[Service]";
        } else if let Some((name, value)) = line.split_once('=')
            && in_service
            && name.trim_end() == "User"
        {
            found = Some(Some(value.trim().to_owned()).filter(|value| !value.is_empty()));
        }
    }
    found
}

/// The value of `IDENTITY_ENDPOINT` in a systemd manager configuration (systemd-system.conf(5), `DefaultEnvironment=`).
pub(crate) fn endpoint_in_service_configuration(text: &str) -> Option<String> {
    let mut found = None;
    for line in text.replace("\\\n", " ").lines() {
        let Some(value) = line.trim().strip_prefix("DefaultEnvironment") else { continue };
        let Some(value) = value.trim_start().strip_prefix('=') else { continue };
        if value.trim().is_empty() {
            found = None; // An empty assignment resets the list.
        }
        for word in value.split(|c: char| c.is_whitespace() || c == '"' || c == '\'') {
            if let Some(endpoint) = word.strip_prefix("IDENTITY_ENDPOINT=").filter(|endpoint| !endpoint.is_empty()) {
                found = Some(endpoint.to_owned());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_is_that_of_the_section_service() {
        let user = |text: &str| user_in_unit(text).flatten();
        assert_eq!(user("[Unit]\nUser=a\n[Service]\nExecStart=/x --User=c\n User = himds \n[Install]\nUser=b\n").as_deref(), Some("himds"));
        assert_eq!(user("[Service]\nUser=a\n#User=b\nUser=7\n").as_deref(), Some("7"));
        assert_eq!(user_in_unit("[Service]\nUser=a\nUser=\n"), Some(None));
        assert_eq!(user_in_unit("[Service]\nUserX=a\n"), None);
    }

    #[test]
    fn an_administrators_files_come_before_the_packages() {
        let temporary = tempfile::tempdir().unwrap();
        let write = |path: &str, user: &str| {
            let path = temporary.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("[Service]\nUser={user}\n")).unwrap();
        };
        let folders = ["etc", "lib"].map(|folder| temporary.path().join(folder).to_str().unwrap().to_owned());
        let user = || user_of_service(&folders.each_ref().map(String::as_str), "himdsd.service");
        assert_eq!(user(), None);
        write("lib/himdsd.service.d/10-x.conf", "nobody");
        assert_eq!(user(), None, "a drop-in of no service");
        fs::remove_dir_all(temporary.path().join("lib")).unwrap();
        write("lib/himdsd.service", "himds");
        assert_eq!(user().as_deref(), Some("himds"));
        write("etc/himdsd.service", "arc");
        assert_eq!(user().as_deref(), Some("arc"));
        write("lib/himdsd.service.d/20-user.conf", "late");
        write("etc/himdsd.service.d/10-user.conf", "early");
        assert_eq!(user().as_deref(), Some("late"), "by their names");
        write("etc/himdsd.service.d/20-user.conf", "over");
        assert_eq!(user().as_deref(), Some("over"), "in place of the package's");
        write("etc/himdsd.service.d/30-user.txt", "other");
        assert_eq!(user().as_deref(), Some("over"));
    }

    #[test]
    fn service_configurations_are_read_as_systemd_does() {
        let read = endpoint_in_service_configuration;
        assert_eq!(read("DefaultEnvironment=A=b \\\n  IDENTITY_ENDPOINT=x\n").as_deref(), Some("x"));
        assert_eq!(read("DefaultEnvironment = IDENTITY_ENDPOINT=x\nDefaultEnvironment=IDENTITY_ENDPOINT=y").as_deref(), Some("y"));
        assert_eq!(read("DefaultEnvironment=IDENTITY_ENDPOINT=x\nDefaultEnvironment=\n"), None);
        assert_eq!(read("#DefaultEnvironment=IDENTITY_ENDPOINT=x\nDefaultEnvironmentX=IDENTITY_ENDPOINT=x"), None);
    }
}
