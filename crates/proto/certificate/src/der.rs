//! Just enough DER (X.690 §8 and §10) to cut a certificate into what was signed, by which algorithm, and the public key.
//! Nothing is interpreted here: a certificate whose dates or names are broken still has a key that can be checked.

/// Tag of an INTEGER.
pub(crate) const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// The parts of a certificate that cryptography needs (RFC 5280 §4.1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignedParts<'a> {
    /// `tbsCertificate`, tag and length included: what is signed.
    pub(crate) signed: &'a [u8],
    /// Content of `signatureAlgorithm`.
    pub(crate) algorithm: &'a [u8],
    /// The signature's bytes.
    pub(crate) signature: &'a [u8],
    /// The subject's public key.
    pub(crate) public_key: PublicKey<'a>,
}

/// A subject's public key (RFC 5280 §4.1.2.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey<'a> {
    /// `SubjectPublicKeyInfo`, tag and length included.
    pub info: &'a [u8],
    /// Content of its `AlgorithmIdentifier`.
    pub algorithm: &'a [u8],
    /// The key's bytes.
    pub bits: &'a [u8],
}

/// One element: its content, the whole of it, and what follows.
struct Element<'a> {
    content: &'a [u8],
    whole: &'a [u8],
    rest: &'a [u8],
}

impl<'a> SignedParts<'a> {
    /// Cuts a certificate. `None` if it is no certificate, or something follows it.
    pub(crate) fn cut(der: &'a [u8]) -> Option<Self> {
        let outer = element(der, SEQUENCE).filter(|outer| outer.rest.is_empty())?;
        let signed = element(outer.content, SEQUENCE)?;
        let algorithm = element(signed.rest, SEQUENCE)?;
        let signature = element(algorithm.rest, BIT_STRING).filter(|signature| signature.rest.is_empty())?;
        Some(Self {
            signed: signed.whole,
            algorithm: algorithm.content,
            signature: bits(signature.content)?,
            public_key: find_public_key(signed.content)?,
        })
    }
}

/// Walks `tbsCertificate` to `subjectPublicKeyInfo`: version (left out in v1), serial number, signature algorithm, issuer,
/// validity, subject, key.
fn find_public_key(mut fields: &[u8]) -> Option<PublicKey<'_>> {
    if let Some(version) = element(fields, VERSION) {
        fields = version.rest;
    }
    fields = element(fields, INTEGER)?.rest;
    for _ in ["signature", "issuer", "validity", "subject"] {
        fields = element(fields, SEQUENCE)?.rest;
    }
    PublicKey::read(element(fields, SEQUENCE)?.whole)
}

impl<'a> PublicKey<'a> {
    /// Reads a `SubjectPublicKeyInfo`.
    fn read(info: &'a [u8]) -> Option<Self> {
        let algorithm = element(element(info, SEQUENCE)?.content, SEQUENCE)?;
        let key = element(algorithm.rest, BIT_STRING).filter(|key| key.rest.is_empty())?;
        Some(Self { info, algorithm: algorithm.content, bits: bits(key.content)? })
    }

    /// Length of the modulus in bits, if `bits` is an `RSAPublicKey` (RFC 8017 §A.1.1).
    pub(crate) fn rsa_modulus_bits(&self) -> Option<usize> {
        let modulus = element(element(self.bits, SEQUENCE)?.content, INTEGER)?.content;
        let first = modulus.iter().position(|&byte| byte != 0)?;
        let leading = modulus.get(first)?.leading_zeros() as usize;
        Some((modulus.len() - first) * 8 - leading)
    }
}

/// Whether `der` begins like PKCS#12: a sequence that opens with version 3 (RFC 7292 §4).
pub(crate) fn looks_like_pkcs12(der: &[u8]) -> bool {
    element(der, SEQUENCE)
        .and_then(|outer| element(outer.content, INTEGER))
        .is_some_and(|version| version.content == [3])
}

/// Whether `der` is one whole sequence whose first element has the tag `first`.
pub(crate) fn is_sequence_of(der: &[u8], first: u8) -> bool {
    element(der, SEQUENCE).is_some_and(|outer| outer.rest.is_empty() && outer.content.first() == Some(&first))
}

/// The tag of the element that follows the version number of a private key in any of its formats.
pub(crate) fn tag_after_version(der: &[u8]) -> Option<u8> {
    let outer = element(der, SEQUENCE).filter(|outer| outer.rest.is_empty())?;
    element(outer.content, INTEGER)?.rest.first().copied()
}

/// Whether `der` is a sequence whose first element is a sequence that opens with an object identifier.
pub(crate) fn opens_with_object_identifier(der: &[u8]) -> bool {
    const OBJECT_IDENTIFIER: u8 = 0x06;
    element(der, SEQUENCE)
        .and_then(|outer| element(outer.content, SEQUENCE))
        .is_some_and(|first| first.content.first() == Some(&OBJECT_IDENTIFIER))
}

/// The first element of `input`, if it has this tag. Lengths are definite and at most four octets long.
fn element(input: &[u8], tag: u8) -> Option<Element<'_>> {
    let (&found, rest) = input.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        // 0x80 is the indefinite length of BER.
        0x81..=0x84 => {
            let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (octets.iter().fold(0, |length, &octet| length << 8 | usize::from(octet)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    let whole = input.get(..input.len() - rest.len())?;
    (found == tag).then_some(Element { content, whole, rest })
}

/// The bytes of a BIT STRING that has no unused bits.
fn bits(content: &[u8]) -> Option<&[u8]> {
    content.split_first().filter(|(unused, _)| **unused == 0).map(|(_, bits)| bits)
}
