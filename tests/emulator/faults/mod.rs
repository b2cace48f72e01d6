//! The faults of the emulator, by name. Each file holds the faults of one kind, and each fault is one row.

mod challenge;
mod echo;
mod expiry;
mod key_content;
#[cfg(target_os = "linux")]
mod key_file;
mod key_path;
mod network;
mod selector;
mod status;
mod surroundings;
mod token_answer;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::{io, mem};

use serde_json::json;

use crate::agent::Agent;
use crate::http::{Request, Response};
use crate::identity::Selection;
use crate::keys::NewKey;
use crate::wire::Script;
pub(crate) use status::unknown_resource;
pub(crate) use surroundings::Place;

/// The answer that a fault changes.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum When {
    /// The answer to a request without a good key: normally the challenge.
    BeforeChallenge,
    /// The answer to a request with a good key: normally the token.
    AfterChallenge,
}

impl When {
    pub(crate) const BOTH: [Self; 2] = [Self::BeforeChallenge, Self::AfterChallenge];

    /// The suffix in the name of a fault that exists for both answers.
    fn suffix(self) -> &'static str {
        match self {
            Self::BeforeChallenge => "before-challenge",
            Self::AfterChallenge => "after-challenge",
        }
    }
}

/// The input of a fault.
pub(crate) struct Scene<'a> {
    pub(crate) agent: &'a Agent,
    pub(crate) request: &'a Request,
    pub(crate) selection: &'a Selection,
    /// The path that the challenge names. Empty after the challenge.
    pub(crate) realm: &'a str,
}

