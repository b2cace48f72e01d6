//! When the agent's key directory is opened, and when it need not be.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

#[path = "support/own_agent.rs"]
mod own_agent;
#[path = "support/mod.rs"]
mod support;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

use arc_token::{DEFAULT_RESOURCE, MachineRequest, Status, TokenRequest};
use own_agent::{OwnAgent, has_key, read_request};
use support::Emulator;

/// The open handles of this process that lead to `folder`.
fn handles(folder: &Path) -> usize {
    let entries = fs::read_dir("/proc/self/fd").unwrap().flatten();
    entries.filter(|entry| fs::read_link(entry.path()).is_ok_and(|target| target == folder)).count()
}

/// A folder that was opened for an earlier try may be another one by now, and a handle in the cache would keep a removed one alive.
#[test]
fn the_folder_is_opened_once_for_each_try_and_closed_with_it() {
    let (agent, listener) = OwnAgent::new();
    let folder = agent.folder();
    let seen = thread::scope(|scope| {
        let playing = scope.spawn(|| {
            let mut stream = own_agent::accept(&listener);
            read_request(&mut stream);
            let asked = handles(folder);
            stream.write_all(agent.challenge("").as_bytes()).unwrap();
            assert!(has_key(&read_request(&mut stream)));
            let with_key = handles(folder);
            let busy = "HTTP/1.1 503 X\r\nRetry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            stream.write_all(busy.as_bytes()).unwrap();
            thread::sleep(Duration::from_millis(700));
            let waiting = handles(folder);
            agent.serve(&listener);
            [asked, with_key, waiting]
        });
        let token = agent.request(Duration::from_secs(30)).send().unwrap();
        assert_eq!(handles(folder), 0, "the cache, or the token {:?}", token.expires_on());
        playing.join().unwrap()
    });
    assert_eq!(seen, [1, 1, 0]);
}

#[test]
fn a_folder_that_cannot_be_opened_is_an_error_only_when_a_key_is_read() {
    let temporary = tempfile::tempdir().unwrap();
    let (missing, file) = (temporary.path().join("missing"), temporary.path().join("file"));
    fs::write(&file, "").unwrap();
    let closed = temporary.path().join("closed");
    fs::DirBuilder::new().mode(0o0).create(&closed).unwrap();
    let emulator = Emulator::start(&[]);
    // A directory that was given is said to be missing. Of one that is there, the agent names none of the files.
    let (given, path) = ((Status::InvalidArgument, None), (Status::KeyFileRefused, Some("path")));
    for (folder, wanted) in [(missing, given), (file, given), (closed, path)] {
        let request = |resource: &str| TokenRequest::new(resource).endpoint(&emulator.endpoint).key_directory(&folder);
        MachineRequest::new().endpoint(&emulator.endpoint).key_directory(&folder).send().unwrap();
        let error = request(DEFAULT_RESOURCE).send().unwrap_err();
        assert_eq!((error.status(), error.reason()), wanted, "{error}");
        emulator.set_fault("no-challenge");
        request("https://vault.azure.net").send().unwrap();
        emulator.set_fault("");
    }
}
