//! Where the rules read evidence: the relay's, in which nothing can be missing, and evidence with gaps, which says what is.

use std::convert::Infallible;
use std::net::IpAddr;

use core_directory::{CertificateFacts, Domain};
use jiff::Timestamp;

use crate::{Evidence, PartialEvidence, Query, Sender};

/// Evidence, whole or with gaps.
pub(crate) trait Observed {
    /// What to say when a fact is missing.
    type Gap;

    fn at(&self) -> Timestamp;
    fn remote_ip(&self) -> Result<Option<IpAddr>, Self::Gap>;
    fn tls(&self) -> Result<bool, Self::Gap>;
    fn certificate(&self) -> Result<Option<&CertificateFacts>, Self::Gap>;
    fn sender(&self) -> Result<&Sender, Self::Gap>;
    fn recipient(&self) -> Result<Option<&Domain>, Self::Gap>;
}

impl Observed for Evidence {
    type Gap = Infallible;

    fn at(&self) -> Timestamp {
        self.at
    }

    fn remote_ip(&self) -> Result<Option<IpAddr>, Infallible> {
        Ok(self.remote_ip)
    }

    fn tls(&self) -> Result<bool, Infallible> {
        Ok(self.tls)
    }

    fn certificate(&self) -> Result<Option<&CertificateFacts>, Infallible> {
        Ok(self.certificate.as_deref())
    }

    fn sender(&self) -> Result<&Sender, Infallible> {
        Ok(&self.mail_from)
    }

    fn recipient(&self) -> Result<Option<&Domain>, Infallible> {
        Ok(self.rcpt_to.as_ref())
    }
}

impl Observed for PartialEvidence {
    type Gap = Query;

    fn at(&self) -> Timestamp {
        self.at
    }

    fn remote_ip(&self) -> Result<Option<IpAddr>, Query> {
        self.remote_ip.known().copied().ok_or(Query::RemoteIp)
    }

    fn tls(&self) -> Result<bool, Query> {
        self.tls.known().copied().ok_or(Query::Tls)
    }

    fn certificate(&self) -> Result<Option<&CertificateFacts>, Query> {
        self.certificate.known().map(|facts| facts.as_deref()).ok_or(Query::Certificate)
    }

    fn sender(&self) -> Result<&Sender, Query> {
        self.mail_from.known().ok_or(Query::MailFrom)
    }

    fn recipient(&self) -> Result<Option<&Domain>, Query> {
        self.rcpt_to.known().map(Option::as_ref).ok_or(Query::RcptTo)
    }
}
