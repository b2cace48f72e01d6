//! `Table`: decides for each request between a token from the cache, another request's exchange, and an exchange of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::arena::{Arena, Place};
use super::renewal;
use crate::log::Log;
use crate::request::validated::ValidatedRequest;
use crate::task::shared_outcome::SharedOutcome;
use crate::text::time::unix_now;
use crate::token::access_token::AccessToken;
use crate::token::claims::Claims;

/// A token is not used in its last five minutes: it must reach its service and be checked there in time. All SDKs do this.
const MARGIN: Duration = Duration::from_secs(5 * 60);
/// The largest number of entries. It is for programs that ask for more and more audiences.
const MAX_ENTRIES: usize = 4096;

/// The next step for a request.
pub(crate) enum Lookup {
    /// The cache has a token.
    Hit(AccessToken),
    /// Wait for this exchange. Another request began it, and this request has joined it.
    Join(Arc<SharedOutcome<AccessToken>>),
    /// Begin this exchange.
    Lead(Ticket, Arc<SharedOutcome<AccessToken>>),
    /// Begin this exchange to renew the old token, which is still good if the exchange fails.
    Renew {
        ticket: Ticket,
        outcome: Arc<SharedOutcome<AccessToken>>,
        /// The deadline of the caller who renews.
        deadline: Instant,
        old: AccessToken,
    },
}

/// The place of an exchange in the order of their beginnings.
#[derive(Clone, Copy)]
pub(crate) struct Ticket {
    order: u64,
    clearings: u64,
}

#[derive(Default)]
pub(super) struct Table {
    /// Not a hash table: its only pointer goes to the middle of its memory, which leak checkers of C programs take for lost.
    slots: BTreeMap<ValidatedRequest, Slot>,
    arena: Arena,
    begun: u64,
    clearings: u64,
}

#[derive(Default)]
struct Slot {
    entry: Option<Entry>,
    /// The exchange under way that other callers join.
    outcome: Option<Arc<SharedOutcome<AccessToken>>>,
    /// True when that exchange waits for the agent. A caller who does not would have no quick answer from it, and the other way round.
    waits: bool,
    /// The renewal under way. Nobody joins it: it has a single try, and a caller without a token expects more.
    renewal: Option<Arc<SharedOutcome<AccessToken>>>,
    renewal_failed: Option<Instant>,
    /// An exchange brings a token that is too old if its ticket is not later than this.
    order: u64,
    /// The same for forced exchanges. A forced result replaces every result but that of a later forced exchange.
    forced_order: u64,
}

struct Entry {
    place: Place,
    expires_on: i64,
    usable_until: Instant,
    renew_from: Option<Instant>,
    claims: Claims,
    /// The token's resource, where it is another one than the request's: the default's in the machine's own cloud.
    resource: Option<String>,
}

impl Entry {
    /// Asks both clocks: nobody can set the monotonic one, but it may stand still while the machine sleeps.
    fn is_usable(&self, now: Instant) -> bool {
        now < self.usable_until && unix_now() < self.expires_on - MARGIN.as_secs() as i64
    }
}

impl Slot {
    fn is_idle(&self) -> bool {
        self.outcome.is_none() && self.renewal.is_none()
    }

    /// True when the token of an exchange replaces the present entry.
    fn gives_way_to(&self, token: &AccessToken, ticket: Ticket, forced: bool, now: Instant) -> bool {
        if forced {
            return ticket.order > self.forced_order;
        }
        // Without force, the agent may return its old token again, with a rounded end.
        let kept_longer = |old: &Entry| old.is_usable(now) && renewal::is_shorter(token.expires_on_seconds(), old.expires_on);
        ticket.order > self.order && !self.entry.as_ref().is_some_and(kept_longer)
    }

    fn renewal_is_due(&self, now: Instant) -> bool {
        let from = self.entry.as_ref().and_then(|entry| entry.renew_from);
        self.is_idle() && renewal::is_due(from, self.renewal_failed, now)
    }
}

