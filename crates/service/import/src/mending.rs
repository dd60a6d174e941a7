//! What validation would refuse is left out with its reason, until nothing is left that it would refuse: so the file can be
//! applied as it is, and each thing put right by itself.

use std::collections::HashMap;

use core_directory::{Fault, FaultCode, Field, ObjectKind, Standing, Tenant, validate};
use proto_directory_file::AnnotatedObject;
use serde_json::{Value as Json, json};

use crate::account::Reason;
use crate::drafts::{Draft, DraftId, Drafts};

/// How often fields are left out before whole objects are: what one of them was needed by may be a fault then.
const ROUNDS: usize = 4;

/// Leaves out what validation refuses.
pub(crate) fn mend(drafts: &mut Drafts) {
    for round in 0.. {
        let faults = validate(&tenants(drafts), Standing::Operator);
        if faults.is_empty() {
            return;
        }
        let index = index(drafts);
        for fault in faults {
            let key = (fault.path.tenant.clone(), fault.path.kind, fault.path.name.clone());
            let found = index.get(&key).map(Vec::as_slice).unwrap_or_default();
            // Of two with one name the first stays.
            let id = if matches!(fault.code, FaultCode::Duplicate(_)) { found.last() } else { found.first() };
            if let Some(draft) = id.and_then(|id| drafts.get_mut(*id)) {
                mend_one(draft, &fault, round >= ROUNDS);
            }
        }
        if round > 2 * ROUNDS {
            return;
        }
    }
}

/// The drafts that are in force, as the directory would have them.
pub(crate) fn tenants(drafts: &Drafts) -> Vec<Tenant> {
    let mut tenants: Vec<Tenant> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (_, draft) in drafts.iter().filter(|(_, draft)| draft.out.is_none()) {
        let place = *places.entry(&draft.tenant).or_insert_with(|| {
            tenants.push(Tenant { name: draft.tenant.as_str().into(), ..Tenant::default() });
            tenants.len() - 1
        });
        let Some(tenant) = tenants.get_mut(place) else { continue };
        match &draft.object {
            AnnotatedObject::Domain(domain) => tenant.domains.push(domain.clone()),
            AnnotatedObject::InboundConnector(connector) => tenant.inbound_connectors.push(connector.clone()),
            AnnotatedObject::SendConnector(connector) => tenant.send_connectors.push(connector.clone()),
            // Certificates are left out always: their files are not at hand.
            AnnotatedObject::Tenant(_) | AnnotatedObject::Certificate { .. } => {}
        }
    }
    tenants
}

type Index = HashMap<(String, ObjectKind, String), Vec<DraftId>>;

fn index(drafts: &Drafts) -> Index {
    let mut index = Index::new();
    for (id, draft) in drafts.iter().filter(|(_, draft)| draft.out.is_none()) {
        index.entry((draft.tenant.clone(), draft.kind(), draft.name().to_owned())).or_default().push(id);
    }
    index
}

fn mend_one(draft: &mut Draft, fault: &Fault, is_late: bool) {
    let reason = Reason::new(fault.code.to_string(), "put it right here, and take the remark signs away");
    if is_late || !reset(draft, fault, &reason) {
        draft.out.get_or_insert(reason);
    }
}

/// Takes a field away. False: the object is nothing without it.
fn reset(draft: &mut Draft, fault: &Fault, reason: &Reason) -> bool {
    let field = fault.field;
    if let Some(connector) = draft.inbound() {
        let restricts = match field {
            Field::AssociatedAcceptedDomains => {
                let value = texts(&connector.associated_accepted_domains);
                connector.associated_accepted_domains = Box::default();
                Some(value)
            }
            Field::PinnedCertificates => {
                let value = texts(&connector.pinned_certificates);
                connector.pinned_certificates = Box::default();
                Some(value)
            }
            Field::RestrictDomainsToIpAddresses => {
                Some(json!(std::mem::take(&mut connector.restrict_domains_to_ip_addresses)))
            }
            Field::RestrictDomainsToCertificate => {
                Some(json!(std::mem::take(&mut connector.restrict_domains_to_certificate)))
            }
            Field::RequireClientAuth => Some(json!(std::mem::take(&mut connector.require_client_auth))),
            _ => None,
        };
        if let Some(value) = restricts {
            draft.leave_out_restriction(field, value, reason.clone());
            return true;
        }
        if field == Field::AnySender && connector.any_sender {
            connector.any_sender = false;
            draft.leave_out(field, json!(true), reason.clone());
            return true;
        }
        return false;
    }
    let Some(connector) = draft.send() else { return false };
    let value = match field {
        Field::TlsDomain => connector.tls_domain.take().map(|name| json!(name.to_string())),
        Field::Certificate => connector.certificate.take().map(|name| json!(name)),
        _ => None,
    };
    let Some(value) = value else { return false };
    draft.leave_out(field, value, reason.clone());
    true
}

fn texts<T: ToString>(items: &[T]) -> Json {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().into()
}
