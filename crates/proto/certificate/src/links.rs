//! The shape of a chain: which of the sent certificates signed which, found by checking signatures and not by trusting the
//! order or the names. Path validation then looks only at certificates that a signature ties to the leaf, which bounds its
//! work however a hostile chain is built.

use crate::reading::{Reading, UnreadableCertificate};
use crate::signature::{SignatureCheck, check_signature, public_key};
use crate::store::{Root, TrustStore};

/// Most certificates of a chain that are looked at. Real chains have up to five; webpki follows six intermediates.
pub const MAX_CHAIN_LENGTH: usize = 16;

/// Most octets of a chain that are looked at: what a TLS message that rustls accepts can hold, with room to spare.
pub const MAX_CHAIN_OCTETS: usize = 256 * 1024;

/// Most signatures between sent certificates that are checked. A real chain needs one for each certificate, a cross-signed
/// one a few more; the slowest check (RSA with 8192 bits) takes about half a millisecond.
const MAX_SENT_SIGNATURES: usize = 48;

/// Most roots whose signature is checked for one chain. Only tenants that register many roots under one subject come near.
const MAX_ROOT_SIGNATURES: usize = 64;

/// A chain with its links.
pub(crate) struct Links<'a> {
    /// The leaf first, then the others in their order; those that cannot be read and repeated ones are left out.
    certificates: Vec<Reading<'a>>,
    /// For each certificate the positions of those that signed it.
    issuers: Vec<Vec<usize>>,
    /// Positions of the certificates that signatures tie to the leaf, the leaf first.
    reachable: Vec<usize>,
    /// What could not be read behind the leaf.
    unreadable: Vec<UnreadableCertificate>,
}

/// A root that signed a certificate of the chain.
#[derive(Clone, Copy)]
pub(crate) struct RootLink<'s> {
    /// Position of the certificate in the chain.
    pub(crate) signed: usize,
    /// Position of the root in its store.
    pub(crate) position: usize,
    pub(crate) root: &'s Root,
}

/// How a certificate relates to the issuers that bear the name it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Issuance {
    /// One of them signed it.
    Signed,
    /// None bears the name.
    Missing,
    /// They bear the name, and none signed it.
    Wrong,
    /// They bear the name, and key or algorithm cannot be checked.
    Uncheckable,
}

impl<'a> Links<'a> {
    /// Reads a chain and ties it together. Fails if the leaf cannot be read or the chain is beyond its bounds.
    pub(crate) fn new(chain: &'a [Vec<u8>]) -> Result<Self, UnreadableCertificate> {
        let Some((leaf, others)) = chain.split_first() else {
            return Err(UnreadableCertificate("the chain has no certificate".to_owned()));
        };
        let mut certificates = vec![Reading::new(leaf)?];
        let octets: usize = chain.iter().map(Vec::len).sum();
        if chain.len() > MAX_CHAIN_LENGTH || octets > MAX_CHAIN_OCTETS {
            return Err(UnreadableCertificate(format!(
                "the chain has {} certificates and {octets} octets; {MAX_CHAIN_LENGTH} and {MAX_CHAIN_OCTETS} are read at most",
                chain.len()
            )));
        }
        let mut unreadable = Vec::new();
        for (index, der) in others.iter().enumerate() {
            match Reading::new(der) {
                Ok(reading) if certificates.iter().any(|known| known.der == reading.der) => {}
                Ok(reading) => certificates.push(reading),
                Err(error) => unreadable.push(UnreadableCertificate(format!("certificate {}: {error}", index + 2))),
            }
        }
        let mut links =
            Self { issuers: vec![Vec::new(); certificates.len()], certificates, reachable: vec![0], unreadable };
        links.tie();
        Ok(links)
    }

    /// Follows signatures from the leaf upwards, each certificate once.
    fn tie(&mut self) {
        let mut budget = MAX_SENT_SIGNATURES;
        let mut next = 0;
        while let Some(&position) = self.reachable.get(next) {
            next += 1;
            let (found, _) = self.check_sent_issuers(position, &mut budget);
            for &issuer in &found {
                if !self.reachable.contains(&issuer) {
                    self.reachable.push(issuer);
                }
            }
            if let Some(issuers) = self.issuers.get_mut(position) {
                *issuers = found;
            }
        }
    }

