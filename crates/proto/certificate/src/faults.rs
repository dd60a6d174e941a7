//! What is wrong with a chain, told from its shape (rule A2): all that applies, in the order in which a person would look.

use core_directory::ChainFault;
use jiff::Timestamp;

use crate::links::{Issuance, Links};
use crate::path::{NoPath, PathUse};
use crate::store::TrustStore;

/// Finds the faults of a chain that has no path to `store`. `refusal` is used only if the shape shows nothing wrong.
pub(crate) fn find_faults(
    links: &Links<'_>,
    store: &TrustStore,
    uses: &[PathUse],
    at: Timestamp,
    refusal: &NoPath,
) -> Vec<ChainFault> {
    let mut faults = Vec::new();
    let followed = follow(links, store, &mut faults);
    for &position in &followed {
        out_of_date(links, position, at, &mut faults);
    }
    let allowed = links.leaf().map(|leaf| leaf.allowed_use());
    if allowed.is_some_and(|allowed| !uses.iter().any(|usage| usage.is_allowed_by(allowed))) {
        faults.push(ChainFault::WrongUse);
    }
    if faults.is_empty() {
        faults.push(refusal_fault(refusal));
    }
    let unreadable = links.unreadable().iter();
    faults.extend(unreadable.map(|error| ChainFault::Unreadable { detail: error.to_string() }));
    faults
}

/// Walks up from the leaf by the first signer of each, tells how the way ends, and returns the positions on it without a
/// root at its end.
fn follow(links: &Links<'_>, store: &TrustStore, faults: &mut Vec<ChainFault>) -> Vec<usize> {
    let mut followed = Vec::new();
    let mut position = 0;
    while let Some(certificate) = links.get(position) {
        let trusted = store.contains(certificate.der);
        if links.is_self_signed(position) {
            if position == 0 {
                followed.push(0);
            }
            match (trusted, position) {
                (true, _) => {}
                (false, 0) => faults.push(ChainFault::SelfSignedLeaf),
                (false, _) => faults.push(ChainFault::UntrustedRoot { root: certificate.subject() }),
            }
            return followed;
        }
        followed.push(position);
        let next = links.issuers(position).iter().find(|next| !followed.contains(next));
        match (links.issuance(position, store), next) {
            (Issuance::Signed, Some(&next)) => position = next,
            // A trusted root signed it, or signatures go round in a circle, which is told as a missing issuer.
            (Issuance::Signed, None) => {
                if links.issuers(position).is_empty() {
                    return followed;
                }
                faults.push(missing(links, position));
                return followed;
            }
            (Issuance::Missing, _) => {
                faults.push(missing(links, position));
                return followed;
            }
            (Issuance::Wrong, _) => {
                faults.push(ChainFault::BadSignature { subject: certificate.subject() });
                return followed;
            }
            (Issuance::Uncheckable, _) => {
                let detail = format!(
                    "the signature of {} is of a kind that cannot be checked (SHA-1, or RSA below 2048 bits)",
                    certificate.subject()
                );
                faults.push(ChainFault::Unreadable { detail });
                return followed;
            }
        }
    }
    followed
}

fn missing(links: &Links<'_>, position: usize) -> ChainFault {
    let names = links.get(position).map(|certificate| (certificate.subject(), certificate.issuer()));
    let (subject, issuer) = names.unwrap_or_default();
    ChainFault::MissingIssuer { subject, issuer }
}

fn out_of_date(links: &Links<'_>, position: usize, at: Timestamp, faults: &mut Vec<ChainFault>) {
    let Some(certificate) = links.get(position) else { return };
    let validity = certificate.validity();
    if at > validity.not_after {
        faults.push(ChainFault::Expired { subject: certificate.subject(), since: validity.not_after });
    }
    if at < validity.not_before {
        faults.push(ChainFault::NotYetValid { subject: certificate.subject(), until: validity.not_before });
    }
}

/// The fault behind a refusal that the shape does not explain.
fn refusal_fault(refusal: &NoPath) -> ChainFault {
    use webpki::Error;
    let detail = match refusal {
        NoPath::NameConstraint | NoPath::Refused(Error::NameConstraintViolation | Error::MalformedDnsIdentifier) => {
            return ChainFault::NameConstraint;
        }
        NoPath::Refused(Error::RequiredEkuNotFoundContext(_)) => return ChainFault::WrongUse,
        NoPath::NoRoot => "no trusted root signed it".to_owned(),
        NoPath::NoIssuer => "a certificate of the chain may not issue others, or not for mail servers".to_owned(),
        NoPath::Refused(Error::EndEntityUsedAsCa) => "an issuer in the chain is no certification authority".to_owned(),
        NoPath::Refused(Error::PathLenConstraintViolated) => {
            "an authority of the chain may not have another one below it".to_owned()
        }
        NoPath::Refused(Error::MaximumPathDepthExceeded) => "more than six intermediates".to_owned(),
        NoPath::Refused(error) => format!("path validation says {error}"),
    };
    ChainFault::Unreadable { detail }
}
