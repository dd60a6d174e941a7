//! The reasoning behind a verdict: which connectors were considered, what was compared with what, the nearest miss, and
//! the smallest change that would turn the verdict. Codes and arguments, never prose; bounded whatever the directory holds.

mod change;
mod examine;
mod near;

use core_directory::{ChainFault, Snapshot};
use serde::{Deserialize, Serialize};

use crate::{Evidence, RuleId, Sender, Verdict};
pub use change::{Change, Edit, EditKind, Side};
pub(crate) use examine::Case;
use examine::Examined;

/// Most connectors that a reasoning shows; the rest is counted.
pub const MAX_CONSIDERED: usize = 64;

/// Why a verdict is what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reasoning {
    /// What was compared, the nearest connector first, and of each connector everything that it missed.
    pub considered: Vec<Considered>,
    /// Connectors that were near enough to be looked at but are not shown.
    pub not_shown: u64,
    /// What the client presented.
    pub presented: Presented,
    /// The smallest change that turns the verdict; none where it passes, or where no change of ours or theirs would do.
    pub change: Option<Change>,
}

/// One comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// Name of the tenant.
    pub tenant: String,
    /// Name of the connector.
    pub connector: String,
    /// The field compared, by its key in the directory file.
    pub field: String,
    /// What the connector wants.
    pub wanted: String,
    /// What was presented.
    pub presented: String,
    /// How the two relate.
    pub reason: Reason,
    /// The rule that compares them.
    pub rule: RuleId,
}

/// How a connector's field and what was presented relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// This connector decided.
    Decided,
    /// It would have admitted the mail, but another came first.
    CameLater,
    /// It matches, another tenant's connector matches just as well, and neither tenant holds the sender's domain.
    Ambiguous,
    /// Rule A0 forbids its value or its ranges, so the rules ignore them.
    OutOfBounds,
    /// It is disabled.
    Disabled,
    /// It is a Partner connector, which admits nobody's outgoing mail.
    WrongType,
    /// The client presented no certificate.
    NoCertificate,
    /// No presented name matches the value.
    NameDiffers,
    /// The leaf is on the operator's list of denied certificates.
    CertificateDenied,
    /// The client could not prove that it has the certificate's key.
    KeyNotProved,
    /// The leaf is not among the pinned ones.
    NotPinned,
    /// No path leads to a trusted root.
    Untrusted,
    /// The certificate is past its date.
    Expired,
    /// The certificate is before its date.
    NotYetValid,
    /// The leaf is for neither client nor server authentication.
    WrongUse,
    /// The connector demands client authentication, for which the leaf is not.
    NotForClients,
    /// The chain's name constraints shut the name out.
    NameConstraint,
    /// The value's domain is registered at the tenant but not verified.
    DomainUnverified,
    /// The value's domain is not an accepted domain of the tenant.
    DomainNotAccepted,
    /// The presented name lies in a domain that another tenant verified.
    NameOfAnother,
    /// The remote address is in no range.
    AddressDiffers,
    /// The remote address is not known.
    AddressUnknown,
    /// By address, the tenant does not hold the sender's domain.
    SenderNotHeld,
    /// The null sender never passes by address.
    NullSender,
    /// The sender's domain is out of the connector's scope.
    OutOfScope,
    /// The sender's domain is in none of the associated accepted domains.
    NotAssociated,
    /// The connector demands TLS.
    TlsRequired,
    /// Another tenant holds the sender's domain.
    ForeignSender,
    /// The tenant refuses direct send.
    DirectSend,
    /// No send connector takes the recipient's domain.
    NoRoute,
    /// The tenant is suspended.
    Suspended,
}

/// What the client presented, for showing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presented {
    /// The remote address.
    pub remote_ip: Option<String>,
    /// Whether over TLS.
    pub tls: bool,
    /// The certificate's names; empty without one.
    pub names: Vec<String>,
    /// SHA-256 of the leaf.
    pub leaf_sha256: Option<String>,
    /// The leaf's subject.
    pub subject: Option<String>,
    /// What is wrong with its chain.
    pub chain_faults: Vec<PresentedFault>,
    /// MAIL FROM's domain; empty for the null sender.
    pub mail_from: Option<String>,
    /// RCPT TO's domain.
    pub rcpt_to: Option<String>,
}

