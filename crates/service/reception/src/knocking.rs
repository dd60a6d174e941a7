//! Who was refused by rule A10 and is named by no connector: the certificate, the address, or both. Told to the trace, so that
//! an administrator who waits for a server finds it there, with what would admit it.

use core_attribution::{Evidence, PresentedFault, Refusal, RefusalReply, admission};
use core_directory::{CertificateFacts, Snapshot};
use io_store::{CandidateKind, Knock};
use serde_json::json;

/// Names and faults of a certificate that are kept; it may have 256 names.
const MAX_SHOWN: usize = 16;

/// The candidates in a refusal. An address is one only where the certificate does not say more.
pub(crate) fn candidates(evidence: &Evidence, snapshot: &Snapshot, refusal: Refusal) -> Vec<Knock> {
    if !matches!(refusal.reply, RefusalReply::TenantAttribution | RefusalReply::Attr36) {
        return Vec::new();
    }
    let knock = |kind, key, facts| Knock {
        kind,
        key,
        facts,
        sender: evidence.mail_from.domain().map(ToString::to_string),
        at: evidence.at,
    };
    let mut knocks = Vec::new();
    let mut proved = false;
    if let Some(certificate) = evidence.certificate.as_deref() {
        let trusted = admission::trusted(certificate, evidence.at);
        proved = trusted.by_operator || !trusted.by_tenants.is_empty();
        let named =
            admission::is_named(&certificate.names, snapshot) || !snapshot.pinning(&certificate.leaf_sha256).is_empty();
        if !named {
            let kind = if proved { CandidateKind::Certificate } else { CandidateKind::Claim };
            knocks.push(knock(kind, certificate.leaf_sha256.to_string(), facts(certificate, &trusted)));
        }
    }
    if let Some(address) = evidence.remote_ip.filter(|address| !proved && !admission::is_addressed(*address, snapshot))
    {
        knocks.push(knock(CandidateKind::Address, address.to_string(), "{}".to_owned()));
    }
    knocks
}

/// What the certificate says, and whom it convinces.
fn facts(certificate: &CertificateFacts, trusted: &admission::Trusted) -> String {
    let names: Vec<String> = certificate.names.iter().take(MAX_SHOWN).map(ToString::to_string).collect();
    let faults: Vec<PresentedFault> = certificate.faults.iter().take(MAX_SHOWN).map(PresentedFault::of).collect();
    let by_tenants: Vec<u64> = trusted.by_tenants.iter().map(|tenant| tenant.0).collect();
    json!({
        "names": names,
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "not_after": certificate.leaf_validity.not_after,
        "trusted_by_operator": trusted.by_operator,
        "trusted_by_tenants": by_tenants,
        "faults": faults,
    })
    .to_string()
}
