//! PEM and DER files of certificates and keys, as administrators have them: with text around the blocks, with a
//! byte-order mark, in UTF-16 as Notepad saves it, as bare DER.
//!
//! A file that holds something else says what, on which line, and which command makes it right. PEM is RFC 7468.

use core_directory::PrivateKey;
use data_encoding::BASE64;

use crate::der;

/// Largest file in octets. A chain with its key is below 64 KiB; a bundle of all public roots is about 250 KiB, a company's
/// bundle in text form a few times that.
pub const MAX_FILE_LENGTH: usize = 4 * 1024 * 1024;

/// Octets of base64 in a line (RFC 7468 §2).
const LINE_LENGTH: usize = 64;

/// A PEM file, or raw DER, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PemFile {
    /// The certificates in DER, in the order of the file.
    pub certificates: Vec<Vec<u8>>,
    /// The line at which each certificate begins, from 1.
    pub certificate_lines: Vec<usize>,
    /// The private keys in the order of the file.
    pub keys: Vec<PrivateKey>,
    /// Line and label of the first block, to tell what is there instead of what was looked for.
    first: Option<(usize, String)>,
}

/// What [`look_through`] saw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenFile {
    /// The certificates in DER in the order of the file, each with the line at which it begins, from 1.
    pub certificates: Vec<(usize, Vec<u8>)>,
    /// The line of the first private key. The key itself is not kept.
    pub key_line: Option<usize>,
    /// What could not be read beside them.
    pub problems: Vec<PemError>,
}

impl SeenFile {
    fn of(file: PemFile) -> Self {
        let key_line = (!file.keys.is_empty()).then_some(1);
        let certificates = file.certificate_lines.into_iter().zip(file.certificates).collect();
        Self { certificates, key_line, problems: Vec::new() }
    }
}

/// Why a file gives no certificate or no key. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Longer than [`MAX_FILE_LENGTH`].
    #[error("the file has {0} octets; {MAX_FILE_LENGTH} are read at most")]
    TooLong(usize),
    /// Neither PEM nor DER.
    #[error("this is neither PEM nor DER; a PEM file has a line -----BEGIN CERTIFICATE-----")]
    Unknown,
    /// A PKCS#12 container.
    #[error("this is a PKCS#12 file (.pfx, .p12); make PEM of it with: openssl pkcs12 -in FILE -nodes -out FILE.pem")]
    Pkcs12,
    /// A block without its END line.
    #[error("line {line}: {label} has no line -----END {label}-----; the file is cut off")]
    Unfinished {
        /// The BEGIN line.
        line: usize,
        /// What it begins.
        label: String,
    },
    /// Base64 is broken.
    #[error("line {line}: {label} is not valid base64; copy the file again")]
    Base64 {
        /// The BEGIN line.
        line: usize,
        /// The block's label.
        label: String,
    },
    /// An encrypted key, which would need a passphrase.
    #[error("line {line}: the private key is encrypted; decrypt it with: openssl pkey -in FILE -out FILE.plain")]
    EncryptedKey {
        /// The BEGIN line.
        line: usize,
    },
    /// A block of another kind where a certificate or key is expected.
    #[error("line {line}: {label} where {expected} is expected{hint}")]
    Unexpected {
        /// The BEGIN line.
        line: usize,
        /// What was found.
        label: String,
        /// What belongs there.
        expected: &'static str,
        /// What to do, after a semicolon; may be empty.
        hint: &'static str,
    },
    /// No certificate at all.
    #[error("no certificate in the file")]
    NoCertificate,
    /// No private key at all.
    #[error("no private key in the file")]
    NoKey,
    /// More than one private key.
    #[error("{0} private keys in the file; keep the one that belongs to the certificate")]
    ManyKeys(usize),
}

/// One block of a PEM file.
struct Block {
    /// The BEGIN line, from 1.
    line: usize,
    label: String,
    /// The base64, white space left out.
    body: String,
    /// A header line such as `Proc-Type: 4,ENCRYPTED` stands in it.
    encrypted: bool,
}

/// Reads the certificates of a file, which may hold keys beside them.
pub fn read_certificates(file: &[u8]) -> Result<Vec<Vec<u8>>, PemError> {
    const EXPECTED: &str = "a certificate";
    let read = read(file, EXPECTED)?;
    if read.certificates.is_empty() {
        return Err(read.lacks(EXPECTED).unwrap_or(PemError::NoCertificate));
    }
    Ok(read.certificates)
}

