//! Reads `/proc/net/tcp` and `tcp6` (proc_net(5)): all TCP sockets of this network namespace.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::socket::{Socket, State};

/// Every socket in the two tables.
pub(crate) fn sockets_in_proc() -> io::Result<Vec<Socket>> {
    if !cfg!(target_os = "linux") {
        // On other systems, anybody may have made a folder of this name.
        return Err(io::ErrorKind::Unsupported.into());
    }
    // `subset=pid` hides the first folder (a unit's `ProcSubset=pid`), not the second.
    let (ipv4, folder) = match fs::read_to_string("/proc/net/tcp") {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            (fs::read_to_string("/proc/thread-self/net/tcp")?, "/proc/thread-self/net")
        }
        read => (read?, "/proc/net"),
    };
    // Systems without IPv6 do not have this file.
    let ipv6 = match fs::read_to_string(format!("{folder}/tcp6")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => read?,
    };
    Ok(ipv4.lines().chain(ipv6.lines()).filter_map(parse_socket).collect())
}

/// The socket in one line of a table. `None` for the table's head, and for every other text.
pub(crate) fn parse_socket(line: &str) -> Option<Socket> {
    let mut fields = line.split_ascii_whitespace().skip(1);
    let (local, remote, state) = (parse_address(fields.next()?)?, parse_address(fields.next()?)?, fields.next()?);
    let state = State::from_number(u8::from_str_radix(state, 16).ok()?);
    let mut fields = fields.skip(3);
    let (uid, _, inode) = (fields.next()?.parse().ok()?, fields.next()?, fields.next()?.parse().ok()?);
    Some(Socket { local, remote, state, holder: uid, inode })
}

/// An address, like `0100007F:9D96`. The host is written in words of four bytes, each in this machine's byte order.
fn parse_address(text: &str) -> Option<SocketAddr> {
    let (host, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |index: usize| Some(u32::from_str_radix(host.get(8 * index..8 * index + 8)?, 16).ok()?.to_ne_bytes());
    let ip = match host.len() {
        8 => IpAddr::V4(Ipv4Addr::from(word(0)?)),
        32 => {
            let mut bytes = [0; 16];
            for index in 0..4 {
                bytes[4 * index..4 * index + 4].copy_from_slice(&word(index)?);
            }
            // IPv6 sockets that serve IPv4 show mapped addresses.
            Ipv6Addr::from(bytes).to_canonical()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_of_the_table_are_read() {
        let address = "127.0.0.1:40342".parse().unwrap();
        let nobody = "0.0.0.0:0".parse().unwrap();
        let line = "   1: 0100007F:9D96 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 27334 1 0000 100 0 0 10 0";
        if cfg!(target_endian = "little") {
            let expected = Socket { local: address, remote: nobody, state: State::Listening, holder: 1001, inode: 27334 };
            assert_eq!(parse_socket(line), Some(expected));
            let mapped = "   2: 0000000000000000FFFF00000100007F:9D96 0000000000000000FFFF00000100007F:C001 01 0:0 0:0 0 5 0 9 1";
            let expected = Socket { local: address, remote: "127.0.0.1:49153".parse().unwrap(), state: State::Open, holder: 5, inode: 9 };
            assert_eq!(parse_socket(mapped), Some(expected));
        }
        assert_eq!(parse_socket("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"), None);
    }

    proptest! {
        #[test]
        fn no_line_is_too_strange(line in "\\PC*") {
            let _ = parse_socket(&line);
        }

        #[test]
        fn no_address_is_too_strange(host in "[0-9A-F]{0,40}", port in "[0-9A-F]{0,6}") {
            let _ = parse_address(&format!("{host}:{port}"));
        }
    }
}
