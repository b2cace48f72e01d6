//! A made-up machine for tests: a mount namespace with the agent's key directory at its usual place, users without accounts, and
//! user namespaces. Only root can make one.
#![allow(dead_code)] // Each test program uses a part of it.

#[path = "refused_calls.rs"]
mod refused_calls;

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use arc_token::{DEFAULT_RESOURCE, TokenRequest};

use crate::support::{Emulator, emulator_program, is_root};

/// User ids that no user has. The agent's group has the same number as its user.
pub(crate) const AGENT: u32 = 61998;
pub(crate) const CALLER: u32 = 61001;
pub(crate) const STRANGER: u32 = 61666;

/// The variables that a client of [`Machine::calls`] understands. Each is off unless it is set.
pub(crate) const ALLOW: &str = "CLIENT_ALLOWS_UNIDENTIFIED";
pub(crate) const REQUIRE: &str = "CLIENT_REQUIRES_IDENTIFIED";
pub(crate) const NO_NETLINK: &str = "CLIENT_HAS_NO_NETLINK";
/// Two rows of the checks of the agent, in place of two calls: 'Listener' and 'Token'.
pub(crate) const CHECKS: &str = "CLIENT_CHECKS";
/// Two checks of the address that another program is about to ask, in place of two calls.
pub(crate) const CHECKS_ENDPOINT: &str = "CLIENT_CHECKS_ENDPOINT";
/// The request has variables of its own, and this is the value of [`VARIABLE`] among them.
pub(crate) const OWN_VARIABLE: &str = "CLIENT_HAS_OWN_VARIABLE";
/// The library's own variable.
pub(crate) const VARIABLE: &str = "ARC_TOKEN_REQUIRE_IDENTIFIED_AGENT";

/// The machine's copies of the programs, where every user can run them.
pub(crate) const EMULATOR: &str = "/var/opt/emulator";
const CLIENT: &str = "/var/opt/client";

/// A process that keeps a namespace alive. It ends with its standard input.
struct Holder(Child);

