//! The way of a notice to the sender of its message (rule A13). It belongs to the tenant of the message and goes by that
//! tenant's send connector. Where that would go by MX to a tenant of ours, or the message was handed over inside by that tenant,
//! the notice is handed over inside too; it is the relay's own mail, so that no inbound connector is asked (rule A9). A notice
//! that has no way is held with the reason.

use core_directory::{SendConnector, SendConnectorId, Snapshot, TenantId};
use io_store::{Direction, QueuedMessage};

use crate::groups::{domain_of, route_of};

/// By which tenant's send connector a notice goes.
pub struct Way {
    /// The tenant.
    pub tenant: TenantId,
    /// Incoming where it is handed over inside.
    pub direction: Direction,
    /// The send connector.
    pub send_connector: SendConnectorId,
    /// The tenant of the message, where it is handed over inside.
    pub handed_over_by: Option<TenantId>,
    /// Why it cannot go.
    pub hold: Option<String>,
}

/// Finds the way to a sender.
pub fn way_to(sender: &str, message: &QueuedMessage, snapshot: &Snapshot) -> Way {
    let own = snapshot.tenant_by_id(message.tenant);
    let connector = own.and_then(|own| route_of(sender, own, snapshot));
    let way = |hold: Option<&str>| Way {
        tenant: message.tenant,
        direction: Direction::Originating,
        send_connector: connector.map_or(message.send_connector, |connector| connector.id),
        handed_over_by: None,
        hold: hold
            .map(|why| format!("bounce to {sender}: {why}; it is not sent unless an administrator lets it go on")),
    };
    if connector.is_some_and(has_next_hop) {
        return way(None);
    }
    let holder = domain_of(sender).and_then(|domain| snapshot.holder(&domain)).filter(|holder| Some(*holder) != own);
    let inside = holder.map(|holder| (snapshot.tenant(holder).id, route_of(sender, holder, snapshot)));
    match (inside, connector) {
        (Some((receiver, route)), _) if connector.is_some() || message.handed_over_by == Some(receiver) => {
            match route.filter(|route| has_next_hop(route)) {
                Some(route) => Way {
                    tenant: receiver,
                    direction: Direction::Incoming,
                    send_connector: route.id,
                    handed_over_by: Some(message.tenant),
                    hold: None,
                },
                None => way(Some("the tenant that holds its domain has no send connector with smart hosts for it")),
            }
        }
        (_, Some(_)) => way(Some("its send connector names no smart host, and delivery by MX is not there yet")),
        (_, None) => way(Some("no send connector takes it")),
    }
}

fn has_next_hop(connector: &SendConnector) -> bool {
    !connector.smart_hosts.is_empty()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use core_directory::{AcceptedDomain, AddressSpace, DirectoryVersion, Domain, SmartHost, Tenant};

    use super::*;
    use crate::tests::queued;

    fn tenant(id: u64, name: &str, connectors: &[(u64, &str, &str)]) -> Tenant {
        let connectors = connectors.iter().map(|(id, space, host)| SendConnector {
            id: SendConnectorId(*id),
            address_spaces: Box::new([AddressSpace::parse(space).unwrap()]),
            ..SendConnector::new(&format!("Connector {id}"), SmartHost::parse(host).into_iter().collect())
        });
        Tenant {
            id: TenantId(id),
            name: name.into(),
            domains: vec![AcceptedDomain::new(Domain::parse(&format!("{name}.com")).unwrap(), true)],
            send_connectors: connectors.collect(),
            ..Tenant::default()
        }
    }

    /// The way from a message of tenant 1: tenant, connector and who hands it over, or why it is held.
    #[test]
    fn notices_find_their_way() {
        let check = |own: &[(u64, &str, &str)], handed_over_by: Option<u64>, sender: &str, wanted: &str| {
            let fabrikam = tenant(2, "fabrikam", &[(20, "fabrikam.com", "hub.fabrikam.com")]);
            let tenants = vec![tenant(1, "contoso", own), fabrikam, tenant(3, "bare", &[(30, "*", "")])];
            let snapshot = Snapshot::new(DirectoryVersion(1), tenants);
            let message = QueuedMessage { handed_over_by: handed_over_by.map(TenantId), ..queued(1, 10, &[]) };
            let way = way_to(sender, &message, &snapshot);
            let by = way.handed_over_by.map_or(String::new(), |by| format!(" by {}", by.0));
            assert_eq!(way.direction == Direction::Incoming, way.handed_over_by.is_some());
            let got = match &way.hold {
                Some(hold) => format!("held: {hold}"),
                None => format!("{} {}{by}", way.tenant.0, way.send_connector.0),
            };
            assert!(got.contains(wanted), "{own:?} to {sender}: {got}, not {wanted}");
        };
        let (smart, by_mx): (&[_], &[_]) = (&[(10, "*", "out.contoso.com")], &[(10, "*", "")]);
        check(smart, None, "a@contoso.com", "1 10");
        check(smart, Some(2), "a@fabrikam.com", "1 10");
        check(by_mx, None, "a@fabrikam.com", "2 20 by 1");
        check(by_mx, None, "a@contoso.com", "names no smart host");
        check(by_mx, None, "a@elsewhere.example", "names no smart host");
        check(by_mx, None, "a@bare.com", "the tenant that holds its domain has no send connector");
        check(&[], Some(2), "a@fabrikam.com", "2 20 by 1");
        check(&[], None, "a@fabrikam.com", "no send connector takes it");
        check(&[], Some(3), "a@fabrikam.com", "no send connector takes it");
        check(&[], None, "a@[192.0.2.1]", "no send connector takes it");
    }
}
