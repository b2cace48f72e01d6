//! The cost of a call that finds its token in the cache. It is counted in allocations, as times change with the load of the machine.
#![cfg(feature = "wiping-allocator")]

use std::time::Duration;

use super::*;
use crate::agent::host_environment::HostEnvironment;
use crate::request::token_request::{RequestParams, TokenRequest};
use crate::request::wanted::Wanted;
use crate::secret::bytes::Secret;
use crate::sys::ALLOCATIONS;
use crate::text::time::unix_now;
use crate::token::claims::Claims;

/// The number of allocations today. If a change needs more, give the reason here.
const MOST: u64 = 20;

#[test]
fn a_cached_call_allocates_little() {
    let endpoint = "http://127.0.0.1:9/cost";
    let params =
        RequestParams { wanted: Wanted::Resource("https://cost".into()), endpoint: Some(endpoint.into()), ..RequestParams::default() };
    let (log, now) = (Log::new(), Instant::now());
    let request = ValidatedRequest::new(&params, &HostEnvironment::this(), &log).unwrap();
    let later = now + Duration::from_secs(60);
    let Lookup::Lead(ticket, outcome) = lookup(&request, later, &log) else { panic!("somebody else used this endpoint") };
    let token = AccessToken::new(
        Secret::new(&[b'x'; 2000]),
        unix_now() + 3600,
        request.resource.clone(),
        Claims::default(),
        request.agent.origin(),
        Log::new(),
    );
    finish(&request, ticket, &outcome, Some(&token));

    let cached = TokenRequest::new("https://cost").endpoint(endpoint);
    cached.send().unwrap();
    let before = ALLOCATIONS.get();
    let calls = 100;
    for _ in 0..calls {
        assert_eq!(cached.send().unwrap().secret().len(), 2000);
    }
    let each = (ALLOCATIONS.get() - before) / calls;
    assert!(each <= MOST, "{each} allocations for each call");
}
