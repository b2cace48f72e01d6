//! Help, completions and manual pages. Also: the program wipes the memory that it frees.

mod run;
#[path = "../../tests/support/mod.rs"]
mod support;

#[cfg(unix)]
use std::io::Write as _;
#[cfg(unix)]
use std::process::{Command, Stdio};

use run::{Ran, arc_token};

fn text(arguments: &[&str]) -> String {
    let ran = Ran::of(arc_token().args(arguments));
    assert_eq!((ran.code, ran.errors.as_str()), (0, ""), "{arguments:?}: {ran:?}");
    ran.output
}

#[test]
fn the_version_is_the_librarys() {
    assert_eq!(text(&["--version"]), format!("arc-token {}\n", arc_token::VERSION));
}

#[test]
fn help_names_every_error_with_its_exit_code() {
    let help = text(&["--help"]);
    for status in arc_token::Status::ALL {
        let code = status as i32 / 10 * 10;
        // The program never exits with `Cancelled`: an interrupt ends it by the signal.
        let left_out = code == 0 || status == arc_token::Status::Cancelled;
        let line = help.lines().find(|line| line.contains(status.name()) && line.starts_with(&format!("  {code}  ")));
        assert!(left_out || line.is_some(), "{}", status.name());
    }
}

#[test]
fn each_shell_gets_a_script_that_knows_the_options() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = text(&["completions", shell]);
        let options = ["resource-type", "key-directory", "force-refresh", "check"];
        // Only these shells complete values.
        let values = if matches!(shell, "bash" | "zsh" | "fish") { &["KeyVault", "AzureChinaCloud", "header"][..] } else { &[] };
        for word in options.iter().chain(values) {
            assert!(script.contains(word), "{shell} {word}");
        }
    }
}

#[test]
fn manual_pages_have_the_sections_of_such_pages_and_refer_to_what_there_is() {
    let page = text(&["man"]);
    for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "EXAMPLES", "ENVIRONMENT", "\"EXIT STATUS\"", "\"SEE ALSO\""]
    {
        assert!(page.contains(&format!(".SH {section}\n")), "{section}");
    }
    for part in [".TH arc-token 1", "\\-\\-resource\\-type", "\\fBIDENTITY_ENDPOINT and IMDS_ENDPOINT\\fR"] {
        assert!(page.contains(part), "{part}");
    }
    for command in ["check", "completions", "man"] {
        let page = text(&["man", command]);
        assert!(page.contains(&format!(".TH arc-token-{command} 1")) && !page.contains("EXIT STATUS"), "{command}");
        assert!(!page.contains("(1)"), "a page that is not installed: {command}");
    }
}

/// As a reader sees it: commands and addresses are whole, with the characters that shells and browsers want.
#[test]
#[cfg(target_os = "linux")]
fn what_a_manual_page_shows_can_be_copied() {
    let mut man = Command::new("man");
    man.args(["-l", "-"]).env("MANWIDTH", "60").env("LC_ALL", "C.UTF-8").env("MANPAGER", "cat");
    let Ok(mut man) = man.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn() else {
        return eprintln!("SKIP: no man here");
    };
    man.stdin.take().expect("piped").write_all(text(&["man"]).as_bytes()).expect("it reads");
    let shown = String::from_utf8(man.wait_with_output().expect("it ends").stdout).expect("UTF-8");
    if !shown.contains("SYNOPSIS") {
        return eprintln!("SKIP: man shows no page here");
    }
    let help = text(&["--help"]);
    let examples = help.split_once("Examples:\n").and_then(|(_, rest)| rest.split_once("\n\n")).expect("examples").0;
    assert!(examples.lines().count() > 3);
    for line in examples.lines() {
        assert!(shown.contains(line.trim()), "{line}: {shown}");
    }
}

#[test]
fn help_names_the_variables_that_count() {
    let help = text(&["--help"]);
    for variable in ["IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "ARC_TOKEN_REQUIRE_IDENTIFIED_AGENT", "NO_COLOR"] {
        assert!(help.contains(variable), "{variable}");
    }
}

/// This test program has the same allocator as the program, because both depend on the library.
#[test]
#[cfg(target_os = "linux")]
fn what_is_freed_is_wiped() {
    use std::os::unix::fs::FileExt as _;
    // This use of the library makes sure that it is linked, and with it its allocator.
    assert!(!arc_token::VERSION.is_empty());
    let memory = std::fs::File::open("/proc/self/mem").expect("this process's memory");
    let block = vec![0xA5u8; 5000];
    let (address, mut seen) = (block.as_ptr() as u64, vec![0u8; block.len()]);
    memory.read_exact_at(&mut seen, address).expect("the block");
    assert!(seen.iter().all(|byte| *byte == 0xA5), "this way of looking does not work");
    drop(block);
    memory.read_exact_at(&mut seen, address).expect("where it was");
    assert_eq!(seen.iter().filter(|byte| **byte == 0xA5).count(), 0);
}
