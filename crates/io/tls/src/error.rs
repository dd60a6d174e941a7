//! TLS errors by blame: the peer's, the configuration's, ours.

use std::io;
use std::path::{Path, PathBuf};

use core_directory::{CertificateName, ChainFault};
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

/// Most names of a certificate that an error text lists.
pub(crate) const MAX_NAMES_TOLD: usize = 5;

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The other side, or the network between.
    Peer,
    /// Whoever wrote the configuration or the directory.
    Configuration,
    /// This program.
    Ours,
}

/// Why there is no TLS session.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The peer ended the handshake, or broke it.
    #[error("the TLS handshake failed: {detail}")]
    Handshake {
        /// What happened, with the alert if one came.
        detail: String,
    },
    /// The connection ended in the middle of the handshake.
    #[error("the connection was lost in the TLS handshake: {0}")]
    Connection(#[source] io::Error),
    /// The next hop presented no certificate where one must be judged.
    #[error("the next hop presented no certificate")]
    NoCertificate,
    /// The next hop's chain does not lead to a trusted root.
    #[error("the next hop's certificate ({subject}) is not trusted: {}", fault_list(faults))]
    Untrusted {
        /// The leaf's subject.
        subject: String,
        /// All that is wrong with the chain.
        faults: Vec<ChainFault>,
    },
    /// The next hop's certificate is for other names.
    #[error("the next hop's certificate is not for {wanted}, but for {}", name_list(presented))]
    WrongName {
        /// What it should prove.
        wanted: CertificateName,
        /// What it proves.
        presented: Vec<CertificateName>,
    },
    /// A file of the configuration.
    #[error("{}: {detail}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A setting, or a certificate of the directory.
    #[error("{detail}")]
    Setting {
        /// What is wrong, and what to do.
        detail: String,
    },
    /// Something that cannot happen with any input.
    #[error("TLS failed for a reason of our own: {detail}")]
    Internal {
        /// What.
        detail: String,
    },
}

impl TlsError {
    /// Who has to act.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Handshake { .. }
            | Self::Connection(_)
            | Self::NoCertificate
            | Self::Untrusted { .. }
            | Self::WrongName { .. } => Blame::Peer,
            Self::File { .. } | Self::Setting { .. } => Blame::Configuration,
            Self::Internal { .. } => Blame::Ours,
        }
    }

    /// Explains an I/O error of a TLS stream, in the handshake or after it: under TLS 1.3 the refusal of a client certificate
    /// comes with the first read.
    pub fn from_io(error: io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(inner) => Self::from_rustls(inner),
            None => Self::Connection(error),
        }
    }

    fn from_rustls(error: &Error) -> Self {
        let detail = match error {
            Error::AlertReceived(alert) => format!("the peer sent the alert {}", alert_text(*alert)),
            Error::InvalidCertificate(CertificateError::BadSignature) => {
                "the peer does not hold the key of the certificate that it presented".to_owned()
            }
            Error::InvalidMessage(InvalidMessage::InvalidContentType) => "the peer does not speak TLS".to_owned(),
            Error::PeerIncompatible(why) => {
                format!("no common ground with the peer ({why:?}); TLS 1.2 or 1.3 with AEAD ciphers is needed")
            }
            Error::FailedToGetRandomBytes | Error::FailedToGetCurrentTime | Error::EncryptError => {
                return Self::Internal { detail: error.to_string() };
            }
            _ => error.to_string(),
        };
        Self::Handshake { detail }
    }

    pub(crate) fn file(path: &Path, detail: impl ToString) -> Self {
        Self::File { path: path.to_owned(), detail: detail.to_string() }
    }

    pub(crate) fn internal(detail: impl ToString) -> Self {
        Self::Internal { detail: detail.to_string() }
    }
}

/// A fault of a chain in one plain clause, for errors and logs.
pub fn fault_text(fault: &ChainFault) -> String {
    match fault {
        ChainFault::SelfSignedLeaf => "it is self-signed".to_owned(),
        ChainFault::UntrustedRoot { root } => format!("its chain ends in {root}, which is not a trusted root"),
        ChainFault::MissingIssuer { subject, issuer } => {
            format!("its chain ends at {subject}, whose issuer {issuer} was neither sent nor is trusted")
        }
        ChainFault::Expired { subject, since } => format!("{subject} expired on {since}"),
        ChainFault::NotYetValid { subject, until } => format!("{subject} is not valid before {until}"),
        ChainFault::WrongUse => "it is not for identifying mail servers (extended key usage)".to_owned(),
        ChainFault::Denied => "it is on the list of denied certificates".to_owned(),
        ChainFault::NameConstraint => "its names break a name constraint of its authority".to_owned(),
        ChainFault::UncheckableKey => {
            "its key is of a kind that cannot be checked; RSA needs 2048 to 8192 bits".to_owned()
        }
        ChainFault::BadSignature { subject } => format!("the signature of {subject} is wrong"),
        ChainFault::Unreadable { detail } => detail.clone(),
    }
}

fn fault_list(faults: &[ChainFault]) -> String {
    faults.iter().map(fault_text).collect::<Vec<_>>().join("; ")
}

fn name_list(names: &[CertificateName]) -> String {
    if names.is_empty() {
        return "no DNS name at all".to_owned();
    }
    let mut text = names.iter().take(MAX_NAMES_TOLD).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if let Some(more) = names.len().checked_sub(MAX_NAMES_TOLD).filter(|more| *more > 0) {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

/// The alert by its name in RFC 8446 §6, with what it means where that is not plain.
fn alert_text(alert: AlertDescription) -> String {
    let meaning = match alert {
        AlertDescription::HandshakeFailure => "handshake_failure: no common cipher or signature",
        AlertDescription::BadCertificate => "bad_certificate: it cannot read our certificate",
        AlertDescription::CertificateExpired => "certificate_expired: our certificate has expired",
        AlertDescription::CertificateUnknown => "certificate_unknown: it does not accept our certificate",
        AlertDescription::CertificateRequired => "certificate_required: it wants a client certificate",
        AlertDescription::UnknownCA => "unknown_ca: it does not trust the authority of our certificate",
        AlertDescription::AccessDenied => "access_denied: it refuses our certificate",
        AlertDescription::ProtocolVersion => "protocol_version: no common TLS version",
        AlertDescription::UnrecognisedName => "unrecognized_name: it does not know the host name",
        _ => return format!("{alert:?}"),
    };
    meaning.to_owned()
}
