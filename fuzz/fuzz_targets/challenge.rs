//! `WWW-Authenticate` headers, one on each line.

#![cfg_attr(not(test), no_main)]

use arc_token::fuzzing::key_path;

#[cfg(not(test))]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let headers: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let absolute = |path: &str| path.starts_with('/');
    let found = key_path(&headers, absolute);
    if let Ok(path) = &found {
        assert!(absolute(path) && !path.contains('='), "{path:?}");
        let names = |header: &String| {
            let basic = |before: &str| before.find("basic").is_some_and(|at| before[at..].contains("realm"));
            header.match_indices(path.as_str()).any(|(at, _)| basic(&header[..at].to_ascii_lowercase()))
        };
        assert!(headers.iter().any(names), "{path:?} is no realm of a Basic challenge");
    }
    // Challenges of other schemes must not matter.
    let more = headers.iter().cloned().chain(["Negotiate".to_owned(), "Bearer realm=/other".to_owned()]).collect::<Vec<_>>();
    assert_eq!(key_path(&more, absolute).ok(), found.ok());
}
