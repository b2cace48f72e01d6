//! Callers and agents that are right, though not the usual ones: each gets its token, without a warning. More of them are in
//! `hidden_sockets.rs` (sandboxes), `user_namespaces.rs` (containers with users of their own) and `agent_comes_and_goes.rs`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "support/machine.rs"]
mod machine;
#[path = "support/own_agent.rs"]
mod own_agent;
#[path = "support/mod.rs"]
mod support;

use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use machine::{AGENT, CALLER, EMULATOR, Machine, STRANGER};
use own_agent::OwnAgent;
use socket2::{Domain, Socket, Type};

const TOKEN_WITHOUT_WARNING: &str = "token, ";
/// A container's own list of users, which does not have the agent's account.
const PASSWD: &str = "echo root:x:0:0::/root:/bin/sh >passwd; mount --bind passwd /etc/passwd;";
/// Lets the agent's group into a folder of root's, and gives it the key files.
const GROUP: &str = "chgrp 61998 azcmagent/tokens; chmod 2750 azcmagent/tokens;";

#[test]
#[ignore = "run by other tests in a process of its own"]
fn client() {
    machine::client();
}

/// The folder, which is mounted into the container, says who the agent is. Its callers are root and members of the agent's group.
#[test]
fn a_rootful_container_knows_the_agent_by_its_folder() {
    let Some(machine) = Machine::start(AGENT, PASSWD) else { return };
    let agent = machine.agent(AGENT, None);
    for user in [0, CALLER] {
        assert_eq!(machine.calls(user, None, &agent, &[]), [TOKEN_WITHOUT_WARNING; 2], "{user}");
    }
    for call in machine.calls(CALLER, None, &machine.relay(&agent), &[]) {
        assert!(call.starts_with("ForeignAnswer") && call.contains(&STRANGER.to_string()), "{call}");
    }
}

/// The folder is root's, and so are its keys: only the container's list of users says whose the port is. A relay is the part of the
/// agent that listens.
#[test]
fn a_rootful_container_knows_the_agent_by_its_name() {
    for (line, known) in [("echo himds:x:61998:61998::/:/bin/false >>passwd;", true), ("", false)] {
        let Some(machine) = Machine::start(0, &format!("{GROUP} {PASSWD} {line}")) else { return };
        let keys = machine.agent(0, None);
        let agent = machine.relay_of(AGENT, &keys);
        for call in [0, CALLER].iter().flat_map(|user| machine.calls(*user, None, &agent, &[])) {
            let unknown = call.starts_with("ForeignAnswer") && call.contains(&AGENT.to_string());
            assert!(if known { call == TOKEN_WITHOUT_WARNING } else { unknown }, "{line}: {call}");
        }
    }
}

/// The keys are those of the agent's user, in a folder of root's: by the account's name, or by the user of the agent's service.
#[test]
fn keys_of_the_agents_user_in_a_folder_of_roots_are_good() {
    let by_name = "echo himds:x:61998:61998::/:/bin/false >>passwd;";
    let by_service = "mount -t tmpfs none /run; mkdir -p /run/systemd/system/himdsd.service.d;
        printf '[Service]\\nUser=root\\n' >/run/systemd/system/himdsd.service;
        printf '[Service]\\nUser=61998\\n' >/run/systemd/system/himdsd.service.d/10-user.conf;";
    for (line, known) in [(by_name, true), (by_service, true), ("", false)] {
        let folder = format!("{GROUP} chmod 2770 azcmagent/tokens; {PASSWD} {line}");
        let Some(machine) = Machine::start(0, &folder) else { return };
        let agent = machine.agent(AGENT, None);
        for call in [0, CALLER].iter().flat_map(|user| machine.calls(*user, None, &agent, &[])) {
            assert!(if known { call == TOKEN_WITHOUT_WARNING } else { call.starts_with("ForeignAnswer") }, "{line}: {call}");
        }
    }
}

