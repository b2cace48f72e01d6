use super::*;
use crate::discovery::Source;
use crate::error::ErrorKind;
use std::time::Duration;

fn named(name: &str, checks: &[Check]) -> Check {
    checks.iter().find(|check| check.name == name).expect("every check is in the list").clone()
}

#[test]
fn what_depends_on_a_failure_is_skipped_with_its_first_cause() {
    let rows = Rows::default();
    rows.check(INSTALLED, &[], || Row::pass("yes"));
    rows.check(PORT, &[INSTALLED], || Row::fail("no", "mend it"));
    rows.check(LISTENER, &[PORT], || panic!("must not be checked"));
    rows.check(CONNECTED, &[LISTENER], || panic!("must not be checked"));
    rows.check(CLOCK, &[INSTALLED], || Row::skip("cannot be told here"));
    rows.check(TOKEN, &[CLOCK], || Row::pass("a check that could not be made is in nobody's way"));
    let list = rows.list(Duration::from_secs(1));
    assert_eq!(list.iter().map(|check| check.name).collect::<Vec<_>>(), ORDER);
    for name in [LISTENER, CONNECTED] {
        let check = named(name, &list);
        assert_eq!((check.status, check.detail.as_str()), (CheckStatus::Skip, "Not checked, because 'Port' failed."));
    }
    assert_eq!(named(TOKEN, &list).status, CheckStatus::Pass);
}

#[test]
fn what_is_not_done_in_time_is_in_the_list_all_the_same() {
    let rows = Rows::default();
    rows.check(PROXY, &[], || Row::pass("yes"));
    let seen_meanwhile = std::cell::RefCell::new(Vec::new());
    rows.check(PORT, &[], || {
        seen_meanwhile.replace(rows.list(Duration::from_millis(1500)));
        Row::pass("at last")
    });
    let list = seen_meanwhile.into_inner();
    assert_eq!(list.len(), ORDER.len());
    assert_eq!(named(PROXY, &list).status, CheckStatus::Pass);
    let late = named(PORT, &list);
    assert!(late.status == CheckStatus::Fail && late.detail.contains("Timeout: The time of 1.5 s was up"), "{late:?}");
    assert!(!late.advice.is_empty());
    let never = named(TOKEN, &list);
    assert_eq!((never.status, never.detail.as_str()), (CheckStatus::Skip, "Not reached within 1.5 s."));
}

fn machine<'a>(environment: &'a dyn Fn(&str) -> Option<String>, program: &std::path::Path) -> Machine<'a> {
    Machine { environment, agent_program: Some(program.to_owned()), service_configuration: None }
}

#[test]
fn an_agent_may_be_elsewhere_if_somebody_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("himds");
    let nothing = |_: &str| None;
    let row = |source| installed::check(&machine(&nothing, &program), source);
    let missing = row(None);
    assert!(missing.status == CheckStatus::Fail && missing.detail.contains("AgentNotInstalled") && !missing.advice.is_empty());
    assert_eq!(row(Some(Source::Caller)).status, CheckStatus::Skip);
    assert_eq!(row(Some(Source::Environment)).status, CheckStatus::Warning);
    std::fs::write(&program, "").unwrap();
    assert_eq!(row(Some(Source::Installation)).status, CheckStatus::Pass);
    assert_eq!(row(None).status, CheckStatus::Pass);
}

#[test]
fn variables_are_named_and_their_values_are_not() {
    const IDENTITY: &str = "IDENTITY_ENDPOINT";
    const IMDS: &str = "IMDS_ENDPOINT";
    for (set, source, status, part) in [
        (&[][..], Some(Source::Installation), CheckStatus::Pass, "does not matter"),
        (&[][..], None, CheckStatus::Pass, "does not matter"),
        (&[][..], Some(Source::Caller), CheckStatus::Pass, "an endpoint was given"),
        (&[IDENTITY, IMDS][..], Some(Source::Environment), CheckStatus::Pass, "the one that they name"),
        (&[IDENTITY, IMDS][..], Some(Source::Caller), CheckStatus::Pass, "not used"),
        (&[IDENTITY, IMDS][..], None, CheckStatus::Warning, "see 'Endpoint'"),
        (&[IDENTITY][..], Some(Source::Installation), CheckStatus::Warning, "another service's"),
        (&[IMDS][..], Some(Source::Installation), CheckStatus::Pass, "does not matter"),
    ] {
        let environment = |name: &str| set.contains(&name).then(|| "http://hunter2@swordfish".to_owned());
        let row = endpoint::variables(&machine(&environment, std::path::Path::new("/x")), source);
        assert!(row.status == status && row.detail.contains(part), "{set:?} {source:?}: {row:?}");
        assert!(!format!("{row:?}").contains("swordfish"), "{row:?}");
    }
}

#[test]
fn a_missing_agent_is_the_cause_and_a_refused_address_is_its_own() {
    let missing = endpoint::check(&Err(ErrorKind::AgentNotInstalled { looked_for: "x".into() }));
    assert_eq!(missing, Row::needs(INSTALLED));
    let refused = endpoint::check(&Err(ErrorKind::EndpointRefused { endpoint: "http://10.0.0.1/".into(), reason: "far away" }));
    assert!(refused.status == CheckStatus::Fail && refused.detail.starts_with("EndpointRefused: "), "{refused:?}");
}
