//! Who gets a token from the cache, who waits for another's exchange, and who begins one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::arena::{Arena, Place};
use crate::claims::Claims;
use crate::exchange_state::ExchangeState;
use crate::http::unix_now;
use crate::log::Log;
use crate::plan::Plan;
use crate::token::AccessToken;

/// A token is not used in its last five minutes, as in every SDK: it has to reach its service and be checked there.
const MARGIN: Duration = Duration::from_secs(5 * 60);
/// Tokens that live longer than this are renewed from half of their life on.
const LONG_LIFE: Duration = Duration::from_secs(2 * 60 * 60);
/// After a renewal that failed, the old token is used without another try for this long.
const AFTER_FAILURE: Duration = Duration::from_secs(60);
/// A renewed token that ends this many seconds before the old one is as good.
const A_MOMENT: i64 = 60;
/// A bound for programs that ask for ever new audiences.
const MOST_ENTRIES: usize = 4096;

/// What is to be done for a request.
pub(crate) enum Claim {
    /// Nothing: here is a token.
    Hit(AccessToken),
    /// Wait for this exchange, which another request began and this one has joined.
    Join(Arc<ExchangeState>),
    /// Begin this exchange.
    Lead(Start, Arc<ExchangeState>),
    /// Begin this exchange, to renew this token; should it fail, the token is still good.
    Renew(Start, Arc<ExchangeState>, AccessToken),
}

/// When an exchange began, in the cache's own order.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    order: u64,
    clearings: u64,
}

#[derive(Default)]
pub(super) struct Table {
    slots: HashMap<Plan, Slot>,
    arena: Arena,
    begun: u64,
    clearings: u64,
}

#[derive(Default)]
struct Slot {
    entry: Option<Entry>,
    /// The one that others wait for.
    exchange: Option<Arc<ExchangeState>>,
    /// One that only renews. Nobody waits for it but who began it: it tries less than a caller without a token may expect.
    renewal: Option<Arc<ExchangeState>>,
    renewal_failed: Option<Instant>,
    /// What exchanges bring that began no later than this is too old.
    order: u64,
    /// The same for forced ones: their answers replace whatever came since they began, but for a later forced one's.
    forced_order: u64,
}

struct Entry {
    place: Place,
    expires_on: i64,
    usable_until: Instant,
    renew_from: Option<Instant>,
    claims: Claims,
}

impl Entry {
    /// By both clocks: the monotonic one is not moved by anybody, but may stand still while the machine sleeps.
    fn is_usable(&self, now: Instant) -> bool {
        now < self.usable_until && unix_now() < self.expires_on - MARGIN.as_secs() as i64
    }
}

impl Slot {
    fn is_idle(&self) -> bool {
        self.exchange.is_none() && self.renewal.is_none()
    }

    /// Whether what an exchange brought takes the place of what is there.
    fn gives_way_to(&self, token: &AccessToken, start: Start, forced: bool, now: Instant) -> bool {
        if forced {
            return start.order > self.forced_order;
        }
        // Not asked for as a new one, it may be the agent's own old one, with its end rounded.
        let kept_longer = |old: &Entry| old.is_usable(now) && token.expires_on() < old.expires_on - A_MOMENT;
        start.order > self.order && !self.entry.as_ref().is_some_and(kept_longer)
    }

    fn renewal_is_due(&self, now: Instant) -> bool {
        let failed_lately = self.renewal_failed.is_some_and(|at| now < at + AFTER_FAILURE);
        let due = self.entry.as_ref().and_then(|entry| entry.renew_from).is_some_and(|from| now >= from);
        due && self.is_idle() && !failed_lately
    }
}

