//! Rules A14 and A13: whether attributed mail goes at all, and where. Only send connectors of the tenant that the verdict
//! names are asked.

use core_directory::{SendConnectorId, Snapshot, TenantId};

use crate::indexed::Indexed;
use crate::observed::Observed;
use crate::{Attribution, Direction, Evidence, Refusal, RefusalReply, RuleId, Verdict, rules};

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

/// Puts off the mail of a suspended tenant (450 4.7.1), chooses the send connector, or hands over inside: where a tenant of ours holds the recipient's domain and the route
/// would be by MX, rule A9 is asked with the same evidence. Nothing fits: 451 4.4.4.
pub fn route(evidence: &Evidence, snapshot: &Snapshot, attribution: Attribution) -> Result<Routed, Refusal> {
    match route_in(evidence, snapshot, attribution) {
        Ok(routed) => routed,
        Err(never) => match never {},
    }
}

/// The verdict with the refusals of rules A14 and A13 in it: what the relay says at RCPT TO. Without a recipient there is no route to ask
/// for, and the verdict stays as it is.
pub(crate) fn with_route<E: Observed>(evidence: &E, snapshot: &Snapshot, verdict: Verdict) -> Result<Verdict, E::Gap> {
    match verdict {
        Verdict::Passes(attribution) => Ok(match route_in(evidence, snapshot, attribution)? {
            Ok(_) => verdict,
            Err(refusal) => Verdict::Refused(refusal),
        }),
        Verdict::Refused(_) => Ok(verdict),
    }
}

/// The verdict with rule A14's refusal in it.
pub(crate) fn unless_suspended(snapshot: &Snapshot, verdict: Verdict) -> Verdict {
    let Verdict::Passes(attribution) = verdict else { return verdict };
    suspension(snapshot, attribution).map_or(verdict, Verdict::Refused)
}

/// Rule A14: the refusal, if the tenant is suspended.
fn suspension(snapshot: &Snapshot, attribution: Attribution) -> Option<Refusal> {
    let tenant = snapshot.tenant_by_id(attribution.tenant)?;
    snapshot.tenant(tenant).suspended.then_some(Refusal {
        reply: RefusalReply::Suspended,
        rule: RuleId::A14,
        tenant: Some(attribution.tenant),
        connector: attribution.connector,
    })
}

/// Whether the relay delivers by MX. Until it does, a route by MX is none: better said at RCPT TO, while the sender has
/// the mail, than found out in the queue.
const DELIVERS_BY_MX: bool = false;

type Choice<E> = Result<Result<Routed, Refusal>, <E as Observed>::Gap>;

fn route_in<E: Observed>(evidence: &E, snapshot: &Snapshot, attribution: Attribution) -> Choice<E> {
    if let Some(refusal) = suspension(snapshot, attribution) {
        return Ok(Err(refusal));
    }
    let no_route = Err(Refusal {
        reply: RefusalReply::NoRoute,
        rule: RuleId::A13,
        tenant: Some(attribution.tenant),
        connector: attribution.connector,
    });
    let Some(recipient) = evidence.recipient()? else { return Ok(no_route) };
    let tenant = snapshot.tenant_by_id(attribution.tenant);
    let Some(connector) = tenant.and_then(|tenant| snapshot.route(tenant, recipient)) else { return Ok(no_route) };
    let chosen = Routed { attribution, send_connector: connector.id, handed_over_by: None };
    if !connector.smart_hosts.is_empty() {
        return Ok(Ok(chosen));
    }
    let handed_over = |receiver| attribution.direction == Direction::Originating && Some(receiver) != tenant;
    match snapshot.holder(recipient) {
        None if DELIVERS_BY_MX => Ok(Ok(chosen)),
        None => Ok(no_route),
        // A tenant's own mail to its own domain is not handed over to itself: A9 would take it for direct send.
        Some(receiver) if handed_over(receiver) => {
            match rules::incoming(&Indexed::new(evidence, snapshot), receiver)? {
                Verdict::Passes(incoming) => {
                    let routed = route_in(evidence, snapshot, incoming)?;
                    Ok(routed.map(|routed| Routed { handed_over_by: Some(attribution.tenant), ..routed }))
                }
                Verdict::Refused(refusal) => Ok(Err(refusal)),
            }
        }
        // By MX the mail would come back to us.
        Some(_) => Ok(no_route),
    }
}
