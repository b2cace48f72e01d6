//! The advice for users without access to the key files, on made-up groups and real directories.

use super::*;
use std::os::unix::fs::PermissionsExt;

const GROUPS: &str = "root:x:0:\nhimds:x:998:alice,bob\nother:x:1500:carol\nempty:x:1501:\n";

fn member(local: bool, listed: bool, active: bool) -> Member {
    Member { local, listed, active }
}

fn advice_for(user: Option<&str>, group: &str, member: Member) -> String {
    advice(user, group, &member, Path::new("/var/opt/azcmagent/tokens"))
}

#[test]
fn the_command_names_the_real_user_and_group() {
    let text = advice_for(Some("carol"), "himds", member(true, false, false));
    assert!(text.starts_with("The user is not in the group 'himds'. "), "{text}");
    assert!(text.contains("'sudo usermod -aG himds carol'") && text.contains("log on again"), "{text}");
    let text = advice_for(Some("carol@corp.example"), "himds", member(false, false, false));
    assert!(text.contains("'sudo gpasswd -a carol@corp.example himds'"), "{text}");
    let text = advice_for(Some("CORP\\carol"), "himds", member(false, false, false));
    assert!(text.contains("'sudo gpasswd -a \"CORP\\\\carol\" himds'"), "{text}");
    let text = advice_for(None, "himds", member(false, false, false));
    assert!(text.contains("<user>"), "{text}");
}

#[test]
fn no_name_becomes_another_command() {
    for name in ["a;reboot", "$(reboot)", "`x`", "a\"b", "a\nb", "-R", "", "a'b", "a|b", "a&b"] {
        let text = advice_for(Some(name), "himds", member(true, false, false));
        assert!(name.is_empty() || !text.contains(name), "{text}");
        assert!(text.contains("<user>"), "{text}");
    }
}

#[test]
fn who_is_in_the_group_is_not_told_to_join_it() {
    let text = advice_for(Some("alice"), "himds", member(true, true, false));
    assert!(!text.contains("usermod") && text.contains("log on again"), "{text}");
    let text = advice_for(Some("alice"), "himds", member(true, true, true));
    assert!(!text.contains("usermod") && text.contains("namei -l /var/opt/azcmagent/tokens"), "{text}");
}

#[test]
fn members_are_whole_names_of_the_right_group() {
    assert!(is_listed(GROUPS, "himds", "bob"));
    for (group, user) in [("himds", "bo"), ("himds", "carol"), ("other", "alice"), ("empty", ""), ("none", "alice"), ("himds", "")] {
        assert!(!is_listed(GROUPS, group, user), "{group} {user}");
    }
}

#[test]
fn the_group_is_the_directorys_or_else_the_agents() {
    let folder = tempfile::tempdir().unwrap();
    let own = fs::metadata(folder.path()).unwrap().gid();
    let line = format!("{GROUPS}mine:x:{own}:\n");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o710)).unwrap();
    // Nobody is advised to join root's own group.
    let expected = if own == 0 { (Some(998), "himds") } else { (Some(own), "mine") };
    let found = group_of(&folder.path().join("missing"), &line);
    assert_eq!((found.0, found.1.as_str()), expected);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(group_of(folder.path(), GROUPS), (Some(998), "himds".to_owned()));
    assert_eq!(group_of(folder.path(), ""), (None, "himds".to_owned()));
}

#[test]
fn a_directory_is_entered_or_not() {
    let folder = tempfile::tempdir().unwrap();
    assert!(may_enter(folder.path()).is_ok());
    assert_eq!(may_enter(&folder.path().join("x")).unwrap_err().kind(), io::ErrorKind::NotFound);
    fs::write(folder.path().join("file"), "").unwrap();
    assert_eq!(may_enter(&folder.path().join("file")).unwrap_err().kind(), io::ErrorKind::NotADirectory);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o600)).unwrap();
    // Root may enter closed directories.
    let closed = may_enter(folder.path()).map_err(|error| error.kind());
    assert_eq!(closed, if is_root() { Ok(()) } else { Err(io::ErrorKind::PermissionDenied) });
}

#[test]
fn the_version_is_that_of_the_installed_package() {
    let version = |text: &str| version_in(text.as_bytes());
    let other = "Package: other\nStatus: install ok installed\nVersion: 9\n\n";
    let ours =
        "Package: azcmagent\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.51.03008.304\nDescription: x\n Package: y\n";
    assert_eq!(version(&format!("{other}{ours}\n{other}")).as_deref(), Some("1.51.03008.304"));
    assert_eq!(version(other), None);
    assert_eq!(version(&ours.replace("install ok installed", "deinstall ok config-files")), None);
    assert_eq!(version(&format!("Package: azcmagent\n\n{other}")), None);
}

#[test]
fn this_user_has_a_name_as_the_system_says() {
    let id = std::process::Command::new("id").args(["-un"]).output().unwrap();
    let name = String::from_utf8(id.stdout).unwrap();
    assert_eq!(user_name().unwrap_or_default(), name.trim());
}
