//! The relay attack on a client in a user namespace: there, each user without a number is shown as the same one (65534), the agent
//! and a stranger alike.
#![cfg(target_os = "linux")]

#[path = "support/machine.rs"]
mod machine;
#[path = "support/mod.rs"]
mod support;

use machine::{AGENT, ALLOW, CALLER, CHECKS, Machine, REQUIRE, STRANGER, VARIABLE};

/// `unshare --map-root-user`, as for a rootless container, and `PrivateUsers=yes` of a unit.
const WITHOUT_THE_AGENT: [&str; 2] = ["0 61001 1\n", "0 0 1\n61001 61001 1\n"];
const TOKEN_WITHOUT_WARNING: &str = "token, ";

#[test]
#[ignore = "run by other tests in a process of its own"]
fn client() {
    machine::client();
}

#[test]
#[ignore = "run by another test inside a mount namespace"]
fn idmap() {
    machine::idmap();
}

#[test]
fn a_stranger_without_a_number_is_not_the_agent() {
    let Some(machine) = Machine::start(AGENT, "") else { return };
    let agent = machine.agent(AGENT, None);
    let relay = machine.relay(&agent);
    for call in machine.calls(CALLER, None, &relay, &[]) {
        assert!(call.starts_with("ForeignAnswer") && call.contains(&STRANGER.to_string()), "{call}");
    }
    for map in WITHOUT_THE_AGENT {
        let Some(namespace) = machine.user_namespace(Some(CALLER), map) else { return };
        for call in machine.calls(CALLER, Some(&namespace), &relay, &[]) {
            assert!(call.starts_with("ForeignAnswer") && call.contains("user namespace (shown as 65534"), "{map}: {call}");
            for part in ["PrivateUsers=", "systemd --user", "himds", "-AllowUnidentifiedAgent", "from IDENTITY_ENDPOINT"] {
                assert!(call.contains(part), "{map}: {part} is not in {call}");
            }
        }
    }
    // A variable makes it stricter: it takes back what the caller allows.
    let Some(namespace) = machine.user_namespace(Some(CALLER), WITHOUT_THE_AGENT[0]) else { return };
    for variables in [&[(VARIABLE, "1"), (ALLOW, "1")][..], &[(VARIABLE, "0")], &[(VARIABLE, "")]] {
        for call in machine.calls(CALLER, Some(&namespace), &relay, variables) {
            assert!(call.starts_with("ForeignAnswer"), "{variables:?}: {call}");
        }
    }
    assert_eq!((relay.count("connections"), agent.requests().len(), agent.issued().tokens.len()), (0, 0, 0));
}

/// Who allows it gets the agent's token, and a stranger's too: each call says so.
#[test]
fn whoever_allows_an_unidentified_agent_is_warned_each_time() {
    let Some(machine) = Machine::start(AGENT, "") else { return };
    let agent = machine.agent(AGENT, None);
    let relay = machine.relay(&agent);
    for map in WITHOUT_THE_AGENT {
        let Some(namespace) = machine.user_namespace(Some(CALLER), map) else { return };
        for to in [&agent, &relay] {
            for call in machine.calls(CALLER, Some(&namespace), to, &[(ALLOW, "1")]) {
                assert!(call.starts_with("token, Port ") && call.contains("any user of the machine could be it"), "{map}: {call}");
                assert_eq!(call.matches("any user").count(), 1, "{call}");
            }
        }
        let [listener, token] = machine.calls(CALLER, Some(&namespace), &agent, &[(ALLOW, "1"), (CHECKS, "1")]);
        assert!(listener.starts_with("Warning Port ") && listener.contains("any user of the machine could be it"), "{listener}");
        assert!(token.starts_with("Pass "), "{token}");
    }
    // Outside of a user namespace, the same word changes nothing.
    for call in machine.calls(CALLER, None, &relay, &[(ALLOW, "1")]) {
        assert!(call.starts_with("ForeignAnswer"), "{call}");
    }
}

/// `PrivateUsers=identity`.
#[test]
fn a_map_that_names_the_agent_tells_it_from_a_stranger() {
    let Some(machine) = Machine::start(AGENT, "") else { return };
    let agent = machine.agent(AGENT, None);
    let relay = machine.relay(&agent);
    let Some(namespace) = machine.user_namespace(Some(CALLER), "0 0 65536\n") else { return };
    for variables in [&[][..], &[(REQUIRE, "1")], &[(ALLOW, "1")]] {
        assert_eq!(machine.calls(CALLER, Some(&namespace), &agent, variables), [TOKEN_WITHOUT_WARNING; 2], "{variables:?}");
    }
    let asked = agent.requests().len();
    for call in machine.calls(CALLER, Some(&namespace), &relay, &[]) {
        assert!(call.starts_with("ForeignAnswer") && call.contains(&format!("user id {STRANGER}")), "{call}");
    }
    assert_eq!(agent.requests().len(), asked);
}

#[test]
fn agent_and_caller_in_one_container_know_each_other() {
    let Some(machine) = Machine::start(100_000 + AGENT, "") else { return };
    let Some(namespace) = machine.user_namespace(None, "0 100000 65536\n") else { return };
    let agent = machine.agent(AGENT, Some(&namespace));
    for user in [CALLER, 0] {
        assert_eq!(machine.calls(user, Some(&namespace), &agent, &[]), [TOKEN_WITHOUT_WARNING; 2]);
    }
    let relay = machine.relay(&agent);
    for call in machine.calls(CALLER, Some(&namespace), &relay, &[]) {
        assert!(call.starts_with("ForeignAnswer") && call.contains("without a number"), "{call}");
    }
    assert_eq!(relay.count("connections"), 0);
}

/// On the machine itself, 65534 is a user like others.
#[test]
fn the_user_65534_is_the_agent_where_each_user_has_a_number() {
    let Some(machine) = Machine::start(65534, "") else { return };
    let agent = machine.agent(65534, None);
    assert_eq!(machine.calls(0, None, &agent, &[]), [TOKEN_WITHOUT_WARNING; 2]);
    let relay = machine.relay(&agent);
    for call in machine.calls(0, None, &relay, &[]) {
        assert!(call.starts_with("ForeignAnswer") && call.contains(&STRANGER.to_string()), "{call}");
    }
}

/// Each user has a number here, but the mount of the key directory has none for its owner. The user 65534, who does not own it, is
/// then not the agent.
#[test]
fn an_owner_that_an_id_mapped_mount_hides_is_nobody() {
    let Some(machine) = Machine::start(AGENT, "") else { return };
    let Some(few) = machine.user_namespace(Some(CALLER), WITHOUT_THE_AGENT[0]) else { return };
    let agent = machine.agent(AGENT, None);
    let relay = machine.relay_of(65534, &agent);
    if !machine.map_key_directory(&few) {
        return;
    }
    for call in machine.calls(0, None, &relay, &[]) {
        assert!(call.starts_with("ForeignAnswer") && call.contains("user id 65534"), "{call}");
    }
    assert_eq!((relay.count("connections"), agent.requests().len()), (0, 0));
}
