//! Rule A9 over a partial directory.

use core_directory::{ConnectorType, Field};

use super::{Linear, Result};
use crate::observed::Observed;
use crate::rules::{PartnerPass, View};
use crate::{RefusalReply, Sender, proof};

impl Linear<'_> {
    /// Rule A9: the Partner connectors with the most specific scope, each asked what is unmet.
    pub(super) fn partner_pass(&self, tenant: usize) -> Result<PartnerPass<usize>> {
        let sender = self.sender()?;
        let mut scoped = Vec::new();
        for handle in (0..self.connectors.len()).filter(|&handle| self.connectors[handle].0 == tenant) {
            if !self.is_ruled_out(handle, ConnectorType::Partner)
                && self.is_candidate(handle, ConnectorType::Partner)?
                && let Some(specificity) = self.partner_scope(handle, sender)?
            {
                scoped.push((specificity, handle));
            }
        }
        if scoped.len() > 1 {
            for (specificity, handle) in &mut scoped {
                if self.is_unknown(*handle, Field::SenderDomains) && self.precedes(*handle, Field::SenderDomains)? {
                    *specificity = usize::MAX;
                }
            }
        }
        let best = scoped.iter().map(|(specificity, _)| *specificity).max();
        let mut pass = PartnerPass::NoneInScope;
        for (_, handle) in scoped.into_iter().filter(|(specificity, _)| Some(*specificity) == best) {
            let identifies = self
                .field(handle, Field::RestrictDomainsToIpAddresses, |c| c.restrict_domains_to_ip_addresses)?
                || self.field(handle, Field::RestrictDomainsToCertificate, |c| c.restrict_domains_to_certificate)?;
            pass = pass.or(handle, self.partner_demand(handle)?, identifies);
        }
        Ok(pass)
    }

    /// Rule A9: what a partner connector demands that is not met.
    fn partner_demand(&self, handle: usize) -> Result<Option<RefusalReply>> {
        if self.field(handle, Field::RequireTls, |c| c.require_tls)? && !self.assumed.evidence.tls()? {
            return Ok(Some(RefusalReply::TlsRequired));
        }
        if self.field(handle, Field::RestrictDomainsToIpAddresses, |c| c.restrict_domains_to_ip_addresses)? {
            let inside = match self.assumed.evidence.remote_ip()? {
                Some(address) => self.prefix_for(handle, address)?.is_some(),
                None => false,
            };
            if !inside {
                return Ok(Some(RefusalReply::PartnerRestriction));
            }
        }
        if self.field(handle, Field::RestrictDomainsToCertificate, |c| c.restrict_domains_to_certificate)?
            && !self.partner_certificate(handle)?
        {
            return Ok(Some(RefusalReply::PartnerRestriction));
        }
        Ok(None)
    }

    fn partner_certificate(&self, handle: usize) -> Result<bool> {
        let Some(certificate) = self.assumed.evidence.certificate()? else { return Ok(false) };
        for (position, name) in certificate.names.iter().enumerate() {
            let matched = if self.is_unknown(handle, Field::TlsSenderCertificateName) {
                self.name_match(handle, name)?.is_some()
            } else {
                match proof::value(self.connectors[handle].1) {
                    Some(value) => self.matches(value, name)?.is_some(),
                    None => false,
                }
            };
            if matched && self.is_proved(handle, certificate, position)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How specific a Partner connector's scope is for the sender, if it holds it.
    fn partner_scope(&self, handle: usize, sender: &Sender) -> Result<Option<usize>> {
        let (_, connector) = self.connectors[handle];
        if self.is_unknown(handle, Field::SenderDomains) {
            return Ok(self.flag(self.query(handle, Field::SenderDomains))?.then_some(0));
        }
        Ok(connector.best_scope(sender.domain()).map(core_directory::DomainScope::specificity))
    }
}