impl Table {
    pub(super) fn claim(&mut self, plan: &Plan, deadline: Instant, renewal_deadline: Instant, log: &Log) -> Claim {
        let now = Instant::now();
        self.begun += 1;
        let start = Start { order: self.begun, clearings: self.clearings };
        let begin = |deadline| Arc::new(ExchangeState::new(deadline));
        if plan.force_refresh {
            // It joins nobody and nobody joins it: what it asks for is newer than what others may be getting.
            return Claim::Lead(start, begin(deadline));
        }
        if let Some(slot) = self.slots.get_mut(plan) {
            let entry = slot.entry.as_ref().filter(|entry| entry.is_usable(now));
            let token = entry.and_then(|e| Some((self.arena.get(e.place)?, e.expires_on, e.claims.clone())));
            if let Some((secret, expires_on, claims)) = token {
                let token = AccessToken::new(secret, expires_on, plan.resource.clone(), claims, plan.agent.clone(), log.clone());
                if !slot.renewal_is_due(now) {
                    return Claim::Hit(token);
                }
                let exchange = begin(renewal_deadline);
                slot.renewal = Some(exchange.clone());
                return Claim::Renew(start, exchange, token);
            }
            if let Some(exchange) = slot.exchange.as_ref().filter(|exchange| exchange.join(deadline)) {
                return Claim::Join(exchange.clone());
            }
        }
        self.keep_bounded();
        let exchange = begin(deadline);
        self.slots.entry(plan.clone()).or_default().exchange = Some(exchange.clone());
        Claim::Lead(start, exchange)
    }

    pub(super) fn finish(&mut self, plan: &Plan, start: Start, exchange: &Arc<ExchangeState>, token: Option<&AccessToken>) {
        let now = Instant::now();
        if token.is_some() && !self.slots.contains_key(plan) {
            self.keep_bounded(); // A forced exchange had no slot until now.
        }
        let slot = self.slots.entry(plan.clone()).or_default();
        let is_it = |own: &mut Arc<ExchangeState>| Arc::ptr_eq(own, exchange);
        slot.exchange.take_if(is_it);
        let renewed = slot.renewal.take_if(is_it).is_some();
        match token {
            Some(token) => {
                let replaces = slot.gives_way_to(token, start, plan.force_refresh, now);
                slot.renewal_failed = (renewed && !replaces).then_some(now);
                // What was cleared since must not come back.
                if replaces && start.clearings == self.clearings {
                    self.store(plan, start, token, now);
                }
            }
            // Whatever stopped it: who asks in vain again and again would do nothing else.
            None if renewed => slot.renewal_failed = Some(now),
            None => (),
        }
        if self.slots.get(plan).is_some_and(|slot| slot.entry.is_none() && slot.is_idle()) {
            self.slots.remove(plan);
        }
    }

    /// Puts a token in the place of what is there; in vain, if it ends too soon or there is no memory.
    fn store(&mut self, plan: &Plan, start: Start, token: &AccessToken, now: Instant) {
        self.forget(plan);
        if let Some(slot) = self.slots.get_mut(plan) {
            // All that began before a forced answer came may be older than it.
            (slot.order, slot.forced_order) = if plan.force_refresh { (self.begun, start.order) } else { (start.order, slot.forced_order) };
        }
        let life = u64::try_from(token.expires_on() - unix_now()).map_or(Duration::ZERO, Duration::from_secs);
        let Some(usable) = life.checked_sub(MARGIN) else { return };
        let secret = token.secret().as_bytes();
        let place = self.arena.put(secret).or_else(|| {
            let places = self.slots.values_mut().filter_map(|slot| Some(&mut slot.entry.as_mut()?.place));
            if self.arena.make_room(secret.len(), places) { self.arena.put(secret) } else { None }
        });
        let (Some(place), Some(usable_until), Some(slot)) = (place, now.checked_add(usable), self.slots.get_mut(plan)) else {
            return; // No memory: a token that is not kept is asked for again.
        };
        slot.entry = Some(Entry {
            place,
            expires_on: token.expires_on(),
            usable_until,
            renew_from: (life > LONG_LIFE).then(|| now + life / 2),
            claims: token.claims().clone(),
        });
    }

    fn forget(&mut self, plan: &Plan) {
        if let Some(entry) = self.slots.get_mut(plan).and_then(|slot| slot.entry.take()) {
            self.arena.wipe(entry.place);
        }
    }

    /// Makes room for one more by forgetting what ends first.
    fn keep_bounded(&mut self) {
        if self.slots.len() < MOST_ENTRIES {
            return;
        }
        // Without an exchange under way a slot has an entry.
        let idle = self.slots.iter().filter(|(_, slot)| slot.is_idle());
        let first = idle.filter_map(|(plan, slot)| Some((slot.entry.as_ref()?.usable_until, plan))).min_by_key(|(until, _)| *until);
        if let Some(plan) = first.map(|(_, plan)| plan.clone()) {
            self.forget(&plan);
            self.slots.remove(&plan);
        }
    }

    pub(super) fn clear(&mut self) {
        self.clearings += 1;
        self.slots.clear();
        self.arena.clear();
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