type MakeKey = Box<dyn Fn(&mut NewKey<'_>) -> io::Result<()> + Send + Sync>;
type Change = Box<dyn Fn(&mut Response, &Scene<'_>) + Send + Sync>;
type Arrange = Box<dyn Fn(&mut Place) -> io::Result<()> + Send + Sync>;
pub(crate) type Wire = dyn Fn(&Response) -> Script + Send + Sync;

enum Effect {
    /// Writes the key file in another way.
    Key(MakeKey),
    /// Changes one of the two answers, or both.
    Answer(Option<When>, Change),
    /// Changes the way in which the answer is sent.
    Wire(When, Arc<Wire>),
    /// Refuses connections.
    Refuse,
    /// Leaves all answers as they are.
    Nothing,
}

/// The requirement of a fault.
#[derive(Clone, Copy)]
pub(crate) enum Needs {
    Nothing,
    /// Linux, with FIFOs and other special files.
    Linux,
    /// The emulator must run as root.
    Root,
    /// The client must not run as root, because root can read everything.
    OrdinaryClient,
}

pub(crate) struct Fault {
    name: String,
    about: String,
    needs: Needs,
    /// The number of times that it happens. Afterwards the agent is an ordinary one.
    times: usize,
    effect: Effect,
    /// The preparations at the start.
    arrange: Option<Arrange>,
}

impl Fault {
    fn new(name: impl Into<String>, about: impl Into<String>, effect: Effect) -> Self {
        Self { name: name.into(), about: about.into(), needs: Needs::Nothing, times: usize::MAX, effect, arrange: None }
    }

    fn needs(mut self, needs: Needs) -> Self {
        self.needs = needs;
        self
    }

    fn arranged(mut self, arrange: impl Fn(&mut Place) -> io::Result<()> + Send + Sync + 'static) -> Self {
        self.arrange = Some(Box::new(arrange));
        self
    }

    fn once(mut self) -> Self {
        self.times = 1;
        self
    }
}

/// A fault in the key file or in the path that the challenge names.
fn key(name: &str, about: &str, make: impl Fn(&mut NewKey<'_>) -> io::Result<()> + Send + Sync + 'static) -> Fault {
    Fault::new(name, about, Effect::Key(Box::new(make)))
}

/// A fault in the answer.
fn answer(
    when: impl Into<Option<When>>,
    name: impl Into<String>,
    about: impl Into<String>,
    change: impl Fn(&mut Response, &Scene<'_>) + Send + Sync + 'static,
) -> Fault {
    Fault::new(name, about, Effect::Answer(when.into(), Box::new(change)))
}

/// A fault in the sending of an answer.
fn wire(
    when: When,
    name: impl Into<String>,
    about: impl Into<String>,
    send: impl Fn(&Response) -> Script + Send + Sync + 'static,
) -> Fault {
    Fault::new(name, about, Effect::Wire(when, Arc::new(send)))
}

fn table() -> Vec<Fault> {
    let mut table = Vec::new();
    table.extend(surroundings::faults());
    table.extend(network::faults());
    table.extend(status::faults());
    table.extend(challenge::faults());
    table.extend(key_path::faults());
    #[cfg(target_os = "linux")]
    table.extend(key_file::faults());
    table.extend(key_content::faults());
    table.extend(echo::faults());
    table.extend(token_answer::faults());
    table.extend(expiry::faults());
    table.extend(selector::faults());
    table
}

/// Prepares the surroundings for these faults.
pub(crate) fn arrange(names: &[String], place: &mut Place) -> io::Result<()> {
    let arranged = table().into_iter().filter(|fault| names.contains(&fault.name)).filter_map(|fault| fault.arrange);
    arranged.into_iter().try_for_each(|arrange| arrange(place))
}

/// Fails for a fault that must be on from the start.
pub(crate) fn can_begin_late(names: &[String]) -> Result<(), String> {
    match table().into_iter().find(|fault| names.contains(&fault.name) && fault.arrange.is_some()) {
        Some(fault) => Err(format!("{} has to be given at the start, with --fault", fault.name)),
        None => Ok(()),
    }
}

/// The table as JSON, with one fault on each line.
pub(crate) fn list() -> String {
    let line = |fault: &Fault| {
        let needs = match fault.needs {
            Needs::Nothing => "",
            Needs::Linux => "linux",
            Needs::Root => "root",
            Needs::OrdinaryClient => "ordinary-client",
        };
        let row = json!({ "name": fault.name, "about": fault.about, "needs": needs, "from_start": fault.arrange.is_some() });
        format!("{row}\n")
    };
    table().iter().map(line).collect()
}

struct Active {
    fault: Fault,
    happened: AtomicUsize,
}

impl Active {
    fn happens(&self) -> bool {
        self.happened.fetch_add(1, Ordering::Relaxed) < self.fault.times
    }
}

/// The faults that are on.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Arc<Vec<Active>>>);

impl Faults {
    pub(crate) fn set(&self, names: &[String]) -> Result<(), String> {
        let mut table = table();
        let mut active = Vec::new();
        for name in names {
            let index = table
                .iter()
                .position(|fault| fault.name == *name)
                .ok_or_else(|| format!("there is no fault {name}; --list-faults lists all"))?;
            active.push(Active { fault: table.swap_remove(index), happened: AtomicUsize::new(0) });
        }
        drop(mem::replace(&mut *self.0.lock().expect("no panic"), Arc::new(active)));
        Ok(())
    }

    /// Restarts the count of faults with a limited number of times.
    pub(crate) fn rewind(&self) {
        self.active().iter().for_each(|active| active.happened.store(0, Ordering::Relaxed));
    }

    pub(crate) fn refuse_connections(&self) -> bool {
        self.active().iter().any(|active| matches!(active.fault.effect, Effect::Refuse))
    }

    /// Writes the file of a key, in the way of the active fault or in the ordinary one.
    pub(crate) fn make_key(&self, key: &mut NewKey<'_>) -> io::Result<()> {
        for active in self.active().iter() {
            if let Effect::Key(make) = &active.fault.effect
                && active.happens()
            {
                return make(key);
            }
        }
        key.write(key.path())
    }

    /// Changes an answer. Returns a function to send it if that is not the ordinary way.
    pub(crate) fn apply(&self, now: When, response: &mut Response, scene: &Scene<'_>) -> Option<Arc<Wire>> {
        let mut wire = None;
        for active in self.active().iter() {
            match &active.fault.effect {
                Effect::Answer(when, change) if when.is_none_or(|when| when == now) && active.happens() => change(response, scene),
                Effect::Wire(when, send) if *when == now && wire.is_none() && active.happens() => wire = Some(Arc::clone(send)),
                _ => {}
            }
        }
        wire
    }

    fn active(&self) -> Arc<Vec<Active>> {
        Arc::clone(&self.0.lock().expect("no panic"))
    }
}
