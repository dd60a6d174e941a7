//! Rows of certificates in every form, whole, masked and cut.

use core_directory::{CertificateName, ValidityWindow};
use proptest::prelude::*;
use proto_certificate::ParsedCertificate;

use super::super::{WhoseCertificate, certificate_row};
use super::*;

const DATED: &str = "Subject Issuer name Serial number Thumbprint Not before Not after Subject alternate names";
const UNDATED: &str = "Certificate subject Certificate issuer name Certificate serial number Certificate thumbprint \
                       Certificate alternate names";
const THUMBPRINT: &str = "3F1D0C5B7A9E8D6C4B2A10F0E1D2C3B4A5968778";

/// Subject, issuer, serial number, thumbprint, dates, names of a row.
fn shown(data: &str, context: &str) -> String {
    match CertificateRow::read(data, context) {
        Some(CertificateRow::Whole(record)) => {
            let date = |at: Option<Timestamp>| at.map_or_else(|| "-".to_owned(), |at| format!("{at:.0}"));
            let CertificateRecord { role, subject, issuer, serial, thumbprint, not_before, not_after, names } = record;
            let dates = format!("{} {}", date(not_before), date(not_after));
            format!("{role:?}|{subject}|{issuer}|{serial}|{thumbprint}|{dates}|{}", names.join(";"))
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn rows_of_all_forms() {
    let check = |data: &str, context: &str, expected: &str| assert_eq!(shown(data, context), expected, "{data:?}");
    let dated = |title: &str| format!("{title} certificate {DATED}");
    let undated = format!("Sending certificate {UNDATED}");
    let dates = "2020-01-17T15:15:33.000Z 2025-01-17T15:15:33.000Z";
    let read_dates = "2020-01-17T15:15:33Z 2025-01-17T15:15:33Z";
    check(
        &format!(" CN=EX CN=EX 12DEAB {THUMBPRINT} {dates} EX;EX.contoso.local"),
        &dated("Sending"),
        &format!("Sent|CN=EX|CN=EX|12DEAB|{THUMBPRINT}|{read_dates}|EX;EX.contoso.local"),
    );
    check(
        &format!(
            " CN=*.contoso.com, O=\"Contoso, a \"\"new\"\" Ltd.\" CN=Root CA 5, O=Some Trust, C=US 0A {THUMBPRINT} {dates} "
        ),
        &dated("Remote"),
        &format!(
            "Remote|CN=*.contoso.com, O=\"Contoso, a \"\"new\"\" Ltd.\"|CN=Root CA 5, O=Some Trust, C=US|0A|{THUMBPRINT}|{read_dates}|"
        ),
    );
    // No subject; two attributes at one level; an attribute without a short name.
    check(
        &format!("  CN=CA + OU=x y, OID.1.2.3=z 0A {THUMBPRINT} {dates} a.example"),
        &dated("Received"),
        &format!("Received||CN=CA + OU=x y, OID.1.2.3=z|0A|{THUMBPRINT}|{read_dates}|a.example"),
    );
    check(
        &format!(" CN=a, O=b c CN=d e 0A {THUMBPRINT} a.example;b.example"),
        &undated,
        &format!("Sent|CN=a, O=b c|CN=d e|0A|{THUMBPRINT}|- -|a.example;b.example"),
    );
    check(&format!(" CN=a CN=d 0A {THUMBPRINT}"), &undated, &format!("Sent|CN=a|CN=d|0A|{THUMBPRINT}|- -|"));
    check("", "Sending certificate", "Some(Begins(Sent))");
    check(" ", "Received certificate", "Some(Begins(Received))");
    check("CN=a", "Certificate subject", "Some(Attribute(Subject))");
    check("a;b", "Certificate alternate names", "Some(Attribute(Names))");
    check("", "Certificate of merit", "None");
    check("", "TLS negotiation failed with error NoCredentials", "None");
}

#[test]
fn masked_rows_give_what_they_have() {
    let check = |data: &str, context: &str, expected: &str| assert_eq!(shown(data, context), expected, "{data:?}");
    let dates = "2020-01-17T15:15:33.000Z 2025-01-17T15:15:33.000Z";
    let read_dates = "2020-01-17T15:15:33Z 2025-01-17T15:15:33Z";
    let (dated, undated) = (format!("Sending certificate {DATED}"), format!("Sending certificate {UNDATED}"));
    check(
        &format!(" CN=a CN=b xxxxxx xxxxxxxx {dates} a.example"),
        &dated,
        &format!("Sent|CN=a|CN=b|xxxxxx|xxxxxxxx|{read_dates}|a.example"),
    );
    check(" CN=a CN=b xxxxxx ******** a.example", &undated, "Sent|CN=a|CN=b|xxxxxx|********|- -|a.example");
    check(" xxxx yyyy", &undated, "Sent|xxxx|yyyy|||- -|");
    check(" CN=a CN=b", &dated, "Sent|CN=a|CN=b|||- -|");
    check(" <masked by the author>", &dated, "Sent|<masked by the author>||||- -|");
    // A name that was cut in the middle of its quotes.
    check(
        &format!(" CN=a, O=\"Contoso… CN=b 0A {THUMBPRINT} a.example"),
        &undated,
        &format!("Sent|CN=a, O=\"Contoso…|CN=b|0A|{THUMBPRINT}|- -|a.example"),
    );
}

#[test]
fn attributes_are_put_together_in_any_order() {
    let mut record = CertificateRecord::new(CertificateRole::Sent);
    assert!(!record.tells_anything());
    assert!(record.take(CertificateAttribute::Names, "a.example; b.example;"));
    assert!(record.take(CertificateAttribute::Subject, " CN=a "));
    assert!(record.take(CertificateAttribute::Serial, "xxxx"));
    assert!(!record.take(CertificateAttribute::Subject, "CN=b"), "another certificate has begun");
    assert_eq!((record.subject.as_str(), record.names.len(), record.issuer.as_str()), ("CN=a", 2, ""));
}

/// A distinguished name as our writer makes it.
fn name() -> impl Strategy<Value = String> {
    let value = prop_oneof!["[A-Za-z][a-z .:*-]{0,8}[a-z]", "[a-z,\"=;# +]{0,8}", "\\PC{0,6}"];
    let part = (prop_oneof![Just("CN"), Just("O"), Just("S"), Just("OID.1.2.3")], value).prop_map(|(key, value)| {
        let special = |c: char| matches!(c, ',' | '+' | '=' | '"' | '\n' | '<' | '>' | '#' | ';');
        let quoted = value.is_empty() || value.trim() != value || value.contains(special);
        if quoted { format!("{key}=\"{}\"", value.replace('"', "\"\"")) } else { format!("{key}={value}") }
    });
    let separator = prop_oneof![Just(", "), Just(" + ")];
    (prop::collection::vec(part, 1..4), separator).prop_map(|(parts, separator)| parts.join(separator))
}

fn certificate() -> ParsedCertificate {
    let params = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
    let signed = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
    ParsedCertificate::parse(signed.der()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read(
        subject in name(),
        issuer in name(),
        serial in "[0-9a-f]{2,40}",
        names in prop::collection::vec("[a-z]{1,8}\\.example", 0..4),
        from in 0..4_000_000_000_000_i64,
    ) {
        let parsed = names.iter().map(|name| CertificateName::parse_presented(name).unwrap()).collect();
        let not_before = Timestamp::from_millisecond(from).unwrap();
        let not_after = Timestamp::from_millisecond(from + 1_000).unwrap();
        let certificate = ParsedCertificate {
            windows_subject: subject.clone(),
            windows_issuer: issuer.clone(),
            serial: serial.clone(),
            names: parsed,
            last_is_common_name: false,
            validity: ValidityWindow { not_before, not_after },
            ..certificate()
        };
        let (data, context) = certificate_row(WhoseCertificate::Own, &certificate);
        let expected = CertificateRecord {
            role: CertificateRole::Sent,
            subject,
            issuer,
            serial: serial.to_uppercase(),
            thumbprint: certificate.sha1,
            not_before: Some(not_before),
            not_after: Some(not_after),
            names,
        };
        prop_assert_eq!(CertificateRow::read(&data, &context), Some(CertificateRow::Whole(expected)));
    }

    #[test]
    fn any_text_is_read(data in "\\PC{0,60}", words in "[A-Z0-9=,\" ;*x]{0,60}", dated in any::<bool>()) {
        let labels = if dated { DATED } else { UNDATED };
        let context = format!("Remote certificate {labels}");
        let _ = CertificateRow::read(&data, &context);
        let _ = CertificateRow::read(&words, &context);
    }
}
