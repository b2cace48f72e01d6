//! The cache's rules, without an agent: what is handed out when, to whom, and what is forgotten.

use super::*;
use crate::discovery::Machine;
use crate::plan::Wishes;
use crate::secret::Secret;

fn plan(resource: &str) -> Plan {
    plan_with(resource, |_| ())
}

fn plan_with(resource: &str, change: impl FnOnce(&mut Wishes)) -> Plan {
    let mut wishes = Wishes { resource: resource.into(), endpoint: Some("http://127.0.0.1:9".into()), ..Wishes::default() };
    change(&mut wishes);
    Plan::new(&wishes, &Machine::this(), &Log::new()).unwrap()
}

fn token(plan: &Plan, text: &str, life: i64) -> AccessToken {
    let (secret, end) = (Secret::new(text.as_bytes()), unix_now() + life);
    AccessToken::new(secret, end, plan.resource.clone(), Claims::default(), plan.agent.clone(), Log::new())
}

fn claim(table: &mut Table, plan: &Plan) -> Claim {
    let now = Instant::now();
    table.claim(plan, now + Duration::from_secs(60), now + Duration::from_secs(2), &Log::new())
}

fn lead(table: &mut Table, plan: &Plan) -> (Start, Arc<ExchangeState>) {
    match claim(table, plan) {
        Claim::Lead(start, exchange) | Claim::Renew(start, exchange, _) => (start, exchange),
        Claim::Hit(_) | Claim::Join(_) => panic!("no exchange is wanted"),
    }
}

fn fill(table: &mut Table, plan: &Plan, text: &str, life: i64) {
    let (start, exchange) = lead(table, plan);
    table.finish(plan, start, &exchange, Some(&token(plan, text, life)));
}

fn hit(table: &mut Table, plan: &Plan) -> Option<String> {
    match claim(table, plan) {
        Claim::Hit(token) => Some(token.secret().to_owned()),
        _ => None,
    }
}

impl Table {
    /// Moves an entry back in time, as if it had been kept for so long.
    pub(in crate::cache) fn age(&mut self, plan: &Plan, by: Duration) {
        let slot = self.slots.get_mut(plan).unwrap();
        let entry = slot.entry.as_mut().unwrap();
        entry.usable_until -= by;
        entry.renew_from = entry.renew_from.map(|from| from - by);
        slot.renewal_failed = slot.renewal_failed.map(|at| at - by);
    }
}

fn age(table: &mut Table, plan: &Plan, by: Duration) {
    table.age(plan, by);
}

#[test]
fn a_token_is_used_until_five_minutes_before_its_end() {
    let (mut table, plan) = (Table::default(), plan("a"));
    fill(&mut table, &plan, "t", 301);
    assert_eq!(hit(&mut table, &plan).as_deref(), Some("t"));
    fill_forced(&mut table, "a", "u", 299);
    assert_eq!(hit(&mut table, &plan), None);
}

fn fill_forced(table: &mut Table, resource: &str, text: &str, life: i64) {
    fill(table, &plan_with(resource, |w| w.force_refresh = true), text, life);
}

#[test]
fn the_monotonic_clock_ends_a_token_too() {
    let (mut table, plan) = (Table::default(), plan("a"));
    fill(&mut table, &plan, "t", 3600);
    age(&mut table, &plan, Duration::from_secs(3299));
    assert!(hit(&mut table, &plan).is_some());
    age(&mut table, &plan, Duration::from_secs(2));
    assert_eq!(hit(&mut table, &plan), None);
}

#[test]
fn everything_that_shapes_the_answer_keeps_entries_apart() {
    let mut table = Table::default();
    let plans = [
        plan("a"),
        plan("a/"),
        plan_with("a", |w| w.endpoint = Some("http://127.0.0.1:10".into())),
        plan_with("a", |w| w.key_directory = Some("/x".into())),
        plan_with("a", |w| w.api_version = Some("2019-11-01".into())),
        plan_with("a", |w| w.client_id = Some("i".into())),
        plan_with("a", |w| w.object_id = Some("i".into())),
        plan_with("a", |w| w.identity_resource_id = Some("i".into())),
    ];
    for (index, plan) in plans.iter().enumerate() {
        fill(&mut table, plan, &index.to_string(), 3600);
    }
    for (index, plan) in plans.iter().enumerate() {
        assert_eq!(hit(&mut table, plan), Some(index.to_string()));
    }
    assert_eq!(hit(&mut table, &plan("a/.default")).as_deref(), Some("0"));
}

