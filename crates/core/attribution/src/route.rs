//! Rule A13: where attributed mail goes. Only send connectors of the tenant that the verdict names are asked.

use core_directory::{SendConnectorId, Snapshot, TenantId};

use crate::{Attribution, Direction, Evidence, Refusal, RefusalReply, RuleId, Verdict, decide_incoming};

/// Where a recipient's mail goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Routed {
    /// Whose mail it is where it is stored. Handed over inside, it is Incoming to the receiving tenant.
    pub attribution: Attribution,
    /// The send connector of that tenant.
    pub send_connector: SendConnectorId,
    /// The tenant that sent it, when it was handed over inside the relay.
    pub handed_over_by: Option<TenantId>,
}

/// Chooses the send connector, or hands over inside: where a tenant of ours holds the recipient's domain and the route
/// would be by MX, rule A9 is asked with the same evidence. Nothing fits: 451 4.4.4.
pub fn route(evidence: &Evidence, snapshot: &Snapshot, attribution: Attribution) -> Result<Routed, Refusal> {
    let no_route = |attribution: Attribution| Refusal {
        reply: RefusalReply::NoRoute,
        rule: RuleId::A13,
        tenant: Some(attribution.tenant),
        connector: None,
    };
    let recipient = evidence.rcpt_to.as_ref().ok_or(no_route(attribution))?;
    let chosen = snapshot.tenant_by_id(attribution.tenant).and_then(|tenant| snapshot.route(tenant, recipient));
    let holder = snapshot.holder(recipient);
    match (chosen, holder) {
        (Some(connector), None) => Ok(Routed { attribution, send_connector: connector.id, handed_over_by: None }),
        (Some(connector), Some(_)) if !connector.smart_hosts.is_empty() => {
            Ok(Routed { attribution, send_connector: connector.id, handed_over_by: None })
        }
        // A tenant's own mail to its own domain is not handed over to itself: A9 would take it for direct send.
        (Some(_), Some(receiver))
            if attribution.direction == Direction::Originating
                && snapshot.tenant(receiver).id != attribution.tenant =>
        {
            match decide_incoming(evidence, snapshot, receiver) {
                Verdict::Passes(incoming) => {
                    let routed = route(evidence, snapshot, incoming)?;
                    Ok(Routed { handed_over_by: Some(attribution.tenant), ..routed })
                }
                Verdict::Refused(refusal) => Err(refusal),
            }
        }
        // By MX the mail would come back to us.
        (Some(_), Some(_)) | (None, _) => Err(no_route(attribution)),
    }
}
