//! An emulator of the local agent of an Azure Arc-enabled server (`himds`). See `emulator --help`.
//!
//! It listens on 127.0.0.1 only and answers like the agent. It can also answer wrongly in many ways (`faults/`).
//! It shares no code with the library that it tests.
#![forbid(unsafe_code)]

mod agent;
mod args;
mod cloud;
mod control;
mod faults;
mod gate;
mod http;
mod identity;
mod instance;
mod json;
mod key_directory;
mod keys;
mod record;
mod relay;
mod server;
mod token;
mod wire;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{env, io, thread};

use agent::{Agent, TOKEN_PATH};
use args::{Action, Args};
use faults::Place;
use key_directory::KeyDirectory;
use signal_hook::consts::{SIGINT, SIGTERM};

fn main() -> ExitCode {
    let result = match args::parse(env::args().skip(1)) {
        Ok(Action::Run(args)) => run(args).map_err(|error| error.to_string()),
        Ok(Action::ListFaults) => {
            print!("{}", faults::list());
            Ok(())
        }
        Ok(Action::Help) => {
            print!("{}", args::HELP);
            Ok(())
        }
        Err(problem) => Err(problem),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("emulator: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args) -> io::Result<()> {
    let over = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(SIGINT, Arc::clone(&over))?;
    signal_hook::flag::register(SIGTERM, Arc::clone(&over))?;
    if args.until_stdin_closes {
        let over = Arc::clone(&over);
        thread::spawn(move || {
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            over.store(true, Ordering::Relaxed);
        });
    }

    let aside = tempfile::Builder::new().prefix("arc-emulator-aside-").tempdir()?;
    let directory = KeyDirectory::new(&args, aside.path())?;
    let listener = gate::bind(args.port)?;
    let control = gate::bind(args.control_port)?;
    let word = control::word();
    let control_address = format!("http://{}/{word}", control.local_addr()?);
    let address = listener.local_addr()?;
    let mut place = Place::new(address.port(), aside.path(), directory.path());
    faults::arrange(&args.faults, &mut place)?;
    let agent = Arc::new(Agent {
        keys: keys::Keys::new(directory.folder(), place.named.clone(), aside.path().to_owned(), args.key_lifetime),
        tokens: token::Tokens::new(args.token_lifetime),
        record: record::Record::default(),
        faults: faults::Faults::default(),
        gate: Arc::new(gate::Gate::new(address)),
        answer_after: args.answer_after,
        user_assigned: args.user_assigned,
        port: address.port(),
        cloud: args.cloud,
        relay: args.relay,
    });
    let serving = Arc::clone(&agent);
    let server = thread::spawn(move || server::run(listener, serving));
    let controlled = Arc::clone(&agent);
    thread::spawn(move || control::run(control, controlled, word.into()));
    agent.set_faults(&args.faults).map_err(io::Error::other)?;

    announce(&agent, &place, &control_address);
    while !over.load(Ordering::Relaxed) && !server.is_finished() {
        thread::sleep(Duration::from_millis(20));
        agent.keys.remove_old();
    }
    directory.reopen();
    agent.keys.remove_all();
    // The threads of faults that change files end soon after their files are gone.
    thread::sleep(Duration::from_millis(5));
    match server.is_finished().then(|| server.join()) {
        Some(Ok(result)) => result,
        Some(Err(_)) => Err(io::Error::other("the server died")),
        None => Ok(()),
    }
}

/// Prints the emulator's description: the first line for programs, the rest for people.
fn announce(agent: &Agent, place: &Place, control: &str) {
    let environment: serde_json::Map<_, _> =
        place.environment.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
    let line = serde_json::json!({
        "endpoint": place.endpoint,
        "port": agent.port,
        "key_directory": place.told,
        "control": control,
        "environment": environment,
    });
    let (endpoint, directory) = (format!("http://127.0.0.1:{}{TOKEN_PATH}", agent.port), place.named.display());
    let identity = &agent.user_assigned[0];
    println!(
        "{line}
The agent emulator answers at {endpoint}
and puts its one-time key files into {directory}

  Get-ArcToken -Endpoint {endpoint} -KeyDirectory '{directory}'
  curl -i -H 'Metadata: true' '{endpoint}?api-version=2020-06-01&resource=https://vault.azure.net'

A user-assigned identity it knows: -ClientId {}
What it was asked: curl {control}/requests   A fault: curl -X POST '{control}/fault?name=NAME'   All faults: --list-faults
Ctrl-C ends it.",
        identity.client_id
    );
}
