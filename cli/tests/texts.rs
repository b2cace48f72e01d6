//! Help, completions and manual pages, and that what is freed is wiped.

mod run;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::io::Write as _;
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
        // A program that is interrupted ends by the signal.
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
        // The others complete no values.
        let values = if matches!(shell, "bash" | "zsh" | "fish") { &["KeyVault", "AzureChinaCloud", "header"][..] } else { &[] };
        for word in options.iter().chain(values) {
            assert!(script.contains(word), "{shell} {word}");
        }
    }
}

#[test]
#[cfg(unix)]
fn bash_completes_with_it() {
    let script = format!(
        "{}\nCOMP_WORDS=(arc-token --resource-type Key) COMP_CWORD=2\n_arc__token arc-token Key --resource-type\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"",
        text(&["completions", "bash"])
    );
    let bash = Command::new("bash").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut bash) = bash else { return eprintln!("SKIP: no bash here") };
    bash.stdin.take().expect("piped").write_all(script.as_bytes()).expect("it reads");
    let output = bash.wait_with_output().expect("it ends");
    assert_eq!((String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)), ("KeyVault\n".into(), "".into()));
}

#[test]
fn manual_pages_are_there_for_the_program_and_its_commands() {
    let page = text(&["man"]);
    for part in [".TH arc-token 1", ".SH SYNOPSIS", "\\-\\-resource\\-type", "Exit codes:", "arc\\-token\\-check(1)"] {
        assert!(page.contains(part), "{part}");
    }
    assert!(text(&["man", "check"]).contains(".TH arc-token-check 1"));
    let ran = Ran::of(arc_token().args(["man", "nothing"]));
    assert!(ran.code == 10 && ran.errors.contains("'nothing'"), "{ran:?}");
}

/// This test program's allocator is the one that the program has, since both have the same dependency.
#[test]
#[cfg(target_os = "linux")]
fn what_is_freed_is_wiped() {
    use std::os::unix::fs::FileExt as _;
    // Without a use of the library it would not be linked, and its allocator neither.
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
