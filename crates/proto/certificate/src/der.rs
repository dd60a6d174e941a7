//! Just enough DER (X.690 §8 and §10) to cut a certificate into what was signed, by which algorithm, and the public key.
//! Nothing is interpreted here: a certificate whose dates or names are broken still has a key that can be checked.

/// Tag of an INTEGER.
pub(crate) const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
/// Tag of an OCTET STRING.
pub(crate) const OCTET_STRING: u8 = 0x04;
/// Tag of an OBJECT IDENTIFIER.
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
/// Tag of a SEQUENCE.
pub(crate) const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// The parts of a certificate that cryptography needs (RFC 5280 §4.1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignedParts<'a> {
    /// `tbsCertificate`, tag and length included: what is signed.
    pub(crate) signed: &'a [u8],
    /// Content of `signatureAlgorithm`.
    pub(crate) algorithm: &'a [u8],
    /// Content of `signature` in `tbsCertificate`: the same algorithm, as it was signed.
    pub(crate) signed_algorithm: &'a [u8],
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
        // `tbsCertificate`: version (left out in v1), serial number, signature, issuer, validity, subject, public key.
        let fields = element(signed.content, VERSION).map_or(signed.content, |version| version.rest);
        let signed_algorithm = element(element(fields, INTEGER)?.rest, SEQUENCE)?;
        let mut fields = signed_algorithm.rest;
        for _ in ["issuer", "validity", "subject"] {
            fields = element(fields, SEQUENCE)?.rest;
        }
        Some(Self {
            signed: signed.whole,
            algorithm: algorithm.content,
            signed_algorithm: signed_algorithm.content,
            signature: bits(signature.content)?,
            public_key: PublicKey::read(element(fields, SEQUENCE)?.whole)?,
        })
    }
}

impl<'a> SignedParts<'a> {
    /// The two numbers of an ECDSA signature (RFC 3279 §2.2.3), if it is one.
    pub(crate) fn signature_integers(&self) -> Option<(&'a [u8], &'a [u8])> {
        let pair = element(self.signature, SEQUENCE).filter(|pair| pair.rest.is_empty())?;
        let r = element(pair.content, INTEGER)?;
        let s = element(r.rest, INTEGER).filter(|s| s.rest.is_empty())?;
        Some((r.content, s.content))
    }

    /// The certificate with another ECDSA signature in place of its own.
    pub(crate) fn with_signature_integers(&self, r: &[u8], s: &[u8]) -> Vec<u8> {
        let pair = write(SEQUENCE, &[write(INTEGER, r), write(INTEGER, s)].concat());
        let signature = write(BIT_STRING, &[&[0], pair.as_slice()].concat());
        write(SEQUENCE, &[self.signed, &write(SEQUENCE, self.algorithm), &signature].concat())
    }
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

/// The tag of the first element in the sequence that `der` is as a whole.
pub(crate) fn first_tag(der: &[u8]) -> Option<u8> {
    element(der, SEQUENCE).filter(|outer| outer.rest.is_empty())?.content.first().copied()
}

/// The tag of the element that follows the version number of a private key in any of its formats.
pub(crate) fn tag_after_version(der: &[u8]) -> Option<u8> {
    let outer = element(der, SEQUENCE).filter(|outer| outer.rest.is_empty())?;
    element(outer.content, INTEGER)?.rest.first().copied()
}

/// Whether `der` is a sequence whose first element is an `AlgorithmIdentifier`, which opens with an object identifier.
pub(crate) fn opens_with_algorithm(der: &[u8]) -> bool {
    element(der, SEQUENCE)
        .and_then(|outer| element(outer.content, SEQUENCE))
        .is_some_and(|first| first.content.first() == Some(&OBJECT_IDENTIFIER))
}

/// Tag and content of the first element of `input`, whatever it is, and what follows it.
pub(crate) fn next_element(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let tag = *input.first()?;
    element(input, tag).map(|element| (tag, element.content, element.rest))
}

/// The first element of `input`, if it has this tag. Its length is definite, as short as can be and at most four octets long:
/// otherwise one certificate could be written in several ways, each with another thumbprint.
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
    let shortest = match first {
        0..=0x81 => first <= 0x7f || length > 0x7f,
        _ => length >> (8 * (usize::from(first & 0x7f) - 1)) != 0,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    let whole = input.get(..input.len() - rest.len())?;
    (found == tag && shortest).then_some(Element { content, whole, rest })
}

/// One element with the shortest length.
fn write(tag: u8, content: &[u8]) -> Vec<u8> {
    let octets: Vec<u8> = content.len().to_be_bytes().into_iter().skip_while(|&octet| octet == 0).collect();
    let mut whole = vec![tag];
    match octets.as_slice() {
        [] => whole.push(0),
        [length @ 0..=0x7f] => whole.push(*length),
        // A length in memory has eight octets at most.
        _ => whole.extend(std::iter::once(0x80 | octets.len() as u8).chain(octets)),
    }
    whole.extend_from_slice(content);
    whole
}

/// The bytes of a BIT STRING that has no unused bits.
fn bits(content: &[u8]) -> Option<&[u8]> {
    content.split_first().filter(|(unused, _)| **unused == 0).map(|(_, bits)| bits)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn takes_the_shortest_length_only() {
        let check = |head: &[u8], length: usize, expected: bool| {
            let input = [&[&[SEQUENCE], head].concat(), vec![0; length].as_slice()].concat();
            assert_eq!(element(&input, SEQUENCE).is_some(), expected, "{head:x?}");
        };
        check(&[0x7f], 127, true);
        check(&[0x81, 0x7f], 127, false);
        check(&[0x81, 0x80], 128, true);
        check(&[0x82, 0x00, 0x80], 128, false);
        check(&[0x82, 0x01, 0x00], 256, true);
        check(&[0x83, 0x00, 0x01, 0x00], 256, false);
        check(&[0x80], 0, false);
        check(&[0x85, 0, 0, 0, 0, 1], 1, false);
        check(&[0x02], 1, false);
    }

    #[test]
    fn counts_the_bits_of_a_modulus() {
        let check = |modulus: &[u8], expected: Option<usize>| {
            let length = u8::try_from(modulus.len()).unwrap();
            let bits = [&[SEQUENCE, length + 2, INTEGER, length], modulus].concat();
            assert_eq!(
                PublicKey { info: &[], algorithm: &[], bits: &bits }.rsa_modulus_bits(),
                expected,
                "{modulus:x?}"
            );
        };
        check(&[0, 0xff, 0], Some(16));
        check(&[1, 0], Some(9));
        check(&[0], None);
        check(&[], None);
    }
}
