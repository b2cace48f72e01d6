//! A sandbox that hides who holds the agent's port: no netlink (`RestrictAddressFamilies=`), and a part of `/proc` or nothing of it.
#![cfg(target_os = "linux")]

#[path = "support/machine.rs"]
mod machine;
#[path = "support/mod.rs"]
mod support;

use machine::{AGENT, ALLOW, CALLER, CHECKS, Machine, NO_NETLINK, OWN_VARIABLE, REQUIRE, STRANGER, VARIABLE};

const TOKEN_WITHOUT_WARNING: &str = "token, ";
/// `ProcSubset=pid`.
const NO_PROC_NET: &str = "mount -t proc -o subset=pid proc /proc; ! test -e /proc/net/tcp;";
const NO_PROC: &str = "mount -t tmpfs none /proc;";

#[test]
#[ignore = "run by other tests in a process of its own"]
fn client() {
    machine::client();
}

#[test]
fn one_source_is_enough_to_tell_a_stranger_from_the_agent() {
    for (hidden, variables) in [("", &[(NO_NETLINK, "1")][..]), (NO_PROC_NET, &[]), (NO_PROC_NET, &[(NO_NETLINK, "1")]), (NO_PROC, &[])] {
        let Some(machine) = Machine::start(AGENT, hidden) else { return };
        let agent = machine.agent(AGENT, None);
        let relay = machine.relay(&agent);
        for user in [CALLER, 0] {
            for call in machine.calls(user, None, &relay, variables) {
                assert!(call.starts_with("ForeignAnswer") && call.contains(&STRANGER.to_string()), "{hidden} {variables:?}: {call}");
            }
        }
        assert_eq!((relay.count("connections"), agent.requests().len()), (0, 0));
        let required = [variables, &[(REQUIRE, "1"), (VARIABLE, "1")]].concat();
        for variables in [variables, &required] {
            assert_eq!(machine.calls(CALLER, None, &agent, variables), [TOKEN_WITHOUT_WARNING; 2], "{hidden} {variables:?}");
        }
    }
}

#[test]
fn without_any_source_there_is_one_warning_a_process() {
    let Some(machine) = Machine::start(AGENT, NO_PROC) else { return };
    let agent = machine.agent(AGENT, None);
    // The variable cannot make it looser, whatever it says; nor does the word for user namespaces.
    for variables in [&[][..], &[(VARIABLE, "0")], &[(VARIABLE, "")], &[(OWN_VARIABLE, "")], &[(ALLOW, "1")]] {
        let [first, second] = machine.calls(CALLER, None, &agent, &[variables, &[(NO_NETLINK, "1")]].concat());
        assert!(first.starts_with("token, Who holds the agent's port cannot be looked up"), "{first}");
        assert!(first.contains("another program could take the agent's place"), "{first}");
        assert_eq!(second, TOKEN_WITHOUT_WARNING);
    }
}

#[test]
fn without_any_source_whoever_requires_an_identified_agent_gets_an_error() {
    let Some(machine) = Machine::start(AGENT, NO_PROC) else { return };
    let agent = machine.agent(AGENT, None);
    let cases = [
        &[(REQUIRE, "1")][..],
        &[(VARIABLE, "1")],
        &[(VARIABLE, "1"), (ALLOW, "1")],
        &[(VARIABLE, "0"), (REQUIRE, "1")],
        &[(VARIABLE, "no")],
        // Of a session that keeps variables of its own, as PowerShell does: either view is enough.
        &[(VARIABLE, "1"), (OWN_VARIABLE, "0")],
        &[(VARIABLE, "0"), (OWN_VARIABLE, "1")],
    ];
    for variables in cases {
        for call in machine.calls(CALLER, None, &agent, &[variables, &[(NO_NETLINK, "1")]].concat()) {
            assert!(call.starts_with("ForeignAnswer") && call.contains("AF_NETLINK"), "{variables:?}: {call}");
        }
    }
    assert_eq!(agent.count("connections"), 0);
}

#[test]
fn without_any_source_the_row_listener_is_a_warning() {
    let Some(machine) = Machine::start(AGENT, NO_PROC) else { return };
    let agent = machine.agent(AGENT, None);
    let [listener, token] = machine.calls(CALLER, None, &agent, &[(CHECKS, "1"), (NO_NETLINK, "1")]);
    assert!(listener.starts_with("Warning The system does not tell who listens"), "{listener}");
    assert!(token.starts_with("Pass "), "{token}");
    let [listener, token] = machine.calls(CALLER, None, &agent, &[(CHECKS, "1"), (NO_NETLINK, "1"), (REQUIRE, "1")]);
    assert!(listener.starts_with("Fail ForeignAnswer") && token.starts_with("Skip "), "{listener} {token}");
}

/// `Connect-ArcAzAccount -Identity` writes these warnings.
#[test]
#[cfg(feature = "c-api")]
fn without_any_source_the_check_for_another_program_warns_once_too() {
    let Some(machine) = Machine::start(AGENT, NO_PROC) else { return };
    let agent = machine.agent(AGENT, None);
    let variables = [(machine::CHECKS_ENDPOINT, "1"), (NO_NETLINK, "1")];
    let [first, second] = machine.calls(CALLER, None, &agent, &variables);
    assert!(first.starts_with("Ok Who holds the agent's port cannot be looked up"), "{first}");
    assert_eq!(second, "Ok ");
    let required = machine.calls(CALLER, None, &agent, &[&variables[..], &[(VARIABLE, "1")]].concat());
    assert_eq!(required, ["ForeignAnswer "; 2]);
}
