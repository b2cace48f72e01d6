//! `WWW-Authenticate` headers, one a line.

use crate::challenge::key_path;

pub(super) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let headers: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let absolute = |path: &str| path.starts_with('/');
    let found = key_path(&headers, absolute);
    if let Ok(path) = &found {
        assert!(absolute(path) && !path.contains('='), "{path:?}");
        let names = |header: &String| {
            let before = header.split_once(path.as_str()).map(|(before, _)| before.to_ascii_lowercase());
            before.is_some_and(|before| before.find("basic").is_some_and(|at| before[at..].contains("realm")))
        };
        assert!(headers.iter().any(names), "{path:?} is no realm of a Basic challenge");
    }
    // What else is offered must not matter.
    let more = headers.iter().cloned().chain(["Negotiate".to_owned(), "Bearer realm=/other".to_owned()]).collect::<Vec<_>>();
    assert_eq!(key_path(&more, absolute).ok(), found.ok());
}
