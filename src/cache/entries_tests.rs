//! The rules of the cache, without an agent: when a token is given out, renewed, replaced and forgotten.

use super::*;
use crate::agent::host_environment::HostEnvironment;
use crate::request::token_request::RequestParams;
use crate::request::wanted::Wanted;
use crate::secret::bytes::Secret;

fn request(resource: &str) -> ValidatedRequest {
    request_with(resource, |_| ())
}

fn request_with(resource: &str, change: impl FnOnce(&mut RequestParams)) -> ValidatedRequest {
    let mut params = RequestParams {
        wanted: Wanted::Resource(resource.into()),
        endpoint: Some("http://127.0.0.1:9".into()),
        ..RequestParams::default()
    };
    change(&mut params);
    ValidatedRequest::new(&params, &HostEnvironment::this(), &Log::new()).unwrap()
}

fn token(request: &ValidatedRequest, text: &str, life: i64) -> AccessToken {
    let (secret, end) = (Secret::new(text.as_bytes()), unix_now() + life);
    AccessToken::new(secret, end, request.resource.clone(), Claims::default(), request.agent.origin(), Log::new())
}

fn lookup(table: &mut Table, request: &ValidatedRequest) -> Lookup {
    let now = Instant::now();
    table.lookup(request, now + Duration::from_secs(60), &Log::new())
}

fn lead(table: &mut Table, request: &ValidatedRequest) -> (Ticket, Arc<SharedOutcome<AccessToken>>) {
    match lookup(table, request) {
        Lookup::Lead(ticket, outcome) | Lookup::Renew { ticket, outcome, .. } => (ticket, outcome),
        Lookup::Hit(_) | Lookup::Join(_) => panic!("no outcome is wanted"),
    }
}

fn fill(table: &mut Table, request: &ValidatedRequest, text: &str, life: i64) {
    let (ticket, outcome) = lead(table, request);
    table.finish(request, ticket, &outcome, Some(&token(request, text, life)));
}

fn hit(table: &mut Table, request: &ValidatedRequest) -> Option<String> {
    match lookup(table, request) {
        Lookup::Hit(token) => Some(token.secret().to_owned()),
        _ => None,
    }
}

impl Table {
    /// Makes an entry older.
    pub(in crate::cache) fn age(&mut self, request: &ValidatedRequest, by: Duration) {
        let slot = self.slots.get_mut(request).unwrap();
        let entry = slot.entry.as_mut().unwrap();
        entry.usable_until = earlier(entry.usable_until, by);
        entry.renew_from = entry.renew_from.map(|from| earlier(from, by));
        slot.renewal_failed = slot.renewal_failed.map(|at| earlier(at, by));
    }
}

/// The time before. On Windows no `Instant` lies before the boot: then the earliest, about.
fn earlier(mut at: Instant, by: Duration) -> Instant {
    let mut rest = by;
    while rest > Duration::from_millis(1) {
        match at.checked_sub(rest) {
            Some(before) if rest == by => return before,
            Some(before) => at = before,
            None => rest /= 2,
        }
    }
    at
}

fn age(table: &mut Table, request: &ValidatedRequest, by: Duration) {
    table.age(request, by);
}

#[test]
fn a_token_is_used_until_five_minutes_before_its_end() {
    let (mut table, request) = (Table::default(), request("a"));
    fill(&mut table, &request, "t", 301);
    assert_eq!(hit(&mut table, &request).as_deref(), Some("t"));
    fill_forced(&mut table, "a", "u", 299);
    assert_eq!(hit(&mut table, &request), None);
}

fn fill_forced(table: &mut Table, resource: &str, text: &str, life: i64) {
    fill(table, &request_with(resource, |w| w.force_refresh = true), text, life);
}

#[test]
fn the_monotonic_clock_ends_a_token_too() {
    let (mut table, request) = (Table::default(), request("a"));
    fill(&mut table, &request, "t", 3600);
    age(&mut table, &request, Duration::from_secs(3299));
    assert!(hit(&mut table, &request).is_some());
    age(&mut table, &request, Duration::from_secs(2));
    assert_eq!(hit(&mut table, &request), None);
}

