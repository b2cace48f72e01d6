//! Advice for errors of Microsoft Entra, which come through the agent. Their numbers tell more than the agent's HTTP status.

use super::agent_words::AgentWords;
use crate::audience::table;
use crate::sys;

/// The advice for what Entra says. `None` where it says nothing, or a number without an advice of its own.
pub(super) fn advice(words: &AgentWords, resource: Option<&str>) -> Option<String> {
    let asked = resource.map_or_else(|| "the resource".to_owned(), |resource| format!("the resource '{resource}'"));
    Some(match words.entra_error()? {
        // No service, a service that is switched off, a service that lets in only who is assigned to it.
        500_011 | 650_057 => format!(
            "Check {asked}: Microsoft Entra knows no service by this address in the machine's tenant. A slash at the end counts.{} The agent \
             itself works.",
            resource.and_then(in_other_clouds).unwrap_or_default()
        ),
        500_014 => format!("Check {asked}: the service is switched off in the machine's tenant. Its administrator can switch it on."),
        501_051 | 50_105 => {
            format!("Assign the machine's identity to the service behind {asked}: it lets in only identities that are assigned to it.")
        }
        53_003 => "A Conditional Access policy keeps the machine's identity out. Ask who administers the tenant's policies for workload identities.".to_owned(),
        // The certificate by which the agent signs in has ended, or is not the one that Entra knows; or the identity is gone.
        700_027 | 700_016 | 7_000_112 | 7_000_229 => format!(
            "Microsoft Entra does not know the machine any more: its certificate has ended, or its identity was deleted, as after a time \
             without a connection. Connect it anew: 'azcmagent disconnect --force-local-only', then 'azcmagent connect'; the agent's log is {}.",
            sys::AGENT_LOG
        ),
        700_024 => "Set this machine's time: Microsoft Entra finds the agent's proof not valid yet, or ended.".to_owned(),
        _ => return None,
    })
}

/// How to ask for the same service if the machine is in another cloud.
fn in_other_clouds(resource: &str) -> Option<String> {
    let (here, others) = table::elsewhere(resource)?;
    let others: Vec<_> = others.iter().map(|there| format!("{} ('{}')", there.cloud.name(), there.resource)).collect();
    Some(format!(
        " It is that of {} in {}: if the machine is in another cloud, ask with -ResourceTypeName {} -Environment {} in place of -Resource.",
        here.service,
        here.cloud.name(),
        here.service,
        others.join(" or ")
    ))
}
