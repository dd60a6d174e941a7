//! By which send connector each recipient of a claimed message goes: the one that took it at reception, or, if that is gone,
//! disabled or no longer for this domain, the one that would take it now (rule A13). Only connectors of the message's own
//! tenant.

use core_directory::{Domain, SendConnector, Snapshot, TenantIndex};
use io_store::QueuedMessage;
use proto_smtp::ForwardPath;

/// The recipients of one message, by route.
#[derive(Debug, Default)]
pub struct Groups<'a> {
    /// Send connectors with the places of their recipients.
    pub routed: Vec<(&'a SendConnector, Vec<usize>)>,
    /// The places of those that no send connector takes.
    pub unrouted: Vec<usize>,
}

impl<'a> Groups<'a> {
    /// Groups the message's recipients.
    pub fn of(message: &QueuedMessage, snapshot: &'a Snapshot) -> Self {
        let places = 0..message.recipients.len();
        let Some(tenant) = snapshot.tenant_by_id(message.tenant) else {
            return Self { unrouted: places.collect(), ..Self::default() };
        };
        let own = snapshot.send_connector(tenant, message.send_connector).filter(|connector| connector.enabled);
        let mut groups = Self::default();
        for (place, recipient) in message.recipients.iter().enumerate() {
            let own = own.filter(|connector| takes(connector, &recipient.forward_path));
            match own.or_else(|| route_of(&recipient.forward_path, tenant, snapshot)) {
                Some(connector) => groups.add(connector, place),
                None => groups.unrouted.push(place),
            }
        }
        groups
    }

    fn add(&mut self, connector: &'a SendConnector, place: usize) {
        match self.routed.iter_mut().find(|(known, _)| known.id == connector.id) {
            Some((_, places)) => places.push(place),
            None => self.routed.push((connector, vec![place])),
        }
    }
}

/// Whether a send connector still takes mail for an address. An address without a domain stays with what it was given to.
fn takes(connector: &SendConnector, address: &str) -> bool {
    domain_of(address).is_none_or(|domain| connector.address_spaces.iter().any(|space| space.scope.contains(&domain)))
}

/// The send connector of a tenant that takes mail for an address (without angle brackets).
pub fn route_of<'a>(address: &str, tenant: TenantIndex, snapshot: &'a Snapshot) -> Option<&'a SendConnector> {
    snapshot.route(tenant, &domain_of(address)?)
}

/// The domain of an address, unless it is an address literal or none at all.
pub fn domain_of(address: &str) -> Option<Domain> {
    let path = ForwardPath::parse(address).ok()?;
    let mailbox = path.mailbox().filter(|mailbox| !mailbox.is_literal())?;
    Domain::parse(mailbox.domain()).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use core_directory::{AddressSpace, DirectoryVersion, SendConnectorId, Tenant, TenantId};

    use super::*;
    use crate::tests::queued;

    fn connector(id: u64, space: &str, enabled: bool) -> SendConnector {
        SendConnector {
            id: SendConnectorId(id),
            enabled,
            address_spaces: Box::new([AddressSpace::parse(space).unwrap()]),
            ..SendConnector::new(&format!("Connector {id}"), Box::default())
        }
    }

    #[test]
    fn recipients_go_by_what_takes_them() {
        let contoso = Tenant {
            id: TenantId(1),
            name: "contoso".into(),
            send_connectors: vec![
                connector(1, "*;1", true),
                connector(2, "example.com;1", true),
                connector(3, "*.example.org;1", false),
                connector(4, "*.example.org;2", true),
            ],
            ..Tenant::default()
        };
        let fabrikam = Tenant {
            id: TenantId(2),
            name: "fabrikam".into(),
            send_connectors: vec![connector(5, "*;1", true)],
            ..Tenant::default()
        };
        let bare = Tenant { id: TenantId(1), name: "contoso".into(), ..Tenant::default() };
        let whole = Snapshot::new(DirectoryVersion(1), vec![contoso, fabrikam.clone()]);
        let empty = Snapshot::new(DirectoryVersion(2), vec![bare, fabrikam]);
        let check =
            |snapshot: &Snapshot, connector: u64, paths: &[&str], routed: &[(u64, &[usize])], unrouted: &[usize]| {
                let message = queued(1, connector, paths);
                let groups = Groups::of(&message, snapshot);
                let got: Vec<_> =
                    groups.routed.iter().map(|(connector, places)| (connector.id.0, &places[..])).collect();
                assert_eq!((&got[..], &groups.unrouted[..]), (routed, unrouted), "connector {connector}, {paths:?}");
            };
        // The connector that took it, though another would fit better now.
        check(&whole, 1, &["a@example.com", "b@example.com"], &[(1, &[0, 1])], &[]);
        // It no longer takes the domain; it is disabled; it is gone; it is another tenant's.
        check(&whole, 2, &["a@example.com", "b@example.net"], &[(2, &[0]), (1, &[1])], &[]);
        check(&whole, 3, &["a@b.example.org", "b@example.com"], &[(4, &[0]), (2, &[1])], &[]);
        check(&whole, 9, &["a@example.com"], &[(2, &[0])], &[]);
        check(&whole, 5, &["a@example.com"], &[(2, &[0])], &[]);
        // Addresses without a domain stay, as long as there is something to stay with.
        check(&whole, 2, &["a@[192.0.2.1]", "postmaster"], &[(2, &[0, 1])], &[]);
        check(&whole, 9, &["a@[192.0.2.1]", "postmaster", "nonsense"], &[], &[0, 1, 2]);
        check(&empty, 1, &["a@example.com"], &[], &[0]);
        check(&Snapshot::empty(), 1, &["a@example.com"], &[], &[0]);
    }
}