#[test]
fn everything_that_shapes_the_answer_keeps_entries_apart() {
    let mut table = Table::default();
    let requests = [
        request("a"),
        request("a/"),
        request_with("a", |w| w.endpoint = Some("http://127.0.0.1:10".into())),
        request_with("a", |w| w.key_directory = Some(std::env::temp_dir())),
        request_with("a", |w| w.api_version = Some("2019-11-01".into())),
        request_with("a", |w| w.client_id = Some("i".into())),
        request_with("a", |w| w.object_id = Some("i".into())),
        request_with("a", |w| w.identity_resource_id = Some("i".into())),
    ];
    for (index, request) in requests.iter().enumerate() {
        fill(&mut table, request, &index.to_string(), 3600);
    }
    for (index, request) in requests.iter().enumerate() {
        assert_eq!(hit(&mut table, request), Some(index.to_string()));
    }
    assert_eq!(hit(&mut table, &request("a/.default")).as_deref(), Some("0"));
}

#[test]
fn the_same_request_joins_and_another_does_not() {
    let (mut table, a) = (Table::default(), request("a"));
    let (ticket, outcome) = lead(&mut table, &a);
    assert!(matches!(lookup(&mut table, &a), Lookup::Join(joined) if Arc::ptr_eq(&joined, &outcome)));
    assert!(matches!(lookup(&mut table, &request("b")), Lookup::Lead(..)));
    table.finish(&a, ticket, &outcome, None);
    assert!(matches!(lookup(&mut table, &a), Lookup::Lead(..)), "an error is not kept");
}

#[test]
fn an_exchange_that_all_have_left_is_not_joined() {
    let (mut table, request) = (Table::default(), request("a"));
    let (_, outcome) = lead(&mut table, &request);
    let Lookup::Join(joined) = lookup(&mut table, &request) else { panic!() };
    outcome.leave();
    assert!(matches!(lookup(&mut table, &request), Lookup::Join(_)), "one still waits");
    joined.leave();
    joined.leave();
    assert!(matches!(lookup(&mut table, &request), Lookup::Lead(..)));
}

#[test]
fn a_forced_request_skips_the_cache_joins_nobody_and_replaces_the_entry() {
    let (mut table, ordinary) = (Table::default(), request("a"));
    let forced = request_with("a", |w| w.force_refresh = true);
    fill(&mut table, &ordinary, "old", 3600);
    let (first, second) = (lead(&mut table, &forced), lead(&mut table, &forced));
    assert!(!Arc::ptr_eq(&first.1, &second.1));
    table.finish(&forced, second.0, &second.1, Some(&token(&forced, "newest", 3600)));
    assert_eq!(hit(&mut table, &ordinary).as_deref(), Some("newest"));
    table.finish(&forced, first.0, &first.1, Some(&token(&forced, "begun before", 3600)));
    assert_eq!(hit(&mut table, &ordinary).as_deref(), Some("newest"));
}

#[test]
fn a_forced_answer_outlives_what_began_before_it_came() {
    let mut table = Table::default();
    let both = |resource: &str| (request(resource), request_with(resource, |w| w.force_refresh = true));
    let (ordinary, forced) = both("a");
    let (fresh, stale) = (lead(&mut table, &forced), lead(&mut table, &ordinary));
    table.finish(&ordinary, stale.0, &stale.1, Some(&token(&ordinary, "stale", 7200)));
    table.finish(&forced, fresh.0, &fresh.1, Some(&token(&forced, "fresh", 3600)));
    assert_eq!(hit(&mut table, &ordinary).as_deref(), Some("fresh"), "although the other began later");

    let (ordinary, forced) = both("b");
    let (fresh, stale) = (lead(&mut table, &forced), lead(&mut table, &ordinary));
    table.finish(&forced, fresh.0, &fresh.1, Some(&token(&forced, "fresh", 3600)));
    table.finish(&ordinary, stale.0, &stale.1, Some(&token(&ordinary, "stale", 7200)));
    assert_eq!(hit(&mut table, &ordinary).as_deref(), Some("fresh"), "although the other ended later");

    let (ordinary, forced) = both("c");
    let (stale, fresh) = (lead(&mut table, &ordinary), lead(&mut table, &forced));
    table.finish(&forced, fresh.0, &fresh.1, Some(&token(&forced, "too short to be kept", 290)));
    table.finish(&ordinary, stale.0, &stale.1, Some(&token(&ordinary, "stale", 7200)));
    assert_eq!(hit(&mut table, &ordinary), None);
}

