//! Files with certificates: PEM, DER, PKCS#12. A private key among them is told and not kept.

use proto_certificate::{
    CertificateFileError, FileCertificate, ParsedCertificate, Pkcs12Error, is_pkcs12, read_certificate_file,
};
use proto_exchange::dump::{DumpedCertificate, Shown};

use super::whole::Whole;
use super::{Found, Intake};
use crate::evidence::Observed;

/// The object identifier of the attribute types in names (X.520, 2.5.4), as every certificate has it: an attribute's three
/// octets behind the tag and the length.
const NAME_ATTRIBUTE: &[u8] = &[0x06, 0x03, 0x55, 0x04];

/// How a SEQUENCE of more than 127 octets begins in DER.
const LONG_SEQUENCES: [[u8; 2]; 3] = [[0x30, 0x81], [0x30, 0x82], [0x30, 0x83]];

/// Whether a text holds PEM blocks of certificates or keys, which stand on lines of their own and have base64 below.
pub(super) fn is_pem(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let label = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----"));
        if label.is_some_and(|label| label.ends_with("CERTIFICATE") || label.ends_with("PRIVATE KEY")) {
            // An encrypted key of the old form has headers first.
            let mut below = lines.by_ref().take(4);
            if below.any(|line| {
                line.len() >= 8 && line.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"+/=".contains(&octet))
            }) {
                return true;
            }
        }
    }
    false
}

/// Whether octets are a certificate or PKCS#12 in DER.
pub(super) fn is_der(head: &[u8]) -> bool {
    let begins = LONG_SEQUENCES.iter().any(|start| head.starts_with(start));
    // The head may end before the file does, so that lengths are not checked here.
    let is_certificate = || head.windows(NAME_ATTRIBUTE.len()).take(4096).any(|octets| octets == NAME_ATTRIBUTE);
    begins && (opens_with_version_3(head) || is_certificate())
}

/// PKCS#12 opens with the number 3 (RFC 7292 §4), and with what a key of that version has not: another sequence.
fn opens_with_version_3(head: &[u8]) -> bool {
    is_pkcs12(head)
        || (2..=5).any(|place| head.get(place..).is_some_and(|rest| rest.starts_with(&[0x02, 0x01, 0x03, 0x30])))
}

/// Who reads them.
pub(super) fn intake() -> Box<dyn Intake> {
    Whole::boxed(take)
}

fn take(octets: &[u8], found: &mut Found) {
    let file = match read_certificate_file(octets, &[]) {
        Ok(file) => file,
        Err(CertificateFileError::Pkcs12(Pkcs12Error::Password { .. })) => {
            found.source.problem(None, "problem-certificate-password", Vec::new());
            return;
        }
        Err(error) => {
            found.source.problem(None, "problem-certificate", vec![("detail", error.to_string())]);
            return;
        }
    };
    let line = |line: usize| u64::try_from(line).ok();
    if let Some(key_line) = file.key_line {
        found.source.problem(line(key_line), "problem-private-key", Vec::new());
    }
    for problem in &file.problems {
        found.source.problem(None, "problem-certificate", vec![("detail", problem.to_string())]);
    }
    for certificate in &file.certificates {
        match ParsedCertificate::parse(&certificate.der) {
            Ok(parsed) => {
                found.source.records += 1;
                let object = dumped(certificate, parsed);
                found.evidence.configuration.certificate_files.push(Observed { object, source: found.source.id });
            }
            Err(error) => {
                let place = line(certificate.line);
                found.source.problem(place, "problem-certificate", vec![("detail", error.to_string())]);
            }
        }
    }
}

fn dumped(certificate: &FileCertificate, parsed: ParsedCertificate) -> DumpedCertificate {
    let names = parsed.names.iter().map(|name| name.to_string().into()).collect();
    DumpedCertificate {
        line: u64::try_from(certificate.line).unwrap_or(1),
        subject: Shown::Whole(parsed.windows_subject.into()),
        issuer: Shown::Whole(parsed.windows_issuer.into()),
        serial_number: Shown::Whole(parsed.serial.into()),
        thumbprint: Shown::Whole(parsed.sha1.into()),
        not_before: Some(parsed.validity.not_before),
        not_after: Some(parsed.validity.not_after),
        certificate_domains: Shown::Whole(names),
        is_self_signed: Shown::Whole(parsed.self_signed),
        der: Some(certificate.der.clone()),
        ..DumpedCertificate::default()
    }
}

#[cfg(test)]
mod tests;
