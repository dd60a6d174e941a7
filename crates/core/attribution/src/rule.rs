//! The ids of the rules, by which code, tests, reasoning and documentation name them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A rule of the design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each rule is described by `RuleId::title`")]
pub enum RuleId {
    A0,
    A1,
    A2,
    A3,
    A4,
    A5,
    A6,
    A7,
    A8,
    A9,
    A10,
    A11,
    A12,
    A13,
    A14,
}

/// Where a rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Microsoft documents it; the article's name.
    Documented(&'static str),
    /// Ours.
    Ours,
}

impl RuleId {
    /// Every rule.
    pub const ALL: [Self; 15] = [
        Self::A0,
        Self::A1,
        Self::A2,
        Self::A3,
        Self::A4,
        Self::A5,
        Self::A6,
        Self::A7,
        Self::A8,
        Self::A9,
        Self::A10,
        Self::A11,
        Self::A12,
        Self::A13,
        Self::A14,
    ];

    /// A few words on what the rule says.
    pub fn title(self) -> &'static str {
        match self {
            Self::A0 => "bounds of what may be registered",
            Self::A1 => "names that a certificate proves",
            Self::A2 => "trust in a certificate",
            Self::A3 => "match of value and name",
            Self::A4 => "ownership of the value's domain",
            Self::A5 => "certificate pass",
            Self::A6 => "certificate without ownership",
            Self::A7 => "address pass",
            Self::A8 => "originating mail",
            Self::A9 => "incoming mail",
            Self::A10 => "refusal",
            Self::A11 => "our own fault is temporary",
            Self::A12 => "one snapshot, one verdict a recipient",
            Self::A13 => "routes",
            Self::A14 => "suspension",
        }
    }

    /// Whether Microsoft documents the rule or it is ours.
    pub fn source(self) -> Source {
        match self {
            Self::A0 => Source::Documented("New-InboundConnector"),
            Self::A3 | Self::A4 | Self::A5 | Self::A7 | Self::A8 | Self::A10 => {
                Source::Documented("Office 365 Message Attribution")
            }
            Self::A6 => Source::Documented("Updated Requirements for SMTP Relay through Exchange Online"),
            Self::A9 => Source::Documented("Office 365 Message Attribution; Introducing more control over Direct Send"),
            Self::A1 | Self::A2 | Self::A11 | Self::A12 | Self::A13 | Self::A14 => Source::Ours,
        }
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