#[test]
fn a_renewal_that_brings_less_than_there_is_changes_nothing() {
    let (mut table, request) = (Table::default(), request("a"));
    fill(&mut table, &request, "t", 24 * 3600);
    age(&mut table, &request, Duration::from_secs(13 * 3600));
    let Lookup::Renew { ticket, outcome, .. } = lookup(&mut table, &request) else { panic!("no renewal") };
    table.finish(&request, ticket, &outcome, Some(&token(&request, "short", 200)));
    assert_eq!(hit(&mut table, &request).as_deref(), Some("t"), "nor is there another try right away");
}

#[test]
fn what_is_found_in_the_environment_is_not_what_a_caller_named() {
    let (mut table, mut by_environment) = (Table::default(), request("a"));
    fill(&mut table, &by_environment, "t", 3600);
    by_environment.agent.source = crate::agent::source::Source::Environment;
    assert_eq!(hit(&mut table, &by_environment), None, "others may answer there");
}

#[test]
fn a_long_lived_token_is_renewed_by_one_from_half_of_its_life_on() {
    let (mut table, request) = (Table::default(), request("a"));
    fill(&mut table, &request, "t", 24 * 3600);
    age(&mut table, &request, Duration::from_secs(12 * 3600 - 5));
    assert!(hit(&mut table, &request).is_some());
    age(&mut table, &request, Duration::from_secs(10));
    let Lookup::Renew { ticket, outcome, old, .. } = lookup(&mut table, &request) else { panic!("no renewal") };
    assert_eq!(old.secret(), "t");
    assert_eq!(hit(&mut table, &request).as_deref(), Some("t"), "all others get the old one at once");

    table.finish(&request, ticket, &outcome, None);
    assert_eq!(hit(&mut table, &request).as_deref(), Some("t"), "no other try right after a failure");
    age(&mut table, &request, Duration::from_secs(59));
    assert!(hit(&mut table, &request).is_some());
    age(&mut table, &request, Duration::from_secs(2));
    let Lookup::Renew { ticket, outcome, .. } = lookup(&mut table, &request) else { panic!("no second renewal") };
    table.finish(&request, ticket, &outcome, Some(&token(&request, "u", 24 * 3600)));
    assert_eq!(hit(&mut table, &request).as_deref(), Some("u"));
}

#[test]
fn a_caller_without_a_token_does_not_wait_for_a_renewal() {
    let (mut table, request) = (Table::default(), request("a"));
    fill(&mut table, &request, "t", 24 * 3600);
    age(&mut table, &request, Duration::from_secs(24 * 3600 - 301));
    let Lookup::Renew { ticket: renewal, outcome: renewing, .. } = lookup(&mut table, &request) else { panic!("no renewal") };
    age(&mut table, &request, Duration::from_secs(2));
    let Lookup::Lead(ticket, outcome) = lookup(&mut table, &request) else { panic!("it would get the error of a single try") };
    assert!(matches!(lookup(&mut table, &request), Lookup::Join(joined) if Arc::ptr_eq(&joined, &outcome)));
    table.finish(&request, ticket, &outcome, Some(&token(&request, "u", 3600)));
    table.finish(&request, renewal, &renewing, Some(&token(&request, "begun before", 3600)));
    assert_eq!(hit(&mut table, &request).as_deref(), Some("u"));
}

