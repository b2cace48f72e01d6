//! Reads `/etc/passwd` (passwd(5)): names and numbers of this machine's own accounts.

/// The user id of the account `user`.
pub(crate) fn uid_in_passwd(passwd: &str, user: &str) -> Option<u32> {
    let line = passwd.lines().find_map(|line| line.strip_prefix(user)?.strip_prefix(':'))?;
    line.split(':').nth(1)?.parse().ok()
}

/// The name of the account with the user id `uid`.
pub(crate) fn name_in_passwd(passwd: &str, uid: u32) -> Option<&str> {
    let mut lines = passwd.lines().map(|line| line.split(':'));
    lines.find_map(|mut fields| Some((fields.next()?, fields.nth(1)?)).filter(|(_, id)| id.parse() == Ok(uid))).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_accounts_id_is_read_from_passwd() {
        let passwd = "root:x:0:0::/root:/bin/sh\nhimdsx:x:7:7::/:\nhimds:x:998:997::/home/himds:/bin/false\n";
        assert_eq!(uid_in_passwd(passwd, "himds"), Some(998));
        assert_eq!(uid_in_passwd("himds:x\n", "himds"), None);
        assert_eq!(uid_in_passwd("", "himds"), None);
        assert_eq!(uid_in_passwd("himds:x:4294967296:1::/:\n", "himds"), None);
        assert_eq!(uid_in_passwd("himds:x:5:5\nhimds:x:0:0\n", "himds"), Some(5));
    }

    proptest! {
        #[test]
        fn no_line_is_too_strange(line in "\\PC*") {
            let _ = (uid_in_passwd(&line, "himds"), name_in_passwd(&line, 0));
        }
    }
}
