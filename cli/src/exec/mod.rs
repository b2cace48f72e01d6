//! `exec`: runs a program with a token endpoint of its own.
//!
//! The way of a request: a connection to `server.rs` (limits), judged by `caller.rs` (whose it is, with `process_tree.rs`), its head read
//! by `request.rs` (family, secret), answered by `endpoint.rs` in the form of `family.rs`. The program: `variables.rs`, `child.rs`,
//! `signals.rs`; without one, `for_caller.rs`. `az/` is what stands in for the Azure CLI.

pub(crate) mod args;
pub(crate) mod az;
mod caller;
#[cfg(unix)]
mod child;
#[cfg(windows)]
#[path = "child_windows.rs"]
mod child;
mod endpoint;
mod family;
mod for_caller;
#[cfg(target_os = "linux")]
mod process_tree;
mod request;
mod secret;
mod server;
#[cfg(unix)]
mod signals;
mod variables;

use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::Duration;

use arc_token::TokenRequest;
use tokio::net::TcpListener;
use tokio::runtime;

use args::ExecArgs;
use az::folder::AzFolder;
use caller::CallerRule;
use child::{Child, Signals};
use endpoint::{Endpoint, Said};
use secret::EndpointSecret;
use variables::Changes;

use crate::failure::{Failure, say};
use crate::output;

/// The exit codes that `env` and `nice` have for the same.
const NOT_READY: u8 = 125;
const CANNOT_START: u8 = 126;
const NOT_FOUND: u8 = 127;

pub(crate) fn run(args: &ExecArgs) -> Result<ExitCode, Failure> {
    let inherited: Vec<_> = std::env::vars_os().collect();
    if args.print_env {
        return print_names(args, &inherited);
    }
    for warning in variables::warnings(&inherited, args.az) {
        say(format_args!("arc-token: warning: {warning}"));
    }
    let code = start(args, &inherited).unwrap_or_else(|error| {
        say(format_args!("arc-token: exec: the endpoint cannot be made: {error}."));
        NOT_READY
    });
    arc_token::clear_cache();
    Ok(ExitCode::from(code))
}

/// The names alone: the values hold the secret.
fn print_names(args: &ExecArgs, inherited: &[(OsString, OsString)]) -> Result<ExitCode, Failure> {
    let changes = variables::changes(inherited, &args.env_only, 0, "");
    let of_az = if args.az { &["PATH", az::ADDRESS][..] } else { &[] };
    let set = changes.set.iter().map(|(name, _)| *name).chain(of_az.iter().copied());
    let mut text: String = set.map(|name| format!("set      {name}\n")).collect();
    text.extend(changes.removed.iter().map(|name| format!("removed  {}\n", name.to_string_lossy())));
    output::print(text.as_bytes())
}

/// Starts endpoint and program. Returns the exit code when the program has ended.
fn start(args: &ExecArgs, inherited: &[(OsString, OsString)]) -> io::Result<u8> {
    let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().max_blocking_threads(server::MAX_THREADS).build()?;
    let code = runtime.block_on(async {
        let signals = Signals::new()?;
        let rule = Arc::new(match args.for_caller {
            None => {
                child::adopt_orphans();
                CallerRule::new(std::process::id(), args.any_process)
            }
            Some(caller) => {
                for_caller::check(caller)?;
                CallerRule::new(caller, args.any_process)
            }
        });
        let listener = server::listen()?;
        let port = listener.local_addr()?.port();
        let secret = EndpointSecret::new().map_err(io::Error::other)?;
        let az = args.az.then(AzFolder::new).transpose()?;
        let mut changes = variables::changes(inherited, &args.env_only, port, secret.text());
        if let Some(az) = &az {
            changes.set.extend(az.variables(port, secret.text())?);
        }
        let template = args.agent.request(TokenRequest::default());
        let (allowed, verbose) = (args.allow_resource.clone(), args.agent.verbose);
        let endpoint = Arc::new(Endpoint { port, secret, template, allowed, verbose, said: Said::default() });
        tokio::spawn(server::serve(TcpListener::from_std(listener)?, endpoint, rule, server::LIMITS));
        match &args.program[..] {
            [] => {
                for_caller::tell(&changes)?;
                drop(changes); // They hold the secret.
                for_caller::wait(signals).await
            }
            [program, arguments @ ..] => run_program(Command::new(program).args(arguments), changes, signals).await,
        }
    });
    // Requests under way are given up. Their threads end by themselves.
    runtime.shutdown_timeout(Duration::from_millis(200));
    code
}

/// Runs the program. Its variables hold the secret, and are dropped as soon as it has them.
async fn run_program(command: &mut Command, changes: Changes, signals: Signals) -> io::Result<u8> {
    changes.apply_to(command);
    drop(changes);
    let started = Child::start(command, signals);
    command.env_clear();
    match started {
        Ok(child) => child.wait().await,
        Err(error) => {
            say(format_args!("arc-token: '{}' cannot be started: {error}.", command.get_program().to_string_lossy().escape_debug()));
            Ok(if error.kind() == io::ErrorKind::NotFound { NOT_FOUND } else { CANNOT_START })
        }
    }
}
