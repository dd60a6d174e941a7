//! How an accepted domain was proved to be its tenant's. Must not look it up.

use jiff::Timestamp;

/// By what a domain is verified, if it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proof {
    /// The file says nothing about it: what is in force stays. In the directory in force no domain has this.
    #[default]
    Unsaid,
    /// It is not verified.
    None,
    /// The operator said so.
    OperatorsWord,
    /// The tenant published what it was asked to, in the domain's DNS.
    Dns {
        /// When it was found first.
        verified_at: Timestamp,
        /// Since when it has not been found any more, if so. It counts until it is withdrawn.
        missing_since: Option<Timestamp>,
    },
}

impl Proof {
    /// The word of somebody who may say so.
    pub fn said(verified: bool) -> Self {
        if verified { Self::OperatorsWord } else { Self::None }
    }

    /// Whether the domain counts as the tenant's.
    pub fn verified(self) -> bool {
        matches!(self, Self::OperatorsWord | Self::Dns { .. })
    }

    /// The proof that results when a change says this of a domain whose proof is `before`: what a change leaves unsaid
    /// stays, and a domain that is proved by DNS already is not made to rest on a word.
    #[must_use]
    pub fn after(self, before: Self) -> Self {
        match (self, before) {
            (Self::Unsaid, Self::Unsaid) => Self::None,
            (Self::Unsaid, _) | (Self::OperatorsWord, Self::Dns { .. }) => before,
            _ => self,
        }
    }
}
