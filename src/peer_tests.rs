//! Who-answers rules, on tables as Linux prints them and on real sockets.

use std::net::{TcpListener, TcpStream};

use proptest::prelude::*;

use super::*;

const AGENT: &str = "127.0.0.1:40342";

fn address() -> SocketAddr {
    AGENT.parse().unwrap()
}

fn listening(local: &str, uid: u32) -> Socket {
    Socket { local: local.parse().unwrap(), remote: "0.0.0.0:0".parse().unwrap(), listening: true, uid, inode: 1 }
}

fn connected(local: &str, remote: &str, uid: u32, inode: u64) -> Socket {
    Socket { local: local.parse().unwrap(), remote: remote.parse().unwrap(), listening: false, uid, inode }
}

fn find(sockets: &[Socket]) -> Option<u32> {
    stranger(sockets, address(), &[0, 998], Some("127.0.0.1:50000".parse().unwrap()))
}

#[test]
fn lines_of_the_table_are_read() {
    let line = "   1: 0100007F:9D96 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 27334 1 0000 100 0 0 10 0";
    let expected = Socket { local: address(), remote: "0.0.0.0:0".parse().unwrap(), listening: true, uid: 1001, inode: 27334 };
    if cfg!(target_endian = "little") {
        assert_eq!(parse_socket(line), Some(expected));
        let mapped = "   2: 0000000000000000FFFF00000100007F:9D96 0000000000000000FFFF00000100007F:C001 01 0:0 0:0 0 5 0 9 1";
        assert_eq!(parse_socket(mapped), Some(connected(AGENT, "127.0.0.1:49153", 5, 9)));
    }
    assert_eq!(parse_socket("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"), None);
}

#[test]
fn a_listening_stranger_is_found() {
    assert_eq!(find(&[listening(AGENT, 998)]), None);
    assert_eq!(find(&[listening(AGENT, 1001)]), Some(1001));
    assert_eq!(find(&[listening("0.0.0.0:40342", 1001)]), Some(1001));
    assert_eq!(find(&[listening("[::]:40342", 1001)]), Some(1001));
    // Several processes may share a port.
    assert_eq!(find(&[listening(AGENT, 0), listening(AGENT, 1001)]), Some(1001));
    // Nobody listens: connecting will tell.
    assert_eq!(find(&[]), None);
}

#[test]
fn sockets_that_cannot_take_the_connection_do_not_matter() {
    assert_eq!(find(&[listening("127.0.0.1:40343", 1001)]), None);
    assert_eq!(find(&[listening("127.0.0.2:40342", 1001), listening("[::1]:40342", 1001)]), None);
    // Else any user could lock everybody out by listening on IPv6 alone.
    assert_eq!(find(&[listening(AGENT, 998), listening("[::]:40342", 1001)]), None);
}

#[test]
fn a_stranger_who_took_the_connection_and_left_the_port_is_found() {
    let agent = listening(AGENT, 998);
    assert_eq!(find(&[agent, connected(AGENT, "127.0.0.1:50000", 1001, 55)]), Some(1001));
    assert_eq!(find(&[agent, connected(AGENT, "127.0.0.1:50000", 998, 55)]), None);
    // Somebody else's connection.
    assert_eq!(find(&[agent, connected(AGENT, "127.0.0.1:50001", 1001, 55)]), None);
    // Not accepted yet: shown as root's, without an inode.
    assert_eq!(find(&[agent, connected(AGENT, "127.0.0.1:50000", 0, 0)]), None);
}

#[test]
fn a_new_connection_is_held_by_who_accepted_it_or_still_can() {
    let near_end = "127.0.0.1:50000".parse().unwrap();
    let held = |sockets: &[Socket]| is_held(sockets, address(), near_end);
    let (agent, waiting) = (listening(AGENT, 998), connected(AGENT, "127.0.0.1:50000", 0, 0));
    assert!(held(&[connected(AGENT, "127.0.0.1:50000", 998, 55)]), "accepted");
    assert!(held(&[agent, waiting]) && held(&[listening("[::]:40342", 998), waiting]), "may be accepted");
    assert!(!held(&[waiting]), "ended");
    assert!(!held(&[agent]), "would be whose, who listens by then");
    assert!(!held(&[agent, connected(AGENT, "127.0.0.1:50001", 998, 55)]), "somebody else's");
    assert!(!held(&[]));
}

