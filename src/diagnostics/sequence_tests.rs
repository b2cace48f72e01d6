//! The list of checks, without an agent.

use super::*;
use crate::diagnostics::check::CheckStatus;
use crate::error::ErrorKind;
use crate::request::wanted::Wanted;
use std::time::Duration;

fn named(id: CheckId, checks: &[Check]) -> Check {
    checks.iter().find(|check| check.name == id.name()).expect("every check is in the list").clone()
}

#[test]
fn what_depends_on_a_failure_is_skipped_with_its_first_cause() {
    let report = Report::default();
    report.add(CheckId::Installed, &[], || Row::pass("yes"));
    report.add(CheckId::Port, &[CheckId::Installed], || Row::fail("no", "mend it"));
    report.add(CheckId::Listener, &[CheckId::Port], || panic!("must not be checked"));
    report.add(CheckId::Connected, &[CheckId::Listener], || panic!("must not be checked"));
    report.add(CheckId::Clock, &[CheckId::Installed], || Row::skip("cannot be told here"));
    report.add(CheckId::Token, &[CheckId::Clock], || Row::pass("a check that could not be made is in nobody's way"));
    let list = report.list(Duration::from_secs(1));
    assert_eq!(list.iter().map(|check| check.name).collect::<Vec<_>>(), CheckId::ALL.map(CheckId::name));
    for id in [CheckId::Listener, CheckId::Connected] {
        let check = named(id, &list);
        assert_eq!((check.status, check.detail.as_str()), (CheckStatus::Skip, "Not checked, because 'Port' failed."));
    }
    assert_eq!(named(CheckId::Token, &list).status, CheckStatus::Pass);
}

#[test]
fn what_is_not_done_in_time_is_in_the_list_all_the_same() {
    let report = Report::default();
    report.add(CheckId::Proxy, &[], || Row::pass("yes"));
    let seen_meanwhile = std::cell::RefCell::new(Vec::new());
    report.add(CheckId::Port, &[], || {
        seen_meanwhile.replace(report.list(Duration::from_millis(1500)));
        Row::pass("at last")
    });
    let list = seen_meanwhile.into_inner();
    assert_eq!(list.len(), CheckId::ALL.len());
    assert_eq!(named(CheckId::Proxy, &list).status, CheckStatus::Pass);
    let late = named(CheckId::Port, &list);
    assert!(late.status == CheckStatus::Fail && late.detail.contains("Timeout: The time of 1.5 s was up"), "{late:?}");
    assert!(!late.advice.is_empty());
    let never = named(CheckId::Token, &list);
    assert_eq!((never.status, never.detail.as_str()), (CheckStatus::Skip, "Not reached within 1.5 s."));
}

fn host<'a>(environment: &'a dyn Fn(&str) -> Option<String>, program: &std::path::Path) -> HostEnvironment<'a> {
    HostEnvironment { environment, agent_program: Some(program.to_owned()), service_configuration: None }
}

#[test]
fn an_agent_may_be_elsewhere_if_somebody_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("himds");
    let nothing = |_: &str| None;
    let row = |source| endpoint::installed_row(&host(&nothing, &program), source);
    let missing = row(None);
    assert!(missing.status == CheckStatus::Fail && missing.detail.contains("AgentNotInstalled") && !missing.advice.is_empty());
    assert_eq!(row(Some(Source::Caller)).status, CheckStatus::Skip);
    assert_eq!(row(Some(Source::Environment)).status, CheckStatus::Warning);
    std::fs::write(&program, "").unwrap();
    // A warning on a machine whose own agent is an old one.
    for source in [Some(Source::Installation), None] {
        assert!(matches!(row(source).status, CheckStatus::Pass | CheckStatus::Warning) && row(source).detail.contains("is there"));
    }
}

#[test]
fn variables_are_named_and_their_values_are_not() {
    const IDENTITY: &str = "IDENTITY_ENDPOINT";
    const IMDS: &str = "IMDS_ENDPOINT";
    const HEADER: &str = "IDENTITY_HEADER";
    for (set, source, status, part) in [
        (&[][..], Some(Source::Installation), CheckStatus::Pass, "does not matter"),
        (&[][..], None, CheckStatus::Pass, "does not matter"),
        (&[][..], Some(Source::Caller), CheckStatus::Pass, "an endpoint was given"),
        (&[IDENTITY, IMDS][..], Some(Source::Environment), CheckStatus::Pass, "the one that they name"),
        (&[IDENTITY, IMDS][..], Some(Source::Caller), CheckStatus::Pass, "not used"),
        (&[IDENTITY, IMDS][..], None, CheckStatus::Warning, "see 'Endpoint'"),
        (&[IDENTITY][..], Some(Source::Installation), CheckStatus::Warning, "another service's"),
        (
            &[IDENTITY, IMDS, HEADER][..],
            Some(Source::Installation),
            CheckStatus::Warning,
            "set with IDENTITY_HEADER, so it is another service's",
        ),
        (&[IDENTITY, IMDS, HEADER][..], Some(Source::Caller), CheckStatus::Pass, "not used"),
        (&[HEADER][..], Some(Source::Installation), CheckStatus::Pass, "does not matter"),
        (&[IDENTITY, IMDS, "MSI_SECRET"][..], None, CheckStatus::Warning, "another service's (Azure Automation"),
        (&[IDENTITY, "IDENTITY_SERVER_THUMBPRINT"][..], None, CheckStatus::Warning, "IDENTITY_SERVER_THUMBPRINT"),
        (&[IMDS, HEADER][..], Some(Source::Installation), CheckStatus::Pass, "IMDS_ENDPOINT is set without IDENTITY_ENDPOINT"),
        (&[IMDS][..], Some(Source::Installation), CheckStatus::Pass, "does not matter"),
    ] {
        let environment = |name: &str| set.contains(&name).then(|| "http://hunter2@swordfish".to_owned());
        let row = endpoint::variables_row(&host(&environment, std::path::Path::new("/x")), source);
        assert!(row.status == status && row.detail.contains(part), "{set:?} {source:?}: {row:?}");
        assert!(!format!("{row:?}").contains("swordfish"), "{row:?}");
    }
}

#[test]
fn a_missing_agent_is_the_cause_and_a_refused_address_is_its_own() {
    let missing = endpoint::row(&Err(ErrorKind::AgentNotInstalled { looked_for: "x".into() }));
    assert_eq!(missing, Row::needs(CheckId::Installed));
    let refused = endpoint::row(&Err(ErrorKind::EndpointRefused {
        endpoint: "http://10.0.0.1/".into(),
        named_by: "x",
        reason: "far away",
        advice: "y",
    }));
    assert!(refused.status == CheckStatus::Fail && refused.detail.starts_with("EndpointRefused: "), "{refused:?}");
}

#[test]
fn every_check_is_run() {
    let (report, limit) = (Report::default(), Duration::from_secs(10));
    let params = RequestParams {
        wanted: Wanted::Resource("https://a".into()),
        endpoint: Some("http://127.0.0.1:9/".into()),
        ..RequestParams::default()
    };
    run_checks(&params, &report, &CallContext::for_tests(limit));
    for check in report.list(limit) {
        assert!(!check.detail.starts_with("Not reached"), "call report.add for '{}' in run_checks()", check.name);
    }
}
