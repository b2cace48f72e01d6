//! An emulator of the local agent of an Azure Arc-enabled server (`himds`): `emulator --help` says how to use it.
//!
//! It listens on 127.0.0.1 only, answers as the agent does, and can be told to answer wrongly in many ways (`faults/`).
//! It shares no code with the library that it is there to test.
#![forbid(unsafe_code)]

mod agent;
mod args;
mod control;
mod faults;
mod gate;
mod http;
mod identity;
mod instance;
mod json;
mod keys;
mod record;
mod relay;
mod server;
mod token;
mod wire;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{env, fs, io, thread};

use agent::{Agent, TOKEN_PATH};
use args::{Args, Wish};
use faults::Place;
use signal_hook::consts::{SIGINT, SIGTERM};

fn main() -> ExitCode {
    let result = match args::parse(env::args().skip(1)) {
        Ok(Wish::Run(args)) => run(args).map_err(|error| error.to_string()),
        Ok(Wish::ListFaults) => {
            print!("{}", faults::list());
            Ok(())
        }
        Ok(Wish::Help) => {
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

    let directory = KeyDirectory::new(args.key_directory)?;
    let aside = tempfile::Builder::new().prefix("arc-emulator-aside-").tempdir()?;
    let listener = gate::bind(args.port)?;
    let control = gate::bind(args.control_port)?;
    let control_port = control.local_addr()?.port();
    let address = listener.local_addr()?;
    let mut place = Place::new(address.port(), aside.path(), directory.path());
    faults::arrange(&args.faults, &mut place)?;
    let agent = Arc::new(Agent {
        keys: keys::Keys::new(place.named.clone(), aside.path().to_owned(), args.key_lifetime),
        tokens: token::Tokens::default(),
        record: record::Record::default(),
        faults: faults::Faults::default(),
        gate: Arc::new(gate::Gate::new(address)),
        user_assigned: args.user_assigned,
        port: address.port(),
        relay: args.relay,
    });
    let serving = Arc::clone(&agent);
    let server = thread::spawn(move || server::run(listener, serving));
    let controlled = Arc::clone(&agent);
    thread::spawn(move || control::run(control, controlled));
    agent.set_faults(&args.faults).map_err(io::Error::other)?;

    announce(&agent, &place, control_port);
    while !over.load(Ordering::Relaxed) && !server.is_finished() {
        thread::sleep(Duration::from_millis(20));
        agent.keys.remove_old();
    }
    directory.open();
    agent.keys.remove_all();
    // Threads of faults that change files see within a moment that theirs have gone, and end.
    thread::sleep(Duration::from_millis(5));
    match server.is_finished().then(|| server.join()) {
        Some(Ok(result)) => result,
        Some(Err(_)) => Err(io::Error::other("the server died")),
        None => Ok(()),
    }
}

/// One line for programs, the rest for people.
fn announce(agent: &Agent, place: &Place, control_port: u16) {
    let control = format!("http://127.0.0.1:{control_port}");
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

/// The key directory: given (and kept), or temporary and removed at the end.
enum KeyDirectory {
    Given(PathBuf),
    Temporary(tempfile::TempDir),
}

impl KeyDirectory {
    fn new(given: Option<PathBuf>) -> io::Result<Self> {
        let Some(path) = given else {
            return Ok(Self::Temporary(tempfile::Builder::new().prefix("arc-emulator-keys-").tempdir()?));
        };
        fs::create_dir_all(&path)?;
        // Not resolved: it may be a link on purpose, and its name is what the challenge repeats.
        Ok(Self::Given(std::path::absolute(path)?))
    }

    /// Lets what is in it be removed, whatever a fault did to it.
    fn open(&self) {
        if let Self::Temporary(directory) = self {
            let _ = keys::set_mode(directory.path(), 0o700);
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Given(path) => path,
            Self::Temporary(directory) => directory.path(),
        }
    }
}
