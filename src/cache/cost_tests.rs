//! What a call costs that the cache answers, in something that no busy machine changes.
#![cfg(feature = "wiping-allocator")]

use std::time::Duration;

use super::*;
use crate::claims::Claims;
use crate::discovery::Machine;
use crate::http::unix_now;
use crate::plan::Wishes;
use crate::request::TokenRequest;
use crate::secret::Secret;
use crate::sys::ALLOCATIONS;

/// As many as it takes today. Whoever needs more has to say here what for.
const MOST: u64 = 20;

#[test]
fn a_cached_call_allocates_little() {
    let endpoint = "http://127.0.0.1:9/cost";
    let wishes = Wishes { resource: "https://cost".into(), endpoint: Some(endpoint.into()), ..Wishes::default() };
    let (log, now) = (Log::new(), Instant::now());
    let plan = Plan::new(&wishes, &Machine::this(), &log).unwrap();
    let later = now + Duration::from_secs(60);
    let Claim::Lead(start, exchange) = claim(&plan, later, later, &log) else { panic!("somebody else used this endpoint") };
    let token = AccessToken::new(
        Secret::new(&[b'x'; 2000]),
        unix_now() + 3600,
        plan.resource.clone(),
        Claims::default(),
        plan.agent.clone(),
        Log::new(),
    );
    finish(&plan, start, &exchange, Some(&token));

    let request = TokenRequest::new("https://cost").endpoint(endpoint);
    request.send().unwrap();
    let before = ALLOCATIONS.get();
    let calls = 100;
    for _ in 0..calls {
        assert_eq!(request.send().unwrap().secret().len(), 2000);
    }
    let each = (ALLOCATIONS.get() - before) / calls;
    assert!(each <= MOST, "{each} allocations for each call");
}
