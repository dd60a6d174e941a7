//! Directories as dumps show them: fields cut off, domains or connectors left out, and Microsoft's own reading of the rules
//! where it is silent. What is not shown is unknown, never empty.

use std::collections::BTreeMap;
use std::fmt;

use core_directory::{ConnectorId, Domain, Field, FieldSet, InboundConnector, Tenant, TenantId};

/// Whose side is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judge {
    /// Our relay: the strict reading, nothing open.
    Relay,
    /// Exchange Online: where Microsoft is silent, both readings are followed.
    ExchangeOnline,
}

/// A directory of which a part is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialDirectory {
    /// Whose reading holds.
    pub judge: Judge,
    /// The tenants shown.
    pub tenants: Vec<PartialTenant>,
}

/// A tenant of which a part is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialTenant {
    /// What is shown.
    pub tenant: Tenant,
    /// Whether all accepted domains are shown.
    pub domains_shown: bool,
    /// Whether all inbound connectors are shown.
    pub connectors_shown: bool,
    /// Fields of inbound connectors that are not shown; what the connector holds in them means nothing.
    pub unknown: BTreeMap<ConnectorId, FieldSet>,
}

impl PartialTenant {
    /// A tenant shown whole.
    pub fn whole(tenant: Tenant) -> Self {
        Self { tenant, domains_shown: true, connectors_shown: true, unknown: BTreeMap::new() }
    }

    /// The tenant with what is unknown of its connectors left open, so that values can be compared by what is shown.
    pub(crate) fn comparable(&self) -> Tenant {
        let mut tenant = self.tenant.clone();
        for connector in &mut tenant.inbound_connectors {
            let unknown = self.unknown.get(&connector.id).copied().unwrap_or_default();
            let open = InboundConnector::new(&connector.name, None);
            for &field in Field::ALL.iter().filter(|&&field| unknown.contains(field)) {
                match field {
                    Field::TlsSenderCertificateName => connector.tls_sender_certificate_name = None,
                    Field::SenderIpAddresses => connector.sender_ip_addresses.clone_from(&open.sender_ip_addresses),
                    Field::PinnedCertificates => connector.pinned_certificates.clone_from(&open.pinned_certificates),
                    Field::SenderDomains => connector.sender_domains.clone_from(&open.sender_domains),
                    Field::AssociatedAcceptedDomains => {
                        connector.associated_accepted_domains.clone_from(&open.associated_accepted_domains);
                    }
                    Field::RequireClientAuth => connector.require_client_auth = false,
                    // The rest tells no values apart.
                    _ => {}
                }
            }
        }
        tenant
    }
}

/// A point on which Microsoft's documentation is silent. Open for Exchange Online only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reading {
    /// `*.d` matches the bare `d`.
    BareDomain,
    /// `*.d` matches several labels below `d`.
    SeveralLabels,
    /// A presented `*.d` matches a value one label below `d`, or a value `*.e` above it.
    PresentedWildcard,
    /// `*.d` is owned through an accepted domain below `d`.
    OwnedThroughSubdomain,
    /// Of tenants that tie, the one with the MAIL FROM domain wins.
    TieToSender,
    /// A leaf that is not for client authentication proves names.
    ServerUse,
    /// By address, an accepted domain of the recipient stands in for the sender's.
    RecipientFallback,
}

/// A fact that a decision asked for and that is unknown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Query {
    /// Where the connection comes from.
    RemoteIp,
    /// Whether the session runs over TLS.
    Tls,
    /// The certificate presented.
    Certificate,
    /// MAIL FROM.
    MailFrom,
    /// RCPT TO.
    RcptTo,
    /// A field of a connector that the dump does not show.
    Field {
        /// Whose.
        tenant: TenantId,
        /// Which connector.
        connector: ConnectorId,
        /// Its name, for people.
        name: Box<str>,
        /// Which field.
        field: Field,
    },
    /// Whether what a hidden field holds is more specific than what the other connectors that match hold, so that its
    /// connector comes first.
    Precedes {
        /// Whose.
        tenant: TenantId,
        /// Which connector.
        connector: ConnectorId,
        /// Its name, for people.
        name: Box<str>,
        /// Which field.
        field: Field,
    },
    /// Whether the tenant holds the domain: it is an accepted domain, or lies below one with `match_subdomains`.
    Holds {
        /// The tenant.
        tenant: TenantId,
        /// The domain.
        domain: Domain,
    },
    /// Whether a domain that could be held through one above it is an accepted domain itself.
    Accepts {
        /// The tenant.
        tenant: TenantId,
        /// The domain.
        domain: Domain,
    },
    /// Whether a connector that is not shown matches by certificate.
    UnseenByCertificate(TenantId),
    /// Whether a connector that is not shown matches by address.
    UnseenByAddress(TenantId),
    /// A point on which Microsoft is silent.
    Reading(Reading),
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RemoteIp => f.write_str("remote_ip"),
            Self::Tls => f.write_str("tls"),
            Self::Certificate => f.write_str("certificate"),
            Self::MailFrom => f.write_str("mail_from"),
            Self::RcptTo => f.write_str("rcpt_to"),
            Self::Field { name, field, .. } => write!(f, "connector {name:?}: {field}"),
            Self::Precedes { name, field, .. } => write!(f, "connector {name:?}: {field} more specific than others"),
            Self::Holds { domain, .. } => write!(f, "accepted domain {domain}"),
            Self::Accepts { domain, .. } => write!(f, "accepted domain {domain} itself"),
            Self::UnseenByCertificate(_) => f.write_str("a connector not shown that matches the certificate"),
            Self::UnseenByAddress(_) => f.write_str("a connector not shown that matches the address"),
            Self::Reading(reading) => write!(f, "reading {}", reading.name()),
        }
    }
}

impl Reading {
    /// The reading's name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::BareDomain => "bare-domain",
            Self::SeveralLabels => "several-labels",
            Self::PresentedWildcard => "presented-wildcard",
            Self::OwnedThroughSubdomain => "owned-through-subdomain",
            Self::TieToSender => "tie-to-sender",
            Self::ServerUse => "server-use",
            Self::RecipientFallback => "recipient-fallback",
        }
    }
}