#[test]
fn a_forced_request_that_failed_is_no_failed_renewal() {
    let (mut table, ordinary) = (Table::default(), request("a"));
    let forced = request_with("a", |w| w.force_refresh = true);
    fill(&mut table, &ordinary, "t", 24 * 3600);
    age(&mut table, &ordinary, Duration::from_secs(13 * 3600));
    let (ticket, outcome) = lead(&mut table, &forced);
    table.finish(&forced, ticket, &outcome, None);
    assert!(matches!(lookup(&mut table, &ordinary), Lookup::Renew { .. }), "a forced request is no renewal");
}

#[test]
fn a_renewal_that_was_given_up_holds_back_the_next_too() {
    let (mut table, request) = (Table::default(), request("a"));
    fill(&mut table, &request, "t", 24 * 3600);
    age(&mut table, &request, Duration::from_secs(13 * 3600));
    let (ticket, outcome) = lead(&mut table, &request);
    outcome.leave();
    table.finish(&request, ticket, &outcome, None);
    assert_eq!(hit(&mut table, &request).as_deref(), Some("t"), "who never waits to its end gets a token all the same");
}

#[test]
fn a_short_lived_token_is_not_renewed_early() {
    let (mut table, request) = (Table::default(), request("a"));
    fill(&mut table, &request, "t", 2 * 3600);
    age(&mut table, &request, Duration::from_secs(6000));
    assert!(hit(&mut table, &request).is_some());
}

#[test]
fn clearing_forgets_all_and_late_answers_do_not_come_back() {
    let (mut table, a, b) = (Table::default(), request("a"), request("b"));
    fill(&mut table, &a, "t", 3600);
    let (ticket, outcome) = lead(&mut table, &b);
    table.clear();
    assert!(table.slots.is_empty() && table.arena.bytes().is_empty());
    table.finish(&b, ticket, &outcome, Some(&token(&b, "late", 3600)));
    assert_eq!((hit(&mut table, &a), hit(&mut table, &b)), (None, None));
}

#[test]
fn replaced_tokens_are_wiped() {
    let mut table = Table::default();
    fill(&mut table, &request("a"), "firsttoken", 3600);
    fill(&mut table, &request("b"), "othertoken", 3600);
    fill_forced(&mut table, "a", "secondtoken", 3600);
    let holds = |table: &Table, text: &str| table.arena.bytes().windows(text.len()).any(|w| w == text.as_bytes());
    assert!(!holds(&table, "firsttoken") && holds(&table, "othertoken") && holds(&table, "secondtoken"));
}

#[test]
fn large_and_many_tokens_come_out_as_they_went_in() {
    let mut table = Table::default();
    let text = |index: usize| format!("{index}-{}", "x".repeat(index * 97 % 5000));
    for index in 0..600 {
        fill(&mut table, &request(&format!("r{index}")), &text(index), 3600);
    }
    for index in 0..600 {
        assert_eq!(hit(&mut table, &request(&format!("r{index}"))), Some(text(index)), "{index}");
    }
}

#[test]
fn the_number_of_entries_is_bounded() {
    let mut table = Table::default();
    for index in 0..MAX_ENTRIES + 50 {
        fill(&mut table, &request(&format!("r{index}")), "t", 3600);
    }
    assert!(table.slots.len() <= MAX_ENTRIES);
    assert!(hit(&mut table, &request(&format!("r{}", MAX_ENTRIES + 49))).is_some());
    for index in 0..50 {
        fill_forced(&mut table, &format!("forced{index}"), "t", 3600);
    }
    assert!(table.slots.len() <= MAX_ENTRIES, "{}", table.slots.len());
    assert!(hit(&mut table, &request("forced49")).is_some());
}

#[test]
fn who_waits_for_the_agent_and_who_does_not_have_exchanges_of_their_own_and_one_token() {
    let (mut table, quick, waiting) = (Table::default(), request("a"), request_with("a", |w| w.wait_for_agent = true));
    let (ticket, outcome) = lead(&mut table, &quick);
    let _ = lead(&mut table, &waiting);
    assert!(matches!(lookup(&mut table, &waiting), Lookup::Join(_)));
    table.finish(&quick, ticket, &outcome, Some(&token(&quick, "t", 3600)));
    assert_eq!(hit(&mut table, &waiting).as_deref(), Some("t"));
}
