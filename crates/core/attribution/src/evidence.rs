//! Evidence: what one connection and envelope show. The relay's is whole by type; elsewhere a fact may be unknown.

use std::net::IpAddr;
use std::sync::Arc;

use core_directory::{CertificateFacts, Domain, unmap};
use jiff::Timestamp;

/// Who MAIL FROM names, as far as attribution asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sender {
    /// `MAIL FROM:<>`.
    Null,
    /// The domain of the reverse path.
    Domain(Domain),
    /// A reverse path without a domain name, such as one with an address literal: no tenant holds it.
    NoDomain,
}

/// Evidence without a gap: the relay's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The time of judgement.
    pub at: Timestamp,
    /// Where the connection comes from, unmapped (rule A1); `None` when a balancer did not say.
    pub remote_ip: Option<IpAddr>,
    /// Whether the session runs over TLS.
    pub tls: bool,
    /// The certificate that the client presented.
    pub certificate: Option<Arc<CertificateFacts>>,
    /// MAIL FROM.
    pub mail_from: Sender,
    /// The domain of RCPT TO; `None` when it has none, such as `<postmaster>` or an address literal.
    pub rcpt_to: Option<Domain>,
}

/// A fact that may be unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fact<T> {
    /// Observed or proposed.
    Known(T),
    /// Not shown by what there is.
    #[default]
    Unknown,
}

/// Evidence with gaps: from logs, bounces or the flags of `explain`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialEvidence {
    /// The time of judgement.
    pub at: Timestamp,
    /// Where the connection comes from.
    pub remote_ip: Fact<Option<IpAddr>>,
    /// Whether the session runs over TLS.
    pub tls: Fact<bool>,
    /// The certificate presented.
    pub certificate: Fact<Option<Arc<CertificateFacts>>>,
    /// MAIL FROM.
    pub mail_from: Fact<Sender>,
    /// The domain of RCPT TO.
    pub rcpt_to: Fact<Option<Domain>>,
}

impl Sender {
    /// The domain, where there is one.
    pub fn domain(&self) -> Option<&Domain> {
        match self {
            Self::Domain(domain) => Some(domain),
            Self::Null | Self::NoDomain => None,
        }
    }
}

impl PartialEvidence {
    /// Nothing known but the time.
    pub fn unknown(at: Timestamp) -> Self {
        Self {
            at,
            remote_ip: Fact::Unknown,
            tls: Fact::Unknown,
            certificate: Fact::Unknown,
            mail_from: Fact::Unknown,
            rcpt_to: Fact::Unknown,
        }
    }

    /// The whole evidence, with what is still unknown replaced by nothing at all. Only for showing, never for deciding.
    pub(crate) fn shown(&self) -> Evidence {
        Evidence {
            at: self.at,
            remote_ip: self.remote_ip.known().copied().flatten(),
            tls: self.tls.known().copied().unwrap_or_default(),
            certificate: self.certificate.known().cloned().flatten(),
            mail_from: self.mail_from.known().cloned().unwrap_or(Sender::NoDomain),
            rcpt_to: self.rcpt_to.known().cloned().flatten(),
        }
    }
}

impl From<Evidence> for PartialEvidence {
    fn from(evidence: Evidence) -> Self {
        Self {
            at: evidence.at,
            remote_ip: Fact::Known(evidence.remote_ip.map(unmap)),
            tls: Fact::Known(evidence.tls),
            certificate: Fact::Known(evidence.certificate),
            mail_from: Fact::Known(evidence.mail_from),
            rcpt_to: Fact::Known(evidence.rcpt_to),
        }
    }
}

impl<T> Fact<T> {
    /// The value, if known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown => None,
        }
    }
}

impl<T> From<Option<T>> for Fact<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Self::Known)
    }
}
