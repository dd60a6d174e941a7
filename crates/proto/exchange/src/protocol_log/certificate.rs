//! A certificate as one row: the third form of Exchange, which later builds of 2016 and those of 2019 write.

use jiff::Timestamp;
use proto_certificate::ParsedCertificate;

/// Whose certificate a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhoseCertificate {
    /// The one that the writing server presented.
    Own,
    /// The one that its peer presented.
    Peers,
}

/// Data and context of the row about a certificate. The values stand behind one space each, in the order that the context
/// names: `CN=mail.contoso.com CN=CA, O=Contoso 0A1B… 40 digits 2026-01-01T00:00:00.000Z … mail.contoso.com;contoso.com`.
/// A distinguished name holds spaces itself; a reader finds its way from the two dates.
pub fn certificate_row(whose: WhoseCertificate, certificate: &ParsedCertificate) -> (String, String) {
    let title = match whose {
        WhoseCertificate::Own => "Sending certificate",
        WhoseCertificate::Peers => "Remote certificate",
    };
    let data = format!(
        " {} {} {} {} {} {} {}",
        certificate.windows_subject,
        certificate.windows_issuer,
        certificate.serial.to_uppercase(),
        certificate.sha1,
        date(certificate.validity.not_before),
        date(certificate.validity.not_after),
        alternate_names(certificate),
    );
    let context =
        format!("{title} Subject Issuer name Serial number Thumbprint Not before Not after Subject alternate names");
    (data, context)
}

fn date(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// The subject's own CN is no alternate name.
fn alternate_names(certificate: &ParsedCertificate) -> String {
    let names = match certificate.names.split_last() {
        Some((_, others)) if certificate.last_is_common_name => others,
        _ => &certificate.names,
    };
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
}