#[test]
#[cfg(target_os = "linux")]
fn new_connections_are_the_agents_or_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (mine, others) = (Peer::for_tests(address, vec![sys::effective_uid()]), Peer::for_tests(address, Vec::new()));
    let near = TcpStream::connect(address).unwrap();
    let near_end = near.local_addr().unwrap();
    assert!(mine.check_new(near_end).is_ok());
    assert!(matches!(others.check_new(near_end), Err(Unlike::Stranger(_))), "not accepted yet");
    let far = listener.accept().unwrap();
    drop(listener);
    assert!(mine.check_new(near_end).is_ok());
    assert!(matches!(others.check_new(near_end), Err(Unlike::Stranger(_))), "left the port");
    drop(far);
    assert!(matches!(mine.check_new(near_end), Err(Unlike::Nobody)));
}

#[test]
fn the_table_is_read_where_the_kernel_does_not_say() {
    let (agent, stranger) = (listening(AGENT, 998), listening(AGENT, 1001));
    let told = |asked: Result<&[Socket], ()>, table: &[Socket]| told(asked.map(<[_]>::to_vec), || Ok(table.to_vec())).unwrap();
    assert_eq!(told(Ok(&[agent]), &[stranger]), Some(vec![agent]));
    assert_eq!(told(Err(()), &[stranger]), Some(vec![stranger]));
}

#[test]
#[cfg(target_os = "linux")]
fn the_check_is_skipped_only_where_the_system_does_not_tell() {
    let told = |code| told(Err(()), || Err(io::Error::from_raw_os_error(code)));
    for code in [libc::ENOENT, libc::EACCES, libc::EPERM] {
        assert_eq!(told(code).unwrap(), None);
    }
    for code in [libc::EMFILE, libc::ENFILE, libc::ENOMEM, libc::EIO] {
        assert!(told(code).is_err(), "{code}");
    }
}

#[test]
fn real_sockets_are_seen() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let me = sys::effective_uid();
    let find = |trusted: &[u32], near_end| {
        let found = stranger(&sockets_at(address, near_end).unwrap().unwrap(), address, trusted, near_end);
        assert_eq!(found, stranger(&read_sockets().unwrap(), address, trusted, near_end), "/proc/net/tcp tells it otherwise");
        found
    };
    assert_eq!(find(&[me], None), None);
    assert_eq!(find(&[], None), Some(me));

    // Both ends are ours here; what is tested is that the far end of a connection is found once the port is free.
    let near = TcpStream::connect(address).unwrap();
    let near_end = Some(near.local_addr().unwrap());
    let far = listener.accept().unwrap();
    drop(listener);
    assert_eq!(find(&[], near_end), Some(me));
    assert_eq!(find(&[me], near_end), None);
    assert_eq!(find(&[], None), None);
    drop((near, far));
    assert_eq!(find(&[], near_end), None);
}

#[test]
fn an_accounts_id_is_read_from_passwd() {
    let passwd = "root:x:0:0::/root:/bin/sh\nhimdsx:x:7:7::/:\nhimds:x:998:997::/home/himds:/bin/false\n";
    assert_eq!(uid_in_passwd(passwd, "himds"), Some(998));
    assert_eq!(uid_in_passwd("himds:x\n", "himds"), None);
    assert_eq!(uid_in_passwd("", "himds"), None);
}

proptest! {
    #[test]
    fn no_line_is_too_strange(line in "\\PC*") {
        let _ = parse_socket(&line);
        let _ = uid_in_passwd(&line, "himds");
    }

    #[test]
    fn no_address_is_too_strange(host in "[0-9A-F]{0,40}", port in "[0-9A-F]{0,6}") {
        let _ = parse_address(&format!("{host}:{port}"));
    }
}
