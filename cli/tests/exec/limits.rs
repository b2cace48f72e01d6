//! What a client may cost the endpoint. Times and numbers of connections: `cli/src/exec/server_tests.rs`.

use crate::client::run;
use crate::support::Emulator;

#[test]
fn a_head_that_is_too_long_or_has_too_many_headers_is_refused() {
    let emulator = Emulator::start(&[]);
    // The endpoint may close the connection before all of a head is written.
    let script = r#"
        trap '' PIPE
        ask /msi/token "X: $(head -c 20000 /dev/zero | tr '\0' a)" 2>&1
        headers=(); for i in {1..100}; do headers+=("X-$i: a"); done; ask /msi/token "${headers[@]}" 2>&1
        ask "/msi/token?$(head -c 20000 /dev/zero | tr '\0' a)" 2>&1
        app r"#;
    let ran = run(&emulator, &[], script);
    let statuses: Vec<_> = ran.output.lines().filter(|line| line.starts_with("HTTP/1.1")).map(|line| &line[9..12]).collect();
    assert_eq!(statuses.last(), Some(&"200"), "{ran:?}");
    assert!(statuses.len() > 1 && statuses[..statuses.len() - 1].iter().all(|status| ["431", "414"].contains(status)), "{ran:?}");
}

#[test]
fn a_client_that_says_nothing_holds_nobody_up() {
    let emulator = Emulator::start(&[]);
    let script = r#"
        exec 4<>"/dev/tcp/127.0.0.1/$port"
        exec 5<>"/dev/tcp/127.0.0.1/$port"; printf 'GET /msi/token HTTP/1.1\r\nHo' >&5
        app r"#;
    let ran = run(&emulator, &[], script);
    assert!(ran.output.starts_with("HTTP/1.1 200 "), "{ran:?}");
}