impl Holder {
    /// `None` when the namespace cannot be made.
    fn start(command: &mut Command, script: &str) -> Option<Self> {
        command.args(["sh", "-c", &format!("set -e; {script} echo ready; exec cat")]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the holder starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let holder = Self(child);
        (line == "ready\n").then_some(holder)
    }

    fn id(&self) -> String {
        self.0.id().to_string()
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

pub(crate) struct Machine(Holder);

/// A user namespace on a machine.
pub(crate) struct UserNamespace {
    holder: Holder,
    /// The user who made it and keeps the own user when going in. `None`: users are numbers of the namespace.
    maker: Option<u32>,
}

impl Machine {
    /// A machine whose key directory belongs to `owner`, after the commands of `script`. `None` where none can be made: the
    /// reason is printed.
    pub(crate) fn start(owner: u32, script: &str) -> Option<Self> {
        let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
        if !is_root() || !map.split_ascii_whitespace().eq(["0", "0", "4294967295"]) {
            return skip("only root, outside of user namespaces, can start processes of any user");
        }
        let (emulator, client) = (emulator_program(), env::current_exe().expect("a test program has a path"));
        let script = format!(
            "umask 022; mount -t tmpfs none /var/opt; mkdir -p /var/opt/azcmagent/tokens; cd /var/opt
             chown {owner}:{owner} azcmagent/tokens; chmod 0750 azcmagent/tokens
             : >{EMULATOR}; mount --bind '{}' {EMULATOR}; : >{CLIENT}; mount --bind '{}' {CLIENT}
             {script}\n",
            emulator.display(),
            client.display()
        );
        let holder = Holder::start(Command::new("unshare").arg("--mount"), &script);
        holder.map(Self).or_else(|| skip("this machine lets root make no mount namespace"))
    }

    /// A user namespace with this map of users and groups, made by `maker` or root.
    pub(crate) fn user_namespace(&self, maker: Option<u32>, map: &str) -> Option<UserNamespace> {
        let mut command = self.command(maker.unwrap_or(0), None);
        let Some(holder) = Holder::start(command.args(["unshare", "--user"]), "") else {
            return skip("there are no user namespaces here");
        };
        for file in ["uid_map", "gid_map"] {
            fs::write(Path::new("/proc").join(holder.id()).join(file), map).expect("root sets any map");
        }
        let namespace = UserNamespace { holder, maker };
        let tried = self.command(maker.unwrap_or(0), Some(&namespace)).arg("true").output().expect("nsenter runs");
        if tried.status.success() { Some(namespace) } else { skip(&String::from_utf8_lossy(&tried.stderr)) }
    }

    /// Mounts the key directory over itself with the map of `namespace`. False where the kernel does not do that: the reason is printed.
    pub(crate) fn map_key_directory(&self, namespace: &UserNamespace) -> bool {
        let mut command = Command::new("nsenter");
        command.args(["--mount", "--target", &self.0.id(), CLIENT, "--exact", "idmap", "--ignored", "--nocapture"]);
        let output = command.env(ID_MAP, format!("/proc/{}/ns/user", namespace.holder.id())).output().expect("it runs");
        output.status.success() || skip::<()>(&format!("no id-mapped mount: {}", String::from_utf8_lossy(&output.stderr))).is_some()
    }

    /// A command that runs the program in its arguments as `user`, who is in the agent's group too.
    fn command(&self, user: u32, namespace: Option<&UserNamespace>) -> Command {
        let (user, group) = (user.to_string(), if user == 65534 { 65534 } else { AGENT }.to_string());
        let as_user = ["setpriv", "--reuid", &user, "--regid", &user, "--groups", &group];
        let mut command = Command::new("nsenter");
        command.args(["--mount", "--target", &self.0.id()]);
        match namespace {
            None => command.args(as_user),
            Some(UserNamespace { holder, maker: None }) => command.args(["nsenter", "--user", "--target", &holder.id()]).args(as_user),
            Some(UserNamespace { holder, maker: Some(_) }) => {
                command.args(as_user).args(["nsenter", "--user", "--preserve-credentials", "--target", &holder.id()])
            }
        };
        command
    }

    pub(crate) fn agent(&self, user: u32, namespace: Option<&UserNamespace>) -> Emulator {
        self.agent_from(EMULATOR, user, namespace)
    }

    /// An agent whose program lies at `program` on this machine.
    pub(crate) fn agent_from(&self, program: &str, user: u32, namespace: Option<&UserNamespace>) -> Emulator {
        Self::start_agent(self.command(user, namespace).arg(program), "/var/opt/azcmagent/tokens")
    }

    /// An agent with another folder of keys.
    pub(crate) fn agent_with_keys(&self, keys: &str, user: u32) -> Emulator {
        Self::start_agent(self.command(user, None).arg(EMULATOR), keys)
    }

    fn start_agent(command: &mut Command, keys: &str) -> Emulator {
        // The folder may be another user's: the agent can run as root.
        Emulator::start_by(command, &["--key-directory", keys, "--any-key-directory"])
    }

    /// A relay to the agent, of a user who is neither the agent nor the caller.
    pub(crate) fn relay(&self, agent: &Emulator) -> Emulator {
        self.relay_of(STRANGER, agent)
    }

    pub(crate) fn relay_of(&self, user: u32, agent: &Emulator) -> Emulator {
        Emulator::start_by(self.command(user, None).arg(EMULATOR), &["--relay", &format!("127.0.0.1:{}", agent.port)])
    }

    /// Two calls of one process, with the endpoint in its environment: a line for each.
    pub(crate) fn calls(&self, user: u32, inside: Option<&UserNamespace>, to: &Emulator, variables: &[(&str, &str)]) -> [String; 2] {
        let mut command = self.command(user, inside);
        command.args([CLIENT, "--exact", "client", "--ignored", "--nocapture"]);
        command.env("IDENTITY_ENDPOINT", &to.endpoint).env("IMDS_ENDPOINT", "x").envs(variables.iter().copied());
        let output = command.output().expect("the client runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let lines = text.lines().filter_map(|line| Some(line.split_once("call: ")?.1.to_owned()));
        lines.collect::<Vec<_>>().try_into().unwrap_or_else(|_| panic!("{output:?}"))
    }
}

/// The user namespace whose map [`idmap`] takes.
const ID_MAP: &str = "CLIENT_ID_MAP";

/// The work of the test `idmap`, which [`Machine::map_key_directory`] runs.
pub(crate) fn idmap() {
    #[repr(C)]
    struct Attributes([u64; 4]); // struct mount_attr of mount_setattr(2): set, clear, propagation, namespace.
    const SET_IDMAP: u64 = 0x0010_0000;
    const TREE_CLONE: i32 = 1;
    const MOVE_FROM_EMPTY_PATH: i32 = 4;
    let namespace = fs::File::open(env::var(ID_MAP).expect("a path")).expect("a namespace");
    let descriptor = std::os::fd::AsRawFd::as_raw_fd(&namespace);
    let attributes = Attributes([SET_IDMAP, 0, 0, descriptor.try_into().expect("positive")]);
    let (path, empty) = (c"/var/opt/azcmagent/tokens".as_ptr(), c"".as_ptr());
    // SAFETY: paths and attributes outlive the calls.
    let failed = unsafe {
        let tree = libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, path, TREE_CLONE);
        tree < 0
            || libc::syscall(libc::SYS_mount_setattr, tree, empty, libc::AT_EMPTY_PATH, &raw const attributes, size_of::<Attributes>()) < 0
            || libc::syscall(libc::SYS_move_mount, tree, empty, libc::AT_FDCWD, path, MOVE_FROM_EMPTY_PATH) < 0
    };
    assert!(!failed, "{}", std::io::Error::last_os_error());
}

/// The work of the test `client`, which [`Machine::calls`] runs in a process of its own.
pub(crate) fn client() {
    let is_set = |name| env::var_os(name).is_some();
    if is_set(NO_NETLINK) {
        refuse_netlink();
    }
    let request = || {
        let mut request = TokenRequest::new(DEFAULT_RESOURCE).force_refresh(true);
        if let Ok(value) = env::var(OWN_VARIABLE) {
            request = request.variable(VARIABLE, value).variable("IMDS_ENDPOINT", "x");
            request = request.variable("IDENTITY_ENDPOINT", env::var("IDENTITY_ENDPOINT").expect("set for every client"));
        }
        request.allow_unidentified_agent(is_set(ALLOW)).require_identified_agent(is_set(REQUIRE))
    };
    if is_set(CHECKS) {
        let rows = arc_token::check(&request()).expect("rows");
        for row in rows.checks().iter().filter(|row| ["Listener", "Token"].contains(&row.name)) {
            println!("call: {:?} {}", row.status, row.detail);
        }
        return;
    }
    for _ in 0..2 {
        #[cfg(feature = "c-api")]
        if is_set(CHECKS_ENDPOINT) {
            check_endpoint(&env::var("IDENTITY_ENDPOINT").expect("an address"));
            continue;
        }
        match request().send() {
            Ok(token) => println!("call: token, {}", token.log().warnings().replace('\n', " | ")),
            Err(error) => println!("call: {:?} {}", error.status(), error.to_string().replace('\n', " | ")),
        }
    }
}

#[cfg(feature = "c-api")]
fn check_endpoint(endpoint: &str) {
    use arc_token::ffi::*;
    use std::ptr;
    let (mut request, mut table, mut length) = (ptr::null_mut(), ptr::null_mut(), 0);
    // SAFETY: the text and the outputs outlive the calls, and the table is freed after its text is copied.
    unsafe {
        assert_eq!(arc_token_request_new(ptr::null(), 0, &mut request, ptr::null_mut()), arc_token::Status::Ok);
        let status = arc_token_request_check_endpoint(request, endpoint.as_ptr().cast(), endpoint.len(), &mut table, ptr::null_mut());
        let text = arc_token_table_text(table, 0, Column::Warnings as i32, &mut length).cast::<u8>();
        let text = if text.is_null() { &[] } else { std::slice::from_raw_parts(text, length) };
        println!("call: {status:?} {}", String::from_utf8_lossy(text));
        arc_token_table_free(table);
        arc_token_request_free(request);
    }
}

/// Makes the kernel refuse netlink sockets to this thread and the threads that it starts, as `RestrictAddressFamilies=` does.
fn refuse_netlink() {
    refused_calls::refuse(libc::SYS_socket, Some(libc::AF_NETLINK), libc::EAFNOSUPPORT);
    // SAFETY: socket has no preconditions.
    let socket = unsafe { libc::socket(libc::AF_NETLINK, libc::SOCK_RAW, libc::NETLINK_SOCK_DIAG) };
    assert_eq!(socket, -1, "the filter does nothing");
}

fn skip<T>(reason: &str) -> Option<T> {
    eprintln!("SKIP: {reason}");
    None
}