/// A fault of the chain: its code and its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresentedFault {
    /// The fault.
    pub code: String,
    /// Subject, issuer, date or detail, in the order of the fault's fields.
    pub arguments: Vec<String>,
}

/// Most chain faults and names that are shown.
const MAX_SHOWN: usize = 16;

/// Explains `verdict`, which `decide` gave for this evidence and snapshot.
pub fn reason(evidence: &Evidence, snapshot: &Snapshot, verdict: &Verdict) -> Reasoning {
    let case = Case::new(evidence, snapshot, verdict);
    let near = near::candidates(&case);
    let mut examined: Vec<Examined> = near.connectors.iter().flat_map(|&index| case.examine(index)).collect();
    examined.sort_by_key(Examined::distance);
    let change = (!verdict.passes()).then(|| change::smallest(&case, &examined)).flatten();
    let mut considered = examine::tenant_wide(&case);
    let mut shown = std::collections::BTreeSet::new();
    for route in &examined {
        if shown.len() == MAX_CONSIDERED && !shown.contains(&route.connector) {
            continue;
        }
        shown.insert(route.connector);
        considered.extend(route.considered(snapshot));
    }
    let not_shown = near.connectors.len() - shown.len() + near.passed_over();
    let not_shown = u64::try_from(not_shown).unwrap_or(u64::MAX);
    Reasoning { considered, not_shown, presented: Presented::of(evidence), change }
}

impl Presented {
    pub(crate) fn of(evidence: &Evidence) -> Self {
        let certificate = evidence.certificate.as_deref();
        Self {
            remote_ip: evidence.remote_ip.map(|address| address.to_string()),
            tls: evidence.tls,
            names: certificate.map(|facts| shown_names(&facts.names)).unwrap_or_default(),
            leaf_sha256: certificate.map(|facts| facts.leaf_sha256.to_string()),
            subject: certificate.map(|facts| facts.subject.clone()).filter(|subject| !subject.is_empty()),
            chain_faults: certificate
                .map(|facts| facts.faults.iter().take(MAX_SHOWN).map(PresentedFault::of).collect())
                .unwrap_or_default(),
            mail_from: match &evidence.mail_from {
                Sender::Null => Some(String::new()),
                Sender::Domain(domain) => Some(domain.to_string()),
                Sender::NoDomain => None,
            },
            rcpt_to: evidence.rcpt_to.as_ref().map(ToString::to_string),
        }
    }
}

fn shown_names(names: &[core_directory::CertificateName]) -> Vec<String> {
    names.iter().take(MAX_SHOWN).map(ToString::to_string).collect()
}

impl PresentedFault {
    /// The fault as a code with its arguments.
    #[must_use]
    pub fn of(fault: &ChainFault) -> Self {
        let (code, arguments) = match fault {
            ChainFault::SelfSignedLeaf => ("self-signed-leaf", vec![]),
            ChainFault::UntrustedRoot { root } => ("untrusted-root", vec![root.clone()]),
            ChainFault::MissingIssuer { subject, issuer } => ("missing-issuer", vec![subject.clone(), issuer.clone()]),
            ChainFault::Expired { subject, since } => ("expired", vec![subject.clone(), since.to_string()]),
            ChainFault::NotYetValid { subject, until } => ("not-yet-valid", vec![subject.clone(), until.to_string()]),
            ChainFault::WrongUse => ("wrong-use", vec![]),
            ChainFault::Denied => ("denied", vec![]),
            ChainFault::NameConstraint => ("name-constraint", vec![]),
            ChainFault::UncheckableKey => ("uncheckable-key", vec![]),
            ChainFault::BadSignature { subject } => ("bad-signature", vec![subject.clone()]),
            ChainFault::Unreadable { detail } => ("unreadable", vec![detail.clone()]),
        };
        Self { code: code.into(), arguments }
    }
}