#[test]
fn the_same_request_joins_and_another_does_not() {
    let (mut table, a) = (Table::default(), plan("a"));
    let (start, exchange) = lead(&mut table, &a);
    assert!(matches!(claim(&mut table, &a), Claim::Join(joined) if Arc::ptr_eq(&joined, &exchange)));
    assert!(matches!(claim(&mut table, &plan("b")), Claim::Lead(..)));
    table.finish(&a, start, &exchange, None);
    assert!(matches!(claim(&mut table, &a), Claim::Lead(..)), "an error is not kept");
}

#[test]
fn an_exchange_that_all_have_left_is_not_joined() {
    let (mut table, plan) = (Table::default(), plan("a"));
    let (_, exchange) = lead(&mut table, &plan);
    let Claim::Join(joined) = claim(&mut table, &plan) else { panic!() };
    exchange.leave();
    assert!(matches!(claim(&mut table, &plan), Claim::Join(_)), "one still waits");
    joined.leave();
    joined.leave();
    assert!(matches!(claim(&mut table, &plan), Claim::Lead(..)));
}

#[test]
fn a_forced_request_skips_the_cache_joins_nobody_and_replaces_the_entry() {
    let (mut table, ordinary) = (Table::default(), plan("a"));
    let forced = plan_with("a", |w| w.force_refresh = true);
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
    let both = |resource: &str| (plan(resource), plan_with(resource, |w| w.force_refresh = true));
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
    let (mut table, plan) = (Table::default(), plan("a"));
    fill(&mut table, &plan, "t", 24 * 3600);
    age(&mut table, &plan, Duration::from_secs(13 * 3600));
    let Claim::Renew(start, exchange, _) = claim(&mut table, &plan) else { panic!("no renewal") };
    table.finish(&plan, start, &exchange, Some(&token(&plan, "short", 200)));
    assert_eq!(hit(&mut table, &plan).as_deref(), Some("t"), "nor is there another try right away");
}

#[test]
fn what_is_found_in_the_environment_is_not_what_a_caller_named() {
    let (mut table, mut by_environment) = (Table::default(), plan("a"));
    fill(&mut table, &by_environment, "t", 3600);
    by_environment.agent.source = crate::discovery::Source::Environment;
    assert_eq!(hit(&mut table, &by_environment), None, "others may answer there");
}

#[test]
fn a_long_lived_token_is_renewed_by_one_from_half_of_its_life_on() {
    let (mut table, plan) = (Table::default(), plan("a"));
    fill(&mut table, &plan, "t", 24 * 3600);
    age(&mut table, &plan, Duration::from_secs(12 * 3600 - 5));
    assert!(hit(&mut table, &plan).is_some());
    age(&mut table, &plan, Duration::from_secs(10));
    let Claim::Renew(start, exchange, old) = claim(&mut table, &plan) else { panic!("no renewal") };
    assert_eq!(old.secret(), "t");
    assert_eq!(hit(&mut table, &plan).as_deref(), Some("t"), "all others get the old one at once");

    table.finish(&plan, start, &exchange, None);
    assert_eq!(hit(&mut table, &plan).as_deref(), Some("t"), "no other try right after a failure");
    age(&mut table, &plan, Duration::from_secs(59));
    assert!(hit(&mut table, &plan).is_some());
    age(&mut table, &plan, Duration::from_secs(2));
    let Claim::Renew(start, exchange, _) = claim(&mut table, &plan) else { panic!("no second renewal") };
    table.finish(&plan, start, &exchange, Some(&token(&plan, "u", 24 * 3600)));
    assert_eq!(hit(&mut table, &plan).as_deref(), Some("u"));
}