/// Reads the private key of a file, which may hold certificates beside it.
pub fn read_key(file: &[u8]) -> Result<PrivateKey, PemError> {
    const EXPECTED: &str = "a private key";
    let mut read = read(file, EXPECTED)?;
    match (read.keys.pop(), read.keys.len()) {
        (None, _) => Err(read.lacks(EXPECTED).unwrap_or(PemError::NoKey)),
        (Some(key), 0) => Ok(key),
        (Some(_), others) => Err(PemError::ManyKeys(others + 1)),
    }
}

/// Reads what certificates a file has, for somebody who only looks: keys of any kind, encrypted ones too, are noticed and left
/// alone, and what is wrong behind a readable certificate does not hide it.
///
/// # Errors
/// A file without one whole certificate and without a key.
pub fn look_through(file: &[u8]) -> Result<SeenFile, PemError> {
    const EXPECTED: &str = "a certificate";
    let text = match text_of(file).filter(|text| text.contains("-----BEGIN ")) {
        Some(text) if file.len() <= MAX_FILE_LENGTH => text,
        _ => return read(file, EXPECTED).map(SeenFile::of),
    };
    let mut seen = SeenFile::default();
    let (blocks, broken) = blocks_until_broken(&text);
    seen.problems.extend(broken);
    for block in blocks {
        match block.label.as_str() {
            "CERTIFICATE" | "X509 CERTIFICATE" => match block.decode() {
                Ok(der) => seen.certificates.push((block.line, der)),
                Err(error) => seen.problems.push(error),
            },
            label if label.ends_with("PRIVATE KEY") => seen.key_line = seen.key_line.or(Some(block.line)),
            "EC PARAMETERS" | "DH PARAMETERS" => {}
            _ => seen.problems.push(block.unexpected(EXPECTED)),
        }
    }
    match seen.problems.first() {
        _ if !seen.certificates.is_empty() || seen.key_line.is_some() => Ok(seen),
        Some(error) => Err(error.clone()),
        None => Err(PemError::NoCertificate),
    }
}

/// Reads all certificates and keys of a file. `expected` names what the caller looks for, in errors.
pub fn read(file: &[u8], expected: &'static str) -> Result<PemFile, PemError> {
    if file.len() > MAX_FILE_LENGTH {
        return Err(PemError::TooLong(file.len()));
    }
    if file.is_empty() {
        return Err(PemError::Empty);
    }
    match text_of(file).filter(|text| text.contains("-----BEGIN ")) {
        Some(text) => read_blocks(&text, expected),
        None => read_der(file, expected),
    }
}

impl PemFile {
    /// The error of a file that has only other things than `expected`.
    fn lacks(self, expected: &'static str) -> Option<PemError> {
        self.first.map(|(line, label)| PemError::Unexpected { line, label, expected, hint: "" })
    }
}

/// Writes certificates as PEM, one block each.
pub fn write_certificates(chain: &[Vec<u8>]) -> String {
    chain.iter().map(|der| write_block("CERTIFICATE", der)).collect()
}

/// Writes a private key as PEM. The caller keeps the text as secret as the key.
pub fn write_key(key: &PrivateKey) -> String {
    let label = match key_format(key.secret_der()) {
        Some(KeyFormat::Pkcs1) => "RSA PRIVATE KEY",
        Some(KeyFormat::Sec1) => "EC PRIVATE KEY",
        Some(KeyFormat::Pkcs8) | None => "PRIVATE KEY",
    };
    write_block(label, key.secret_der())
}

/// How a private key is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyFormat {
    /// RFC 5958.
    Pkcs8,
    /// RFC 8017 §A.1.2: RSA alone.
    Pkcs1,
    /// RFC 5915: elliptic curves alone.
    Sec1,
}

/// Tells the format by the element after the version number: an algorithm, a modulus, or the key's octets.
pub(crate) fn key_format(key: &[u8]) -> Option<KeyFormat> {
    match der::tag_after_version(key)? {
        der::SEQUENCE => Some(KeyFormat::Pkcs8),
        der::INTEGER => Some(KeyFormat::Pkcs1),
        der::OCTET_STRING => Some(KeyFormat::Sec1),
        _ => None,
    }
}

/// The file as text: UTF-8 with or without a byte-order mark, or UTF-16 with one. Other bytes around the blocks, such as
/// Latin-1 in a comment, are replaced.
fn text_of(file: &[u8]) -> Option<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16(&units).ok()
    };
    match file {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => Some(String::from_utf8_lossy(rest).into_owned()),
        _ => Some(String::from_utf8_lossy(file).into_owned()),
    }
}

