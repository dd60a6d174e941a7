//! The twins of a certificate that ECDSA signed: whoever has a signature (r, s) can write (r, n − s), which is good as well
//! (n is the order of the curve). The certificate says the same, but its thumbprint is another one, so that a list of denied
//! certificates must know both.

use core_directory::Thumbprint;

use crate::der::SignedParts;
use crate::signature::thumbprint;

/// Orders of P-256, P-384 and P-521 (SEC 2 §2.4.2, §2.5.1, §2.6.1), big end first. The signature does not say which curve
/// made it, and its issuer may not be known, so that each is tried.
const ORDERS: [&[u8]; 3] = [
    &[
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
        0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ],
    &[
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2,
        0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
    ],
    &[
        0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0x51, 0x86,
        0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8,
        0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09,
    ],
];

/// Longest order in octets.
const LONGEST_ORDER: usize = 66;

/// Thumbprints of the certificates that say the same as this one under another form of its signature. None for a
/// certificate that ECDSA did not sign.
pub(crate) fn twin_thumbprints(certificate: &[u8]) -> Vec<Thumbprint> {
    let Some(parts) = SignedParts::cut(certificate) else { return Vec::new() };
    let Some((r, s)) = parts.signature_integers() else { return Vec::new() };
    let others = ORDERS.iter().filter_map(|order| subtract(order, s));
    others.map(|other| thumbprint(&parts.with_signature_integers(r, &other))).collect()
}

/// `order − s` for a positive `s` below it, as the content of a DER INTEGER.
fn subtract(order: &[u8], s: &[u8]) -> Option<Vec<u8>> {
    let pad = |number: &[u8]| {
        let mut padded = vec![0; LONGEST_ORDER.checked_sub(number.len())?];
        padded.extend_from_slice(number);
        Some(padded)
    };
    let significant = s.get(s.iter().position(|&octet| octet != 0)?..)?;
    let (order, s) = (pad(order)?, pad(significant)?);
    let mut difference = vec![0; LONGEST_ORDER];
    let mut borrow = false;
    for ((to, &from), &take) in difference.iter_mut().zip(&order).zip(&s).rev() {
        let (first, under) = from.overflowing_sub(take);
        let (second, under_again) = first.overflowing_sub(u8::from(borrow));
        *to = second;
        borrow = under || under_again;
    }
    let start = difference.iter().position(|&octet| octet != 0)?;
    let mut content = difference.split_off(start);
    // A DER INTEGER whose first bit is set would be negative.
    if content.first().is_some_and(|first| first & 0x80 != 0) {
        content.insert(0, 0);
    }
    (!borrow).then_some(content)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::signature::{SignatureCheck, check_signature, public_key};
    use crate::test_authority::{Authority, fixture};

    #[test]
    fn a_twin_is_good_and_has_its_twin() {
        for _ in 0..20 {
            let root = Authority::root("Root");
            let leaf = root.leaf(&["mail.contoso.com"], &|_| {});
            let parts = SignedParts::cut(&leaf).unwrap();
            let (r, s) = parts.signature_integers().unwrap();
            let twin = parts.with_signature_integers(r, &subtract(ORDERS[0], s).unwrap());
            assert_ne!(twin, leaf);
            let check = check_signature(&SignedParts::cut(&twin).unwrap(), &public_key(&root.der).unwrap());
            assert_eq!(check, SignatureCheck::Good, "that is why twins matter");
            assert!(twin_thumbprints(&leaf).contains(&thumbprint(&twin)));
            assert!(twin_thumbprints(&twin).contains(&thumbprint(&leaf)));
        }
    }

    #[test]
    fn others_have_none() {
        assert_eq!(twin_thumbprints(&fixture(include_bytes!("fixtures/rsa.pem"))), []);
        assert_eq!(twin_thumbprints(b"junk"), []);
        assert_eq!(subtract(ORDERS[0], &[0, 0]), None);
        assert_eq!(subtract(ORDERS[0], ORDERS[0]), None);
        assert_eq!(subtract(ORDERS[0], ORDERS[1]), None);
    }
}
