//! PKCS#12 (RFC 7292), the `.pfx` and `.p12` files that Windows exports: the certificates in them. The key stays where it is.
//!
//! Opening one costs as much as its writer chose: the password is stretched as often as the file says. What can be seen of
//! that without the password is bounded before anything is computed, and so is the file's length, which bounds the rest.

use p12_keystore::Pkcs12Archive;

use crate::der;

/// Largest file in octets. A leaf with its intermediates and an RSA key of 4096 bits is below 16 KiB.
pub const MAX_PKCS12_LENGTH: usize = 64 * 1024;

/// Most rounds of stretching that a file may ask for, all its parts together. Windows asks for 2,000 to 10,000 in each of three
/// parts, careful tools for some hundred thousand; a million take about a second.
pub const MAX_ROUNDS: u64 = 1_000_000;

/// Most elements that are looked at before the file is opened: more than fit into [`MAX_PKCS12_LENGTH`] of a real one.
const MAX_ELEMENTS: usize = 4096;

/// Most certificates of a file that are read.
const MAX_CERTIFICATES: usize = 64;

/// The key derivation `scrypt` (RFC 7914 §7) as encoded: its memory is the writer's choice.
const SCRYPT: &[u8] = &[0x06, 0x09, 0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b];

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pkcs12 {
    /// The certificates in DER: those that issue others behind those that do not, else in the order of the file, in which the
    /// leaf is sometimes the last.
    pub certificates: Vec<Vec<u8>>,
    /// Whether a private key is in it.
    pub has_key: bool,
}

/// Why a file cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Pkcs12Error {
    /// Longer than [`MAX_PKCS12_LENGTH`].
    #[error("the PKCS#12 file has {0} octets; {MAX_PKCS12_LENGTH} are read at most")]
    TooLong(usize),
    /// It asks for more work than [`MAX_ROUNDS`], or for memory.
    #[error("the PKCS#12 file asks for more work than is done for one; export it again with the usual settings")]
    TooDear,
    /// None of the passwords fits, the empty one among them.
    #[error("the PKCS#12 file needs {}", if *.tried > 0 { "another password" } else { "its password" })]
    Password {
        /// How many were tried beside the empty one.
        tried: usize,
    },
    /// It is damaged, or made in a way that is not supported.
    #[error("the PKCS#12 file cannot be read: {0}")]
    Unreadable(String),
}

/// Whether these octets begin like PKCS#12.
pub fn is_pkcs12(file: &[u8]) -> bool {
    der::looks_like_pkcs12(file)
}

/// Opens a file with the empty password, then with each of `passwords`.
pub fn read_pkcs12(file: &[u8], passwords: &[&str]) -> Result<Pkcs12, Pkcs12Error> {
    if file.len() > MAX_PKCS12_LENGTH {
        return Err(Pkcs12Error::TooLong(file.len()));
    }
    let asks_for_memory = file.windows(SCRYPT.len()).any(|octets| octets == SCRYPT);
    if asks_for_memory || visible_rounds(file).is_none_or(|rounds| rounds > MAX_ROUNDS) {
        return Err(Pkcs12Error::TooDear);
    }
    for password in std::iter::once(&"").chain(passwords) {
        match Pkcs12Archive::from_pkcs12(file, password) {
            Ok(archive) => return Ok(contents(archive)),
            Err(error) if is_about_the_password(&error) => {}
            Err(error) => return Err(Pkcs12Error::Unreadable(error.to_string())),
        }
    }
    Err(Pkcs12Error::Password { tried: passwords.len() })
}

/// A wrong password shows as a wrong checksum; without a checksum, as decrypted nonsense.
fn is_about_the_password(error: &p12_keystore::error::Error) -> bool {
    use p12_keystore::error::Error;
    matches!(error, Error::MacError(_) | Error::UnpadError | Error::Pkcs5Error(_))
}

fn contents(archive: Pkcs12Archive) -> Pkcs12 {
    let has_key = !archive.keys.is_empty();
    let mut certificates: Vec<(bool, Vec<u8>)> = Vec::new();
    for bag in archive.certs.into_iter().take(MAX_CERTIFICATES) {
        let der = bag.cert.as_der().to_vec();
        let issues = crate::ParsedCertificate::parse(&der).is_ok_and(|parsed| parsed.is_ca);
        if certificates.iter().all(|(_, known)| *known != der) {
            certificates.push((issues && bag.local_key_id.is_none(), der));
        }
    }
    certificates.sort_by_key(|(issues, _)| *issues);
    Pkcs12 { certificates: certificates.into_iter().map(|(_, der)| der).collect(), has_key }
}

/// The sum of all numbers of rounds that can be seen: integers behind a salt, which is an octet string (RFC 7292 §4, RFC 8018
/// §A.2). None: there are more elements than a real file has.
fn visible_rounds(file: &[u8]) -> Option<u64> {
    let mut rounds: u64 = 0;
    let mut open = vec![file];
    let mut elements = 0;
    while let Some(mut rest) = open.pop() {
        let mut behind_salt = false;
        while let Some((tag, content, behind)) = der::next_element(rest) {
            elements += 1;
            if elements > MAX_ELEMENTS {
                return None;
            }
            match tag {
                der::INTEGER if behind_salt => {
                    let number = content
                        .iter()
                        .fold(0_u64, |number, octet| number.saturating_mul(256).saturating_add(u64::from(*octet)));
                    rounds = rounds.saturating_add(number);
                }
                // Constructed elements, and octet strings, which hold others in turn.
                der::OCTET_STRING | 0x24 | der::SEQUENCE | 0x31 | 0xa0..=0xbf => open.push(content),
                _ => {}
            }
            behind_salt = tag == der::OCTET_STRING;
            rest = behind;
        }
    }
    Some(rounds)
}

#[cfg(test)]
mod tests;
