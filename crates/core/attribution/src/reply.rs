//! The SMTP replies with which a verdict refuses. Their wording is Exchange Online's where it has one, since peers,
//! scripts and administrators look for it. A reply names only what the client itself presented (rule A10).

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A refusal as the client sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalReply {
    /// No connector matched, and no tenant holds the recipient's domain (rule A10).
    TenantAttribution,
    /// A connector matched, but neither the certificate's domain nor the sender's is verified (rules A6, A10).
    Attr36,
    /// The sender's domain is held by another tenant than the certificate's (rule A8).
    ForeignSender,
    /// The connector demands TLS (rules A8, A9).
    TlsRequired,
    /// A partner connector's restriction is not met (rule A9).
    PartnerRestriction,
    /// `reject_direct_send` (rule A9).
    DirectSend,
    /// No send connector takes the recipient's domain (rule A13).
    NoRoute,
    /// The tenant is suspended (rule A14).
    Suspended,
    /// The directory is out of reach or unconfirmed (rule A11).
    DirectoryUnavailable,
}

/// What follows a refusal in brackets, so that it can be found again.
#[derive(Clone, Copy, Debug)]
pub struct ReplyContext<'a> {
    /// The relay's host name.
    pub hostname: &'a str,
    /// When it was refused.
    pub at: Timestamp,
    /// The random reference under which the reasoning is kept.
    pub reference: &'a str,
}

impl RefusalReply {
    /// The reply code.
    pub fn code(self) -> u16 {
        match self {
            Self::TenantAttribution
            | Self::Attr36
            | Self::ForeignSender
            | Self::PartnerRestriction
            | Self::DirectSend => 550,
            Self::TlsRequired => 454,
            Self::Suspended => 450,
            Self::NoRoute | Self::DirectoryUnavailable => 451,
        }
    }

    /// The enhanced status code (RFC 3463): class, subject, detail.
    pub fn enhanced(self) -> (u16, u16, u16) {
        match self {
            Self::TenantAttribution | Self::Attr36 => (5, 7, 64),
            Self::ForeignSender => (5, 7, 1),
            Self::TlsRequired => (4, 7, 0),
            Self::PartnerRestriction => (5, 7, 51),
            Self::DirectSend => (5, 7, 68),
            Self::NoRoute => (4, 4, 4),
            Self::Suspended => (4, 7, 1),
            Self::DirectoryUnavailable => (4, 3, 0),
        }
    }

    /// The text behind the codes, without the context in brackets.
    pub fn text(self) -> &'static str {
        match self {
            Self::TenantAttribution => "TenantAttribution; Relay Access Denied",
            Self::Attr36 => "Relay Access Denied ATTR36",
            Self::ForeignSender => "The sender's domain is registered by another organization",
            Self::TlsRequired => "Failed to establish appropriate TLS channel: Access Denied",
            Self::PartnerRestriction => {
                "TenantInboundAttribution; There is a partner connector configured that matched the message's recipient \
                 domain. The connector had either the RestrictDomainsToIPAddresses or RestrictDomainsToCertificate set"
            }
            Self::DirectSend => {
                "TenantInboundAttribution; Direct Send not allowed for this organization from unauthorized sources"
            }
            Self::NoRoute => "No send connector takes mail for this domain; try again later",
            Self::Suspended => "Mail of this organization is suspended; try again later",
            Self::DirectoryUnavailable => "The directory is temporarily unavailable; try again later",
        }
    }

    /// The text with its context: `… [hostname timestamp reference]`.
    pub fn text_with(self, context: ReplyContext<'_>) -> String {
        format!("{} [{} {:.3} {}]", self.text(), context.hostname, context.at, context.reference)
    }
}

impl fmt::Display for RefusalReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (class, subject, detail) = self.enhanced();
        write!(f, "{} {class}.{subject}.{detail} {}", self.code(), self.text())
    }
}