    /// The sent certificates that signed this one, itself apart, and how the rest of those with the right name failed.
    fn check_sent_issuers(&self, position: usize, budget: &mut usize) -> (Vec<usize>, Issuance) {
        let mut signers = Vec::new();
        let mut issuance = Issuance::Missing;
        let Some(signed) = self.certificates.get(position) else { return (signers, issuance) };
        for (index, candidate) in self.certificates.iter().enumerate() {
            if index == position || candidate.raw_subject() != signed.raw_issuer() || *budget == 0 {
                continue;
            }
            *budget -= 1;
            let check = check_signature(&signed.parts, &candidate.parts.public_key);
            issuance = issuance.after(check);
            if check == SignatureCheck::Good {
                signers.push(index);
            }
        }
        (signers, issuance)
    }

    pub(crate) fn leaf(&self) -> Option<&Reading<'a>> {
        self.certificates.first()
    }

    pub(crate) fn get(&self, position: usize) -> Option<&Reading<'a>> {
        self.certificates.get(position)
    }

    pub(crate) fn unreadable(&self) -> &[UnreadableCertificate] {
        &self.unreadable
    }

    /// Positions of the sent certificates that signed the one at `position`.
    pub(crate) fn issuers(&self, position: usize) -> &[usize] {
        self.issuers.get(position).map(Vec::as_slice).unwrap_or_default()
    }

    /// The certificates above the leaf that signatures tie to it.
    pub(crate) fn intermediates(&self) -> impl Iterator<Item = &Reading<'a>> {
        self.reachable.iter().skip(1).filter_map(|&position| self.certificates.get(position))
    }

    /// Whether the certificate is signed by its own key, or claims to be and cannot be checked.
    pub(crate) fn is_self_signed(&self, position: usize) -> bool {
        self.get(position).is_some_and(|certificate| {
            certificate.is_self_issued()
                && check_signature(&certificate.parts, &certificate.parts.public_key) != SignatureCheck::Wrong
        })
    }

    /// The roots of `store` that signed a certificate of the chain.
    pub(crate) fn root_links<'s>(&self, store: &'s TrustStore) -> Vec<RootLink<'s>> {
        let mut links = Vec::new();
        let mut budget = MAX_ROOT_SIGNATURES;
        for &signed in &self.reachable {
            let Some(certificate) = self.certificates.get(signed) else { continue };
            for (position, root) in store.named(certificate.raw_issuer()) {
                if budget == 0 {
                    return links;
                }
                budget -= 1;
                if check_root_signature(certificate, root) == SignatureCheck::Good {
                    links.push(RootLink { signed, position, root });
                }
            }
        }
        links
    }

    /// How the certificate relates to the issuers that were sent and those that are trusted.
    pub(crate) fn issuance(&self, position: usize, store: &TrustStore) -> Issuance {
        let mut budget = MAX_CHAIN_LENGTH;
        let (_, mut issuance) = self.check_sent_issuers(position, &mut budget);
        let Some(certificate) = self.get(position) else { return issuance };
        for (_, root) in store.named(certificate.raw_issuer()).take(MAX_CHAIN_LENGTH) {
            issuance = issuance.after(check_root_signature(certificate, root));
        }
        issuance
    }
}

impl Issuance {
    /// The state after one more candidate: one that signed settles it.
    fn after(self, check: SignatureCheck) -> Self {
        match (self, check) {
            (Self::Signed, _) | (_, SignatureCheck::Good) => Self::Signed,
            (Self::Uncheckable, _) | (_, SignatureCheck::Uncheckable) => Self::Uncheckable,
            (Self::Missing | Self::Wrong, SignatureCheck::Wrong) => Self::Wrong,
        }
    }
}

fn check_root_signature(certificate: &Reading<'_>, root: &Root) -> SignatureCheck {
    match public_key(&root.der) {
        Some(key) => check_signature(&certificate.parts, &key),
        None => SignatureCheck::Uncheckable,
    }
}