impl Table {
    pub(super) fn lookup(&mut self, request: &ValidatedRequest, deadline: Instant, log: &Log) -> Lookup {
        let now = Instant::now();
        self.begun += 1;
        let ticket = Ticket { order: self.begun, clearings: self.clearings };
        let begin = |deadline| Arc::new(SharedOutcome::new(deadline));
        if request.force_refresh {
            // A forced request wants a newer token than the others, so it joins nobody, and nobody joins it.
            return Lookup::Lead(ticket, begin(deadline));
        }
        if let Some(slot) = self.slots.get_mut(request) {
            let entry = slot.entry.as_ref().filter(|entry| entry.is_usable(now));
            let token = entry.and_then(|entry| {
                let resource = entry.resource.as_ref().unwrap_or(&request.resource).clone();
                let secret = self.arena.get(entry.place)?;
                Some(AccessToken::new(secret, entry.expires_on, resource, entry.claims.clone(), request.agent.origin(), log.clone()))
            });
            if let Some(token) = token {
                if !slot.renewal_is_due(now) {
                    return Lookup::Hit(token);
                }
                let deadline = renewal::deadline(now, deadline);
                let outcome = begin(deadline);
                slot.renewal = Some(outcome.clone());
                return Lookup::Renew { ticket, outcome, deadline, old: token };
            }
            if let Some(outcome) = slot.outcome.as_ref().filter(|outcome| slot.waits == request.wait_for_agent && outcome.join(deadline)) {
                return Lookup::Join(outcome.clone());
            }
        }
        self.keep_bounded();
        let outcome = begin(deadline);
        let slot = self.slots.entry(request.clone()).or_default();
        (slot.outcome, slot.waits) = (Some(outcome.clone()), request.wait_for_agent);
        Lookup::Lead(ticket, outcome)
    }

    pub(super) fn finish(
        &mut self,
        request: &ValidatedRequest,
        ticket: Ticket,
        outcome: &Arc<SharedOutcome<AccessToken>>,
        token: Option<&AccessToken>,
    ) {
        let now = Instant::now();
        if token.is_some() && !self.slots.contains_key(request) {
            self.keep_bounded(); // A forced exchange gets its slot only now.
        }
        let slot = self.slots.entry(request.clone()).or_default();
        let is_it = |own: &mut Arc<SharedOutcome<AccessToken>>| Arc::ptr_eq(own, outcome);
        slot.outcome.take_if(is_it);
        let renewed = slot.renewal.take_if(is_it).is_some();
        match token {
            Some(token) => {
                let replaces = slot.gives_way_to(token, ticket, request.force_refresh, now);
                slot.renewal_failed = (renewed && !replaces).then_some(now);
                // A cleared token must not come back.
                if replaces && ticket.clearings == self.clearings {
                    self.store(request, ticket, token, now);
                }
            }
            // Every failure counts. Without this, each call would try again, and wait in vain.
            None if renewed => slot.renewal_failed = Some(now),
            None => (),
        }
        if self.slots.get(request).is_some_and(|slot| slot.entry.is_none() && slot.is_idle()) {
            self.slots.remove(request);
        }
    }

    /// Replaces the present token. Does not keep a token that ends too soon, or that there is no memory for.
    fn store(&mut self, request: &ValidatedRequest, ticket: Ticket, token: &AccessToken, now: Instant) {
        self.forget(request);
        if let Some(slot) = self.slots.get_mut(request) {
            // All exchanges that are under way when a forced result comes may bring an older token.
            (slot.order, slot.forced_order) =
                if request.force_refresh { (self.begun, ticket.order) } else { (ticket.order, slot.forced_order) };
        }
        let life = u64::try_from(token.expires_on_seconds() - unix_now()).map_or(Duration::ZERO, Duration::from_secs);
        let Some(usable) = life.checked_sub(MARGIN) else { return };
        let secret = token.secret().as_bytes();
        let place = self.arena.put(secret).or_else(|| {
            let places = self.slots.values_mut().filter_map(|slot| Some(&mut slot.entry.as_mut()?.place));
            if self.arena.make_room(secret.len(), places) { self.arena.put(secret) } else { None }
        });
        let (Some(place), Some(usable_until), Some(slot)) = (place, now.checked_add(usable), self.slots.get_mut(request)) else {
            return; // No memory. The next call asks the agent again.
        };
        slot.entry = Some(Entry {
            place,
            expires_on: token.expires_on_seconds(),
            usable_until,
            renew_from: renewal::renew_from(now, life),
            claims: token.claims().clone(),
            resource: Some(token.resource()).filter(|resource| *resource != request.resource).map(str::to_owned),
        });
    }

    fn forget(&mut self, request: &ValidatedRequest) {
        if let Some(entry) = self.slots.get_mut(request).and_then(|slot| slot.entry.take()) {
            self.arena.wipe(entry.place);
        }
    }

    /// Makes room for one more entry: forgets the entry that ends first.
    fn keep_bounded(&mut self) {
        if self.slots.len() < MAX_ENTRIES {
            return;
        }
        // A slot without an exchange under way has an entry.
        let idle = self.slots.iter().filter(|(_, slot)| slot.is_idle());
        let first = idle.filter_map(|(request, slot)| Some((slot.entry.as_ref()?.usable_until, request))).min_by_key(|(until, _)| *until);
        if let Some(request) = first.map(|(_, request)| request.clone()) {
            self.forget(&request);
            self.slots.remove(&request);
        }
    }

    pub(super) fn clear(&mut self) {
        self.clearings += 1;
        self.slots.clear();
        self.arena.clear();
    }
}

#[cfg(test)]
#[path = "entries_tests.rs"]
mod tests;