#[test]
fn a_caller_without_a_token_does_not_wait_for_a_renewal() {
    let (mut table, plan) = (Table::default(), plan("a"));
    fill(&mut table, &plan, "t", 24 * 3600);
    age(&mut table, &plan, Duration::from_secs(24 * 3600 - 301));
    let Claim::Renew(renewal, renewing, _) = claim(&mut table, &plan) else { panic!("no renewal") };
    age(&mut table, &plan, Duration::from_secs(2));
    let Claim::Lead(start, exchange) = claim(&mut table, &plan) else { panic!("it would get the error of a single try") };
    assert!(matches!(claim(&mut table, &plan), Claim::Join(joined) if Arc::ptr_eq(&joined, &exchange)));
    table.finish(&plan, start, &exchange, Some(&token(&plan, "u", 3600)));
    table.finish(&plan, renewal, &renewing, Some(&token(&plan, "begun before", 3600)));
    assert_eq!(hit(&mut table, &plan).as_deref(), Some("u"));
}

#[test]
fn a_forced_request_that_failed_is_no_failed_renewal() {
    let (mut table, ordinary) = (Table::default(), plan("a"));
    let forced = plan_with("a", |w| w.force_refresh = true);
    fill(&mut table, &ordinary, "t", 24 * 3600);
    age(&mut table, &ordinary, Duration::from_secs(13 * 3600));
    let (start, exchange) = lead(&mut table, &forced);
    table.finish(&forced, start, &exchange, None);
    assert!(matches!(claim(&mut table, &ordinary), Claim::Renew(..)), "a forced request is no renewal");
}

#[test]
fn a_renewal_that_was_given_up_holds_back_the_next_too() {
    let (mut table, plan) = (Table::default(), plan("a"));
    fill(&mut table, &plan, "t", 24 * 3600);
    age(&mut table, &plan, Duration::from_secs(13 * 3600));
    let (start, exchange) = lead(&mut table, &plan);
    exchange.leave();
    table.finish(&plan, start, &exchange, None);
    assert_eq!(hit(&mut table, &plan).as_deref(), Some("t"), "who never waits to its end gets a token all the same");
}

#[test]
fn a_short_lived_token_is_not_renewed_early() {
    let (mut table, plan) = (Table::default(), plan("a"));
    fill(&mut table, &plan, "t", 2 * 3600);
    age(&mut table, &plan, Duration::from_secs(6000));
    assert!(hit(&mut table, &plan).is_some());
}

#[test]
fn clearing_forgets_all_and_late_answers_do_not_come_back() {
    let (mut table, a, b) = (Table::default(), plan("a"), plan("b"));
    fill(&mut table, &a, "t", 3600);
    let (start, exchange) = lead(&mut table, &b);
    table.clear();
    assert!(table.slots.is_empty() && table.arena.bytes().is_empty());
    table.finish(&b, start, &exchange, Some(&token(&b, "late", 3600)));
    assert_eq!((hit(&mut table, &a), hit(&mut table, &b)), (None, None));
}

#[test]
fn replaced_tokens_are_wiped() {
    let mut table = Table::default();
    fill(&mut table, &plan("a"), "firsttoken", 3600);
    fill(&mut table, &plan("b"), "othertoken", 3600);
    fill_forced(&mut table, "a", "secondtoken", 3600);
    let holds = |table: &Table, text: &str| table.arena.bytes().windows(text.len()).any(|w| w == text.as_bytes());
    assert!(!holds(&table, "firsttoken") && holds(&table, "othertoken") && holds(&table, "secondtoken"));
}

#[test]
fn large_and_many_tokens_come_out_as_they_went_in() {
    let mut table = Table::default();
    let text = |index: usize| format!("{index}-{}", "x".repeat(index * 97 % 5000));
    for index in 0..600 {
        fill(&mut table, &plan(&format!("r{index}")), &text(index), 3600);
    }
    for index in 0..600 {
        assert_eq!(hit(&mut table, &plan(&format!("r{index}"))), Some(text(index)), "{index}");
    }
}

#[test]
fn the_number_of_entries_is_bounded() {
    let mut table = Table::default();
    for index in 0..MOST_ENTRIES + 50 {
        fill(&mut table, &plan(&format!("r{index}")), "t", 3600);
    }
    assert!(table.slots.len() <= MOST_ENTRIES);
    assert!(hit(&mut table, &plan(&format!("r{}", MOST_ENTRIES + 49))).is_some());
    for index in 0..50 {
        fill_forced(&mut table, &format!("forced{index}"), "t", 3600);
    }
    assert!(table.slots.len() <= MOST_ENTRIES, "{}", table.slots.len());
    assert!(hit(&mut table, &plan("forced49")).is_some());
}
