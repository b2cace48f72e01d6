//! Faults of the surroundings, with ordinary answers: the agent's address, links to its key directory, other processes, and the
//! client's environment. These faults begin and end with the emulator.

use std::io;
#[cfg(unix)]
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Child;
#[cfg(unix)]
use std::process::{Command, Stdio};

use super::challenge::token_at_once;
#[cfg(unix)]
use super::key;
use super::{Effect, Fault, Needs, When, answer};
use crate::agent::TOKEN_PATH;
#[cfg(unix)]
use crate::key_directory::{directory, set_mode};

/// The place of an emulator, and the values from which its client learns it.
pub(crate) struct Place {
    pub(crate) port: u16,
    /// A private directory of the emulator.
    #[cfg_attr(not(unix), allow(dead_code))]
    pub(crate) aside: PathBuf,
    /// The path of the key directory in challenges.
    pub(crate) named: PathBuf,
    /// The path of the key directory for the client. Empty if the client gets none.
    pub(crate) told: PathBuf,
    /// The token endpoint for the client. Empty if the client gets none.
    pub(crate) endpoint: String,
    /// The environment of the client.
    pub(crate) environment: Vec<(&'static str, String)>,
    /// A relay, which must live as long as the emulator.
    #[cfg_attr(not(unix), allow(dead_code))]
    pub(crate) relay: Option<RelayProcess>,
}

impl Place {
    pub(crate) fn new(port: u16, aside: &Path, keys: &Path) -> Self {
        let endpoint = format!("http://127.0.0.1:{port}{TOKEN_PATH}");
        let (named, told) = (keys.to_owned(), keys.to_owned());
        Self { port, aside: aside.to_owned(), named, told, endpoint, environment: Vec::new(), relay: None }
    }

    /// Puts the address into the client's environment, in place of the direct values.
    fn in_environment(&mut self, host: &str) {
        self.environment.push(("IDENTITY_ENDPOINT", format!("http://{host}:{}{TOKEN_PATH}", self.port)));
        self.environment.push(("IMDS_ENDPOINT", format!("http://{host}:{}", self.port)));
        self.endpoint.clear();
        self.told = PathBuf::new();
    }
}

/// The user of relays: one that no machine has.
#[cfg(unix)]
const NOBODY: u32 = 65_533;
/// A link to the key directory that takes the place of another one.
#[cfg(unix)]
const TURNED: &str = "turned";

pub(crate) struct RelayProcess(Child);

impl Drop for RelayProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn place(name: &str, about: &str, arrange: impl Fn(&mut Place) -> io::Result<()> + Send + Sync + 'static) -> Fault {
    Fault::new(name, about, Effect::Nothing).arranged(arrange)
}

pub(super) fn faults() -> Vec<Fault> {
    vec![
        #[cfg(unix)]
        place("key-directory-link", "the key directory is a link, and the agent names the link", |place| {
            place.told = link(place, "link")?;
            place.named.clone_from(&place.told);
            Ok(())
        }),
        #[cfg(unix)]
        place("key-directory-link-resolved", "the key directory is a link, and the agent names what it leads to", |place| {
            place.told = link(place, "link")?;
            Ok(())
        }),
        #[cfg(unix)]
        place("key-directory-other-link", "the agent names a link to the key directory that the client does not know", |place| {
            place.named = link(place, "other-link")?;
            Ok(())
        }),
        #[cfg(unix)]
        place("relay-of-another-user", "a process of another user (uid 65533) that passes everything on to the agent", |place| {
            let (process, endpoint) = relay(place)?;
            (place.relay, place.endpoint) = (Some(process), endpoint);
            Ok(())
        })
        .needs(Needs::Root),
        #[cfg(unix)]
        key(
            "key-directory-link-turned",
            "the key directory is a link to a folder of the user (uid 65533) who passes everything on to the agent, and leads to the \
             agent's folder when the agent answers",
            |key| {
                let turned = key.aside.join(TURNED);
                if turned.is_symlink() {
                    std::fs::rename(turned, key.directory)?;
                }
                key.write(key.path())
            },
        )
        .arranged(|place| {
            let strangers = place.aside.join("strangers");
            std::fs::create_dir(&strangers)?;
            std::os::unix::fs::chown(&strangers, Some(NOBODY), Some(NOBODY))?;
            link(place, TURNED)?;
            place.told = place.aside.join("link");
            std::os::unix::fs::symlink(strangers, &place.told)?;
            place.named.clone_from(&place.told);
            let (process, endpoint) = relay(place)?;
            (place.relay, place.endpoint) = (Some(process), endpoint);
            Ok(())
        })
        .needs(Needs::Root),
        place("localhost-is-ipv4-only", "the endpoint is at localhost, and nobody listens on ::1", |place| {
            place.endpoint = place.endpoint.replace("127.0.0.1", "localhost");
            Ok(())
        }),
        answer(
            When::BeforeChallenge,
            "environment-names-localhost",
            "only the environment says where the agent is: at localhost, and nobody listens on ::1; no challenge",
            token_at_once,
        )
        .arranged(|place| {
            place.in_environment("localhost");
            Ok(())
        })
        .needs(Needs::Root),
        place("environment-names-another-host", "the environment says that the agent is on another machine (192.0.2.1)", |place| {
            place.in_environment("192.0.2.1");
            Ok(())
        }),
        place("environment-names-a-public-name", "the environment says that the agent is at evil.example", |place| {
            place.in_environment("evil.example");
            Ok(())
        }),
        place("proxy-in-every-variable", "every variable that some program reads names a proxy that takes no connection", |place| {
            const PROXY: [&str; 9] = [
                "http_proxy",
                "HTTP_PROXY",
                "https_proxy",
                "HTTPS_PROXY",
                "all_proxy",
                "ALL_PROXY",
                "ftp_proxy",
                "socks_proxy",
                "CGI_HTTP_PROXY",
            ];
            const EXCEPTIONS: [&str; 2] = ["no_proxy", "NO_PROXY"];
            place.environment.extend(PROXY.map(|name| (name, "http://127.0.0.1:1".to_owned())));
            place.environment.extend(EXCEPTIONS.map(|name| (name, String::new())));
            Ok(())
        }),
    ]
}

/// A link to the key directory.
#[cfg(unix)]
fn link(place: &Place, name: &str) -> io::Result<PathBuf> {
    let link = place.aside.join(name);
    std::os::unix::fs::symlink(&place.named, &link)?;
    Ok(link)
}

/// Starts this program again as a relay, as another user. Returns the process and its endpoint.
#[cfg(unix)]
fn relay(place: &Place) -> io::Result<(RelayProcess, String)> {
    use std::os::unix::process::CommandExt as _;
    // Other users may not be able to read the build directory, so the program is copied. Another process makes the copy: a program
    // cannot run while it is open for writing, and a child of another thread may inherit the open file.
    let program = place.aside.join("relay");
    let copied = Command::new("cp").arg(std::env::current_exe()?).arg(&program).status()?;
    if !copied.success() {
        return Err(io::Error::other("the relay's program is not copied"));
    }
    set_mode(&directory(&place.aside)?, 0o711)?;
    let mut command = Command::new(program);
    command.args(["--until-stdin-closes", "--relay", &format!("127.0.0.1:{}", place.port)]).uid(NOBODY).gid(NOBODY).current_dir("/");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("piped")).read_line(&mut line)?;
    let ready: serde_json::Value = serde_json::from_str(&line)?;
    let endpoint = ready["endpoint"].as_str().unwrap_or_default().to_owned();
    Ok((RelayProcess(child), endpoint))
}
