//! The rules A5 to A10, once, over any view of evidence and directory.
//!
//! A view answers questions or says which fact is missing (`Gap`); for the relay's view a gap cannot exist, so asking
//! costs nothing. The rules must not look into a directory in any other way.

use core_directory::{ConnectorId, Domain, TenantId};
use std::net::IpAddr;

use crate::{Attribution, Direction, Refusal, RefusalReply, RuleId, Sender, Verdict};
use core_directory::CertificateFacts;

/// What the rules ask.
pub(crate) trait View {
    /// What to say when a fact is missing.
    type Gap;
    /// A tenant, by handle.
    type Tenant: Copy + PartialEq;
    /// A connector, by handle.
    type Connector: Copy;

    fn remote_ip(&self) -> Result<Option<IpAddr>, Self::Gap>;
    fn tls(&self) -> Result<bool, Self::Gap>;
    fn certificate(&self) -> Result<Option<&CertificateFacts>, Self::Gap>;
    fn sender(&self) -> Result<&Sender, Self::Gap>;
    fn recipient(&self) -> Result<Option<&Domain>, Self::Gap>;

    /// Rules A3 to A6 over all names of the certificate.
    fn by_certificate(
        &self,
        certificate: &CertificateFacts,
    ) -> Result<CertificatePass<Self::Tenant, Self::Connector>, Self::Gap>;
    /// Rule A7.
    fn by_address(&self, address: IpAddr) -> Result<Option<FoundIn<Self>>, Self::Gap>;
    /// Rule A1: who holds the domain.
    fn holder(&self, domain: &Domain) -> Result<Option<Self::Tenant>, Self::Gap>;
    /// Rule A8: whether the connector demands TLS.
    fn requires_tls(&self, found: Found<Self::Tenant, Self::Connector>) -> Result<bool, Self::Gap>;
    /// Rule A9: the Partner connectors with the most specific scope that holds the sender, each asked what is unmet.
    fn partner(&self, tenant: Self::Tenant) -> Result<PartnerPass<Self::Connector>, Self::Gap>;
    /// Rule A9: whether the tenant refuses direct send.
    fn rejects_direct_send(&self, tenant: Self::Tenant) -> Result<bool, Self::Gap>;

    fn tenant_id(&self, tenant: Self::Tenant) -> TenantId;
    fn connector_id(&self, connector: Self::Connector) -> ConnectorId;
}

/// A tenant found through a connector. The connector is unknown only where a dump does not show all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found<T, C> {
    pub tenant: T,
    pub connector: Option<C>,
}

/// What the certificate gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CertificatePass<T, C> {
    /// Rule A5: a tenant.
    Owned(Found<T, C>),
    /// Rule A6: a tenant, by its sender's domain.
    Unowned(Found<T, C>),
    /// Rule A6: no tenant, but a connector that matched without ownership, which A10 tells by ATTR36.
    Remembered(Found<T, C>),
    /// Nothing, or more than one tenant.
    Nothing,
}

/// How the Partner connectors fared, the one that got furthest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartnerPass<C> {
    /// No Partner connector is in scope.
    NoneInScope,
    /// One is met; whether it restricts to addresses or a certificate, which tells who sends.
    Met { connector: C, identifies: bool },
    /// None is met.
    Unmet { connector: C, reply: RefusalReply },
}

impl<C> PartnerPass<C> {
    /// The pass with one more connector asked: `unmet` is what it demands in vain. One that is met suffices, one that
    /// identifies the sender best; else the one that got furthest, for whoever failed a restriction had TLS.
    pub fn or(self, connector: C, unmet: Option<RefusalReply>, identifies: bool) -> Self {
        match (self, unmet) {
            (Self::Met { connector: first, identifies: false }, None) if !identifies => {
                Self::Met { connector: first, identifies: false }
            }
            (Self::Met { identifies: false, .. } | Self::Unmet { .. } | Self::NoneInScope, None) => {
                Self::Met { connector, identifies }
            }
            (Self::NoneInScope, Some(reply)) => Self::Unmet { connector, reply },
            (Self::Unmet { reply: RefusalReply::TlsRequired, .. }, Some(reply))
                if reply != RefusalReply::TlsRequired =>
            {
                Self::Unmet { connector, reply }
            }
            (pass, _) => pass,
        }
    }
}

type Judged<V> = Result<Verdict, <V as View>::Gap>;
/// What a view finds.
type FoundIn<V> = Found<<V as View>::Tenant, <V as View>::Connector>;

/// The verdict on one recipient.
pub(crate) fn decide<V: View>(view: &V) -> Judged<V> {
    let mut remembered = None;
    if let Some(certificate) = view.certificate()? {
        match view.by_certificate(certificate)? {
            CertificatePass::Owned(found) => return originating(view, found, RuleId::A5),
            CertificatePass::Unowned(found) => return originating(view, found, RuleId::A6),
            CertificatePass::Remembered(found) => remembered = Some(found),
            CertificatePass::Nothing => {}
        }
    }
    if let Some(address) = view.remote_ip()?
        && let Some(found) = view.by_address(address)?
    {
        return originating(view, found, RuleId::A7);
    }
    if let Some(recipient) = view.recipient()?
        && let Some(tenant) = view.holder(recipient)?
    {
        return incoming(view, tenant);
    }
    Ok(refused_at_last(view, remembered))
}

