//! What a caller wishes, with parts split by NUL: what is sent is that and nothing more.

use std::path::PathBuf;

use crate::discovery::Machine;
use crate::error::ErrorKind;
use crate::log::Log;
use crate::plan::{Plan, Wishes};

pub(super) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.split('\0').map(|part| Some(part).filter(|part| !part.is_empty()));
    let mut part = || parts.next().flatten();
    let (resource, endpoint, variable) = (part().unwrap_or_default(), part(), part());
    let mut owned = || part().map(str::to_owned);
    let wishes = Wishes {
        resource: resource.to_owned(),
        endpoint: endpoint.map(str::to_owned),
        client_id: owned(),
        object_id: owned(),
        identity_resource_id: owned(),
        api_version: owned(),
        key_directory: owned().map(PathBuf::from),
        force_refresh: owned().is_some(),
        timeout: None,
    };
    // Not installed here, so that nothing but the values decides.
    let machine = Machine {
        environment: &|_| variable.map(str::to_owned),
        agent_program: Some("/arc-token/no/such/program".into()),
        service_configuration: None,
    };
    match Plan::new(&wishes, &machine, &Log::new()) {
        Ok(plan) => sent(&wishes, &plan),
        Err(error) => {
            let expected = matches!(
                error,
                ErrorKind::InvalidArgument { .. } | ErrorKind::EndpointRefused { .. } | ErrorKind::AgentNotInstalled { .. }
            );
            assert!(expected, "{error:?}");
            super::assert_plain(&error.to_string());
        }
    }
}

fn sent(wishes: &Wishes, plan: &Plan) {
    let url = plan.url();
    assert!(plan.agent.endpoint.address().ip().is_loopback());
    let audience = wishes.resource.strip_suffix("/.default").unwrap_or(&wishes.resource);
    let mut expected = vec![("api-version", wishes.api_version.as_deref().unwrap_or("2020-06-01")), ("resource", audience)];
    let ids = [("client_id", &wishes.client_id), ("object_id", &wishes.object_id), ("msi_res_id", &wishes.identity_resource_id)];
    expected.extend(ids.into_iter().filter_map(|(name, id)| Some((name, id.as_deref()?))));
    expected.extend(wishes.force_refresh.then_some(("bypass_cache", "true")));
    assert!(expected.len() <= 4, "more than one identity");
    let got: Vec<_> = url.query_pairs().into_owned().collect();
    let got: Vec<_> = got.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(got, expected, "{url}");
    assert!(got.iter().all(|(_, value)| !value.is_empty() && !value.contains(char::is_control)));
    assert!(wishes.key_directory.as_deref().is_none_or(|path| path.is_absolute() && wishes.endpoint.is_some()));
}
