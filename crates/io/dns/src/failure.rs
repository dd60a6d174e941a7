//! Why a question has no answer, told apart as far as the DNS does.

/// There is no such record, or it is not known whether there is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DnsFailure {
    /// NXDOMAIN (RFC 8020): nothing is at this name, nor below it.
    #[error("there is no such name (NXDOMAIN)")]
    NoSuchName,
    /// The name is there, and has no record of the type (RFC 2308 §2.2).
    #[error("the name has no record of this type")]
    NoData,
    /// SERVFAIL: the server could not find out. Validating servers say so too of a zone whose signatures are wrong.
    #[error("the name server failed (SERVFAIL)")]
    ServerFailure,
    /// REFUSED: the server does not answer this client, or not for this name.
    #[error("the name server refuses to answer (REFUSED)")]
    Refused,
    /// No answer came within the deadline.
    #[error("no name server answered in time")]
    TimedOut,
    /// There is nobody to ask.
    #[error("no name server can be asked: {0}")]
    NoServers(String),
    /// An answer that cannot be used, or a network that does not carry the question.
    #[error("the name servers cannot be asked: {0}")]
    Other(String),
}

impl DnsFailure {
    /// Whether it is an answer: the record is not there. Everything else says nothing about the record.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        matches!(self, Self::NoSuchName | Self::NoData)
    }
}
