//! Who knocks: certificates and addresses that were refused and that no connector names.

use jiff::Timestamp;

/// Sender domains that are kept of a candidate, the last ones.
pub const MAX_SENDERS: usize = 5;

/// What knocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CandidateKind {
    /// A certificate that proves its names.
    Certificate,
    /// An address, by itself or with a certificate that proves nothing.
    Address,
    /// A certificate that proves nothing: anybody could have made it.
    Claim,
}

/// One time that a candidate was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knock {
    /// What knocked.
    pub kind: CandidateKind,
    /// SHA-256 of the leaf, or the address.
    pub key: String,
    /// What a certificate says, in JSON, at most [`MAX_TRACE_BODY`](crate::MAX_TRACE_BODY) octets; the last word stays.
    pub facts: String,
    /// The sender's domain; `None` for the null sender and address literals.
    pub sender: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A certificate or an address that was refused, as far as the scope sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What it is.
    pub kind: CandidateKind,
    /// SHA-256 of the leaf, or the address.
    pub key: String,
    /// What a certificate says, in JSON.
    pub facts: String,
    /// When it was first refused.
    pub first_at: Timestamp,
    /// When it was last refused.
    pub last_at: Timestamp,
    /// How often.
    pub times: u64,
    /// The last sender domains, at most [`MAX_SENDERS`], the newest first.
    pub senders: Vec<String>,
}