/// A container with the host's network, without the agent's folder, or with an empty one, or with one of root's: nothing says who
/// the agent is, and the error says just that.
#[test]
fn a_container_that_cannot_know_the_agent_is_told_what_to_mount() {
    for (script, says) in [
        ("rmdir azcmagent/tokens;", "there is no key directory '/var/opt/azcmagent/tokens'"),
        ("", "the key directory '/var/opt/azcmagent/tokens' is root's"),
    ] {
        // On a machine with an agent, its program would say more.
        let script = format!("mount -t tmpfs none /opt; mkdir keys; chown 61998 keys; {PASSWD} {script}");
        let Some(machine) = Machine::start(0, &script) else { return };
        let agent = machine.agent_with_keys("/var/opt/keys", AGENT);
        for user in [0, CALLER] {
            for call in machine.calls(user, None, &agent, &[]) {
                assert!(call.starts_with("ForeignAnswer"), "{call}");
                for part in [says, &AGENT.to_string(), "no user 'himds'", "--volume=/var/opt/azcmagent/tokens", "getent passwd himds"] {
                    assert!(call.contains(part), "{part} is not in {call}");
                }
                assert!(!call.contains("which is not the agent's"), "{call}");
            }
        }
    }
}

#[test]
fn an_agent_that_runs_as_root_is_the_agent() {
    let Some(machine) = Machine::start(0, GROUP) else { return };
    let agent = machine.agent(0, None);
    for user in [0, CALLER] {
        assert_eq!(machine.calls(user, None, &agent, &[]), [TOKEN_WITHOUT_WARNING; 2], "{user}");
    }
}

/// Where the agent has a user of its own, root's listener must be the installed program. Root can see what it is, and others cannot.
#[test]
fn of_roots_programs_only_the_installed_one_is_the_agent_without_a_warning() {
    let himds = "/opt/azcmagent/bin/himds";
    let install = format!(
        "chmod 2750 azcmagent/tokens; mount -t tmpfs none /opt; mkdir -p /opt/azcmagent/bin; : >{himds}; mount --bind {EMULATOR} {himds};"
    );
    let Some(machine) = Machine::start(AGENT, &install) else { return };
    let agent = machine.agent_from(himds, 0, None);
    for user in [0, CALLER] {
        assert_eq!(machine.calls(user, None, &agent, &[]), [TOKEN_WITHOUT_WARNING; 2], "{user}");
    }
    let other = machine.agent(0, None);
    let [first, second] = machine.calls(0, None, &other, &[]);
    assert!(first.contains("root's program") && first.contains(EMULATOR), "{first}");
    assert_eq!(second, TOKEN_WITHOUT_WARNING, "once for each listener");
    assert_eq!(machine.calls(CALLER, None, &other, &[]), [TOKEN_WITHOUT_WARNING; 2]);
}

#[test]
fn an_agent_that_listens_on_ipv6_too_is_the_agent() {
    let listener = |address: &str, only_ipv6: bool| {
        let socket = Socket::new(Domain::IPV6, Type::STREAM, None).ok()?;
        socket.set_only_v6(only_ipv6).ok()?;
        socket.bind(&address.parse::<std::net::SocketAddr>().unwrap().into()).ok()?;
        socket.listen(5).ok()?;
        Some(TcpListener::from(socket))
    };
    let Some(both) = listener("[::]:0", false) else { return eprintln!("SKIP: there is no IPv6 here") };
    let ipv4 = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = ipv4.local_addr().unwrap().port();
    let Some(ipv6) = listener(&format!("[::1]:{port}"), true) else { return eprintln!("SKIP: there is no ::1 here") };
    let at_both = both.local_addr().unwrap().port();
    for (listener, address) in [
        (&both, format!("127.0.0.1:{at_both}")),
        (&both, format!("[::1]:{at_both}")),
        (&ipv4, format!("127.0.0.1:{port}")),
        (&ipv6, format!("[::1]:{port}")),
    ] {
        let agent = OwnAgent::at(address.parse().unwrap());
        thread::scope(|scope| {
            scope.spawn(|| agent.serve(listener));
            let token = agent.request(Duration::from_secs(30)).send().unwrap();
            assert_eq!(token.log().warnings(), "", "{address}");
        });
    }
}