fn read_blocks(text: &str, expected: &'static str) -> Result<PemFile, PemError> {
    let mut read = PemFile::default();
    for block in find_blocks(text)? {
        read.first.get_or_insert_with(|| (block.line, block.label.clone()));
        match block.label.as_str() {
            "CERTIFICATE" | "X509 CERTIFICATE" => {
                read.certificates.push(block.decode()?);
                read.certificate_lines.push(block.line);
            }
            "ENCRYPTED PRIVATE KEY" => return Err(PemError::EncryptedKey { line: block.line }),
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" if block.encrypted => {
                return Err(PemError::EncryptedKey { line: block.line });
            }
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => {
                read.keys.push(PrivateKey::new(block.decode()?));
            }
            // `openssl ecparam -genkey` writes the curve before the key; some servers keep these beside the certificate.
            "EC PARAMETERS" | "DH PARAMETERS" => {}
            _ => return Err(block.unexpected(expected)),
        }
    }
    Ok(read)
}

fn find_blocks(text: &str) -> Result<Vec<Block>, PemError> {
    match blocks_until_broken(text) {
        (blocks, None) => Ok(blocks),
        (_, Some(error)) => Err(error),
    }
}

/// The blocks as far as the file is in order, and what is wrong then.
fn blocks_until_broken(text: &str) -> (Vec<Block>, Option<PemError>) {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        match open.take() {
            None => {
                open = boundary(line, "BEGIN").map(|label| Block {
                    line: index + 1,
                    label: label.to_owned(),
                    body: String::new(),
                    encrypted: false,
                });
            }
            Some(block) if boundary(line, "END") == Some(block.label.as_str()) => blocks.push(block),
            Some(block) if line.starts_with("-----") => return (blocks, Some(block.unfinished())),
            Some(mut block) => {
                if line.contains(':') {
                    block.encrypted |= line.contains("ENCRYPTED");
                } else {
                    block.body.extend(line.chars().filter(|c| !c.is_whitespace()));
                }
                open = Some(block);
            }
        }
    }
    let broken = open.map(|block| match block.encrypted {
        true => PemError::EncryptedKey { line: block.line },
        false => block.unfinished(),
    });
    (blocks, broken)
}

/// The label of `-----BEGIN label-----`.
fn boundary<'a>(line: &'a str, kind: &str) -> Option<&'a str> {
    line.strip_prefix("-----")?.strip_prefix(kind)?.strip_prefix(' ')?.strip_suffix("-----")
}

impl Block {
    fn decode(&self) -> Result<Vec<u8>, PemError> {
        BASE64.decode(self.body.as_bytes()).map_err(|_| PemError::Base64 { line: self.line, label: self.label.clone() })
    }

    fn unfinished(self) -> PemError {
        PemError::Unfinished { line: self.line, label: self.label }
    }

    fn unexpected(self, expected: &'static str) -> PemError {
        let hint = match self.label.as_str() {
            "PKCS7" | "CMS" => "; make PEM of it with: openssl pkcs7 -in FILE -print_certs -out FILE.pem",
            "TRUSTED CERTIFICATE" => "; make it plain with: openssl x509 -in FILE -out FILE.pem",
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => "; a request is signed by an authority first",
            "PUBLIC KEY" | "RSA PUBLIC KEY" => "; a public key alone is not enough",
            "DSA PRIVATE KEY" | "OPENSSH PRIVATE KEY" => "; TLS certificates have RSA or elliptic-curve keys",
            _ => "",
        };
        PemError::Unexpected { line: self.line, label: self.label, expected, hint }
    }
}

fn read_der(file: &[u8], expected: &'static str) -> Result<PemFile, PemError> {
    if der::looks_like_pkcs12(file) {
        return Err(PemError::Pkcs12);
    }
    if key_format(file).is_some() {
        let first = Some((1, "PRIVATE KEY".to_owned()));
        return Ok(PemFile { keys: vec![PrivateKey::new(file.to_vec())], first, ..PemFile::default() });
    }
    match der::first_tag(file) {
        // An algorithm opens `EncryptedPrivateKeyInfo` (RFC 5958 §3), a long sequence a certificate.
        Some(der::SEQUENCE) if der::opens_with_algorithm(file) => Err(PemError::EncryptedKey { line: 1 }),
        Some(der::SEQUENCE) => {
            let first = Some((1, "CERTIFICATE".to_owned()));
            let certificates = vec![file.to_vec()];
            Ok(PemFile { certificates, certificate_lines: vec![1], first, ..PemFile::default() })
        }
        Some(der::OBJECT_IDENTIFIER) => {
            let pkcs7 = Block { line: 1, label: "PKCS7".to_owned(), body: String::new(), encrypted: false };
            Err(pkcs7.unexpected(expected))
        }
        _ => Err(PemError::Unknown),
    }
}

fn write_block(label: &str, der: &[u8]) -> String {
    let body = BASE64.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in body.as_bytes().chunks(LINE_LENGTH) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests;