/// Rule A8.
fn originating<V: View>(view: &V, found: FoundIn<V>, rule: RuleId) -> Judged<V> {
    let tenant = view.tenant_id(found.tenant);
    let connector = found.connector.map(|connector| view.connector_id(connector));
    let refuse = |reply| Ok(Verdict::Refused(Refusal { reply, rule: RuleId::A8, tenant: Some(tenant), connector }));
    if view.requires_tls(found)? && !view.tls()? {
        return refuse(RefusalReply::TlsRequired);
    }
    if let Sender::Domain(sender) = view.sender()?
        && view.holder(sender)?.is_some_and(|holder| holder != found.tenant)
    {
        return refuse(RefusalReply::ForeignSender);
    }
    Ok(Verdict::Passes(Attribution { tenant, connector, direction: Direction::Originating, rule }))
}

/// Rule A9.
pub(crate) fn incoming<V: View>(view: &V, tenant: V::Tenant) -> Judged<V> {
    let (connector, identifies) = match view.partner(tenant)? {
        PartnerPass::Unmet { connector, reply } => {
            let connector = Some(view.connector_id(connector));
            let tenant = Some(view.tenant_id(tenant));
            return Ok(Verdict::Refused(Refusal { reply, rule: RuleId::A9, tenant, connector }));
        }
        PartnerPass::Met { connector, identifies } => (Some(view.connector_id(connector)), identifies),
        PartnerPass::NoneInScope => (None, false),
    };
    if !identifies && view.rejects_direct_send(tenant)? && sender_is_own(view, tenant)? {
        return Ok(Verdict::Refused(Refusal {
            reply: RefusalReply::DirectSend,
            rule: RuleId::A9,
            tenant: Some(view.tenant_id(tenant)),
            connector: None,
        }));
    }
    Ok(Verdict::Passes(Attribution {
        tenant: view.tenant_id(tenant),
        connector,
        direction: Direction::Incoming,
        rule: RuleId::A9,
    }))
}

fn sender_is_own<V: View>(view: &V, tenant: V::Tenant) -> Result<bool, V::Gap> {
    match view.sender()? {
        Sender::Domain(sender) => Ok(view.holder(sender)? == Some(tenant)),
        Sender::Null | Sender::NoDomain => Ok(false),
    }
}

/// Rule A10.
fn refused_at_last<V: View>(view: &V, remembered: Option<FoundIn<V>>) -> Verdict {
    let reply = if remembered.is_some() { RefusalReply::Attr36 } else { RefusalReply::TenantAttribution };
    Verdict::Refused(Refusal {
        reply,
        rule: RuleId::A10,
        tenant: None,
        connector: remembered.and_then(|found| found.connector).map(|connector| view.connector_id(connector)),
    })
}

/// The tenants tied at the best rank of the certificate pass, as far as the choice needs them (rule A5).
pub(crate) struct Tie<T, C> {
    holder: Option<T>,
    of_holder: Option<C>,
    first: Option<(T, C)>,
    several: bool,
}

impl<T: Copy + PartialEq, C: Copy + Ord> Tie<T, C> {
    /// An empty tie; `holder` is the tenant that holds the MAIL FROM domain.
    pub fn new(holder: Option<T>) -> Self {
        Self { holder, of_holder: None, first: None, several: false }
    }

    /// Adds a candidate. Within a tenant the first by name wins, which is the order of connector handles.
    pub fn add(&mut self, tenant: T, connector: C) {
        if self.holder == Some(tenant) {
            self.of_holder = Some(self.of_holder.map_or(connector, |own| own.min(connector)));
            return;
        }
        match &mut self.first {
            None => self.first = Some((tenant, connector)),
            Some((own, best)) if *own == tenant => *best = (*best).min(connector),
            Some(_) => self.several = true,
        }
    }

    /// Whether there is no candidate.
    pub fn is_empty(&self) -> bool {
        self.of_holder.is_none() && self.first.is_none()
    }

    /// Whether several tenants other than the sender's tie.
    pub fn is_ambiguous(&self) -> bool {
        self.several
    }

    /// The winner; none if nothing was added, or several tenants tie and none holds the sender's domain.
    pub fn winner(self) -> Option<Found<T, C>> {
        if let (Some(tenant), Some(connector)) = (self.holder, self.of_holder) {
            return Some(Found { tenant, connector: Some(connector) });
        }
        let (tenant, connector) = self.first.filter(|_| !self.several)?;
        Some(Found { tenant, connector: Some(connector) })
    }
}
