//! `AgentSession`: all requests of one call to one agent, and the clocks that their answers show.

use std::cell::Cell;
use std::time::Instant;

use reqwest::Url;

use crate::agent::locate::LocatedAgent;
use crate::error::ErrorKind;
use crate::secret::bytes::Secret;
use crate::secret::redaction::SentKeys;
use crate::task::call_context::CallContext;
use crate::text::time::unix_now;
use crate::transport::answer::Answer;
use crate::transport::attempt_error::AttemptError;
use crate::transport::http_client::HttpClient;
use crate::trust::peer::Peer;

/// The agent, the limits of the call, the connection, and the keys that were sent over it.
pub(crate) struct AgentSession<'a> {
    pub(crate) agent: &'a LocatedAgent,
    pub(crate) cx: &'a CallContext,
    /// The keys sent so far. They are taken out of every text that comes back.
    pub(super) sent_keys: SentKeys,
    /// The clocks that its answers showed.
    clocks: Cell<Option<Clocks>>,
    /// An earlier end for requests than the call's.
    pub(super) until: Cell<Option<Instant>>,
    http: HttpClient,
}

impl<'a> AgentSession<'a> {
    /// A session that has sent nothing yet.
    pub(crate) fn new(agent: &'a LocatedAgent, cx: &'a CallContext) -> Self {
        Self {
            agent,
            cx,
            sent_keys: SentKeys::default(),
            clocks: Cell::default(),
            until: Cell::default(),
            http: HttpClient::new(agent.endpoint.address(), false),
        }
    }

    /// The same, for answers that are believed although no key was asked for: each connection must be accepted by the agent before
    /// a request goes over it.
    pub(crate) fn new_accepted(agent: &'a LocatedAgent, cx: &'a CallContext) -> Self {
        Self { http: HttpClient::new(agent.endpoint.address(), true), ..Self::new(agent, cx) }
    }

    /// Begins a pair of requests to `peer`, on a new connection. Fails when a stranger holds the port.
    ///
    /// Nothing is sent before this, and nothing to anybody else after it.
    pub(crate) fn start_pair(&self, peer: &Peer) -> Result<(), ErrorKind> {
        self.http.start_pair(peer);
        peer.require(&self.cx.log)
    }

    /// The agent's clock and this machine's, as the answers showed them so far.
    pub(crate) fn clocks(&self) -> Option<Clocks> {
        self.clocks.get()
    }

    /// Sends one request, and reads the whole answer, whatever its status.
    pub(crate) fn send(&self, url: &Url, key: Option<&Secret>) -> Result<Answer, AttemptError> {
        if let Some(key) = key {
            self.sent_keys.add(key);
        }
        self.log_answer(self.http.get(url, key, self.cx, self.until.get()))
    }

    /// Sends one request without a key, with less time than the call has.
    pub(crate) fn send_until(&self, url: &Url, until: Instant) -> Result<Answer, AttemptError> {
        self.log_answer(self.http.get(url, None, self.cx, Some(until)))
    }

    fn log_answer(&self, answer: Result<Answer, AttemptError>) -> Result<Answer, AttemptError> {
        match answer {
            Ok(mut answer) => {
                // The content type is shown, and may repeat the key.
                answer.headers.content_type = self.sent_keys.redact(&answer.headers.content_type);
                let (size, content_type) = (answer.body.expose().len(), &answer.headers.content_type);
                if let Some(agent) = answer.headers.date {
                    self.clocks.set(Some(Clocks::widest(self.clocks.get(), Clocks { agent, own: unix_now() })));
                }
                self.cx.log.detail(format!("HTTP {}, {size} bytes of '{content_type}'.", answer.status));
                Ok(answer)
            }
            Err(error) => {
                self.cx.log.detail(self.sent_keys.redact(&format!("No answer: {}", error.kind)));
                Err(error)
            }
        }
    }
}

/// Both clocks at the same moment, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Clocks {
    pub(crate) agent: i64,
    pub(crate) own: i64,
}

impl Clocks {
    /// The seconds between them.
    pub(crate) fn apart(self) -> u64 {
        self.agent.abs_diff(self.own)
    }

    /// Those of the answers so far that are furthest apart: an answer can come out of somebody's cache.
    pub(super) fn widest(seen: Option<Self>, now: Self) -> Self {
        seen.filter(|seen| seen.apart() >= now.apart()).unwrap_or(now)
    }
}
