//! Rules A2 to A6 over a partial directory, with Microsoft's open points.

use core_directory::{CertificateFacts, CertificateName, ConnectorType, Field, NameMatch};

use super::{Linear, Result};
use crate::fork::{NameClass, Value};
use crate::partial_directory::{Judge, Reading};
use crate::rules::{CertificatePass, Found, Tie};
use crate::{Query, proof};

/// A connector, by handle, that matches a presented name: how well, and whether it owns its value's domain.
type Matched = (usize, NameMatch, bool);

impl Linear<'_> {
    /// Rules A5 and A6.
    pub(super) fn certificate_pass(&self, certificate: &CertificateFacts) -> Result<CertificatePass<usize, usize>> {
        if certificate.names.is_empty() || proof::flaw(certificate, self.assumed.evidence.at).is_some() {
            return Ok(CertificatePass::Nothing);
        }
        let matches = self.certificate_matches(certificate)?;
        let owned: Vec<_> = matches.iter().filter(|(_, _, owned)| *owned).copied().collect();
        if !owned.is_empty() {
            return self.owned(&owned);
        }
        // A connector that is not shown may own what it names, which counts before what is not owned.
        if let Some(unseen) = self.unseen(Query::UnseenByCertificate)? {
            return Ok(CertificatePass::Owned(unseen));
        }
        if matches.is_empty() {
            return Ok(CertificatePass::Nothing);
        }
        let holder = self.sender_holder()?;
        Ok(match (holder.and_then(|holder| self.best(&matches, Some(holder))), self.best(&matches, None)) {
            (Some(own), _) => CertificatePass::Unowned(own),
            (None, Some(any)) => CertificatePass::Remembered(any),
            (None, None) => CertificatePass::Nothing,
        })
    }

    /// Rule A5: the best rank, then the sender's tenant among those that tie, then the first by name.
    fn owned(&self, matches: &[Matched]) -> Result<CertificatePass<usize, usize>> {
        let best = matches.iter().map(|(_, rank, _)| *rank).min();
        let tied = |holder: Option<usize>| {
            let mut tie = Tie::new(holder);
            for (handle, _, _) in matches.iter().filter(|(_, rank, _)| Some(*rank) == best) {
                tie.add(self.connectors[*handle].0, *handle);
            }
            tie
        };
        let alone = tied(None);
        if alone.is_ambiguous() && !self.reading(Reading::TieToSender, true)? {
            return Ok(CertificatePass::Nothing);
        }
        // Where one tenant is left the sender need not be known.
        let tie = if alone.is_ambiguous() { tied(self.sender_holder()?) } else { alone };
        Ok(tie.winner().map_or(CertificatePass::Nothing, CertificatePass::Owned))
    }

    /// The best match of this tenant, or of any.
    fn best(&self, matches: &[Matched], tenant: Option<usize>) -> Option<Found<usize, usize>> {
        let tenant_of = |handle: usize| self.connectors[handle].0;
        let mine = matches.iter().filter(|(handle, _, _)| tenant.is_none_or(|tenant| tenant == tenant_of(*handle)));
        let best = mine.map(|(handle, rank, _)| (*rank, *handle)).min();
        best.map(|(_, handle)| Found { tenant: tenant_of(handle), connector: Some(handle) })
    }

    /// Every match of the certificate.
    fn certificate_matches(&self, certificate: &CertificateFacts) -> Result<Vec<Matched>> {
        let mut matches = Vec::new();
        for handle in 0..self.connectors.len() {
            if self.is_ruled_out(handle, ConnectorType::OnPremises) {
                continue;
            }
            for (position, name) in certificate.names.iter().enumerate() {
                // The cheap and the certain first, so that no unknown is asked for in vain.
                if let Some((rank, owned)) = self.name_match(handle, name)?
                    && self.is_proved(handle, certificate, position)?
                    && self.is_candidate(handle, ConnectorType::OnPremises)?
                    && self.is_in_scope(handle)?
                {
                    matches.push((handle, rank, owned));
                }
            }
        }
        self.rank_hidden(&mut matches)?;
        Ok(matches)
    }

    /// Ranks connectors whose names are hidden before or behind the others that match.
    fn rank_hidden(&self, matches: &mut [Matched]) -> Result<()> {
        let alone = matches.windows(2).all(|pair| pair[0].0 == pair[1].0);
        for (handle, rank, _) in matches.iter_mut().filter(|_| !alone) {
            if self.is_unknown(*handle, Field::TlsSenderCertificateName)
                && !self.precedes(*handle, Field::TlsSenderCertificateName)?
            {
                *rank = NameMatch::UnderPresentedWildcard;
            }
        }
        Ok(())
    }

    /// How a connector's name matches one presented name, and whether it is owned. Rules A3 and A4.
    pub(super) fn name_match(&self, handle: usize, name: &CertificateName) -> Result<Option<(NameMatch, bool)>> {
        let (tenant, connector) = self.connectors[handle];
        if self.is_unknown(handle, Field::TlsSenderCertificateName) {
            let query = self.query(handle, Field::TlsSenderCertificateName);
            return match self.assumed.answers.get(&query) {
                Some(Value::NameClass(NameClass::Differs)) => Ok(None),
                Some(Value::NameClass(NameClass::MatchesOwned)) => Ok(Some((NameMatch::Equal, true))),
                Some(Value::NameClass(NameClass::MatchesUnowned)) => Ok(Some((NameMatch::Equal, false))),
                _ => Err(query),
            };
        }
        let Some(value) = proof::value(connector) else { return Ok(None) };
        let Some(rank) = self.matches(value, name)? else { return Ok(None) };
        if self.nearest_owner(name.domain()).is_some_and(|owner| owner != tenant) {
            return Ok(None);
        }
        Ok(Some((rank, self.owns(handle, value)?)))
    }

    /// Rule A4's first condition.
    fn owns(&self, handle: usize, value: &CertificateName) -> Result<bool> {
        let (tenant, _) = self.connectors[handle];
        if self.is_verified(tenant, value.domain())? {
            return Ok(true);
        }
        let below = self.tenants[tenant]
            .tenant
            .domains
            .iter()
            .any(|own| own.verified() && value.is_wildcard() && own.name.is_below(value.domain().as_str()));
        Ok(below && self.reading(Reading::OwnedThroughSubdomain, false)?)
    }

    /// Rule A3, with Microsoft's open points.
    pub(super) fn matches(&self, value: &CertificateName, name: &CertificateName) -> Result<Option<NameMatch>> {
        let strict = value.matches(name);
        if self.judge == Judge::Relay {
            return Ok(strict);
        }
        match (value, name) {
            (CertificateName::Wildcard(value), CertificateName::Exact(name)) if value == name => {
                Ok(self.reading(Reading::BareDomain, false)?.then(|| NameMatch::wildcard(value)))
            }
            (CertificateName::Wildcard(value), CertificateName::Exact(name))
                if strict.is_some() && name.label_count() > value.label_count() + 1 =>
            {
                Ok(self.reading(Reading::SeveralLabels, true)?.then_some(()).and(strict))
            }
            (_, CertificateName::Wildcard(_)) if strict.is_some_and(|rank| rank != NameMatch::Equal) => {
                Ok(self.reading(Reading::PresentedWildcard, true)?.then_some(()).and(strict))
            }
            _ => Ok(strict),
        }
    }

    /// Rule A2 for this connector, its pins and demands asked for by name.
    pub(super) fn is_proved(&self, handle: usize, certificate: &CertificateFacts, name: usize) -> Result<bool> {
        let (tenant, connector) = self.connectors[handle];
        let id = self.tenants[tenant].tenant.id;
        let mut known = connector.clone();
        if self.judge == Judge::ExchangeOnline {
            // Pins do not exist there.
            known.pinned_certificates = Box::default();
        } else if self.is_unknown(handle, Field::PinnedCertificates) {
            // The leaf is among the pins; or it is not, and nothing else helps it.
            if !self.flag(self.query(handle, Field::PinnedCertificates))? {
                return Ok(false);
            }
            known.pinned_certificates = Box::new([certificate.leaf_sha256]);
        }
        known.require_client_auth =
            !certificate.leaf_use.client && self.field(handle, Field::RequireClientAuth, |c| c.require_client_auth)?;
        match proof::doubt(certificate, name, id, &known, self.assumed.evidence.at) {
            None if self.judge == Judge::ExchangeOnline && !certificate.leaf_use.client => {
                self.reading(Reading::ServerUse, true)
            }
            doubt => Ok(doubt.is_none()),
        }
    }
}
