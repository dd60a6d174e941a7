//! By which send connector each recipient of a claimed message goes: the one that took it at reception, or, if that is gone
//! or disabled, the one that would take it now (rule A13). Only connectors of the message's own tenant.

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
        if let Some(own) = own {
            return Self { routed: vec![(own, places.collect())], ..Self::default() };
        }
        let mut groups = Self::default();
        for (place, recipient) in message.recipients.iter().enumerate() {
            match route_of(&recipient.forward_path, tenant, snapshot) {
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

/// The send connector of a tenant that takes mail for an address (without angle brackets).
pub fn route_of<'a>(address: &str, tenant: TenantIndex, snapshot: &'a Snapshot) -> Option<&'a SendConnector> {
    snapshot.route(tenant, &domain_of(address)?)
}

/// The domain of an address, unless it is an address literal or none at all.
fn domain_of(address: &str) -> Option<Domain> {
    let path = ForwardPath::parse(address).ok()?;
    let mailbox = path.mailbox().filter(|mailbox| !mailbox.is_literal())?;
    Domain::parse(mailbox.domain()).ok()
}
