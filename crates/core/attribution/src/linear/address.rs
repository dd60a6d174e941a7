//! Rule A7 over a partial directory, with Microsoft's open points.

use std::collections::BTreeSet;
use std::net::IpAddr;

use core_directory::{ConnectorType, Field, InboundConnector};

use super::{Candidate, Linear, Result};
use crate::observed::Observed;
use crate::partial_directory::{Judge, Reading};
use crate::rules::{Found, View};
use crate::{Query, proof};

impl Linear<'_> {
    /// Rule A7.
    pub(super) fn address_pass(&self, address: IpAddr) -> Result<Option<Candidate>> {
        let covering = self.addressed(address)?;
        if !covering.is_empty() {
            let holder = self.sender_holder()?;
            for &handle in &covering {
                let tenant = self.connectors[handle].0;
                if self.speaks_by_address(tenant, holder)? && self.admits_address(handle)? {
                    return Ok(Some(Found { tenant, connector: Some(handle) }));
                }
            }
            if let Some(found) = self.any_sender(&covering)? {
                return Ok(Some(found));
            }
        }
        self.unseen_by_address()
    }

    /// A connector that is not shown admits by address whom a shown one would: its tenant's own senders, and at our relay,
    /// with `any_sender`, anybody.
    fn unseen_by_address(&self) -> Result<Option<Candidate>> {
        for (tenant, shown) in self.tenants.iter().enumerate().filter(|(_, shown)| !shown.connectors_shown) {
            let speaks = self.judge == Judge::Relay || self.speaks_by_address(tenant, self.sender_holder()?)?;
            if speaks && self.flag(Query::UnseenByAddress(shown.tenant.id))? {
                return Ok(Some(Found { tenant, connector: None }));
            }
        }
        Ok(None)
    }

    /// The longest prefix of the connector's ranges that hold the address.
    pub(super) fn prefix_for(&self, handle: usize, address: IpAddr) -> Result<Option<u8>> {
        let (_, connector) = self.connectors[handle];
        if self.judge == Judge::ExchangeOnline && address.is_ipv6() {
            // IPv6 ranges do not exist there.
            return Ok(None);
        }
        if self.is_unknown(handle, Field::SenderIpAddresses) {
            return Ok(self.flag(self.query(handle, Field::SenderIpAddresses))?.then_some(0));
        }
        Ok(proof::prefix_holding(connector, address))
    }

    /// On-premises connectors whose ranges hold the address, enabled or not: longest prefix first, then by name.
    fn addressed(&self, address: IpAddr) -> Result<Vec<usize>> {
        let mut holding = Vec::new();
        for handle in 0..self.connectors.len() {
            let (_, connector) = self.connectors[handle];
            if connector.connector_type != ConnectorType::OnPremises && !self.is_unknown(handle, Field::Type) {
                continue;
            }
            let on_premises = |c: &InboundConnector| c.connector_type == ConnectorType::OnPremises;
            if let Some(prefix) = self.prefix_for(handle, address)?
                && self.field(handle, Field::Type, on_premises)?
            {
                holding.push((std::cmp::Reverse(prefix), handle));
            }
        }
        if holding.len() > 1 {
            for (prefix, handle) in &mut holding {
                if self.is_unknown(*handle, Field::SenderIpAddresses)
                    && self.precedes(*handle, Field::SenderIpAddresses)?
                {
                    prefix.0 = u8::MAX;
                }
            }
        }
        holding.sort_unstable();
        Ok(holding.into_iter().map(|(_, handle)| handle).collect())
    }

    fn admits_address(&self, handle: usize) -> Result<bool> {
        Ok(self.field(handle, Field::Enabled, |c| c.enabled)? && self.is_in_scope(handle)?)
    }

    /// Whether the tenant of a connector by address is the sender's, or stands in by the recipient (Microsoft, open).
    fn speaks_by_address(&self, tenant: usize, holder: Option<usize>) -> Result<bool> {
        if holder == Some(tenant) {
            return Ok(true);
        }
        if self.judge == Judge::Relay {
            return Ok(false);
        }
        let recipient = match self.assumed.evidence.recipient()? {
            Some(recipient) => self.holder(recipient)?,
            None => None,
        };
        Ok(recipient == Some(tenant) && self.reading(Reading::RecipientFallback, false)?)
    }

    /// Rule A7, the part that is ours.
    fn any_sender(&self, covering: &[usize]) -> Result<Option<Candidate>> {
        let tenants: BTreeSet<_> = covering.iter().map(|&handle| self.connectors[handle].0).collect();
        if tenants.len() != 1 || self.judge == Judge::ExchangeOnline {
            return Ok(None);
        }
        for &handle in covering {
            if self.field(handle, Field::AnySender, |c| c.any_sender)? && self.admits_address(handle)? {
                return Ok(Some(Found { tenant: self.connectors[handle].0, connector: Some(handle) }));
            }
        }
        Ok(None)
    }
}
