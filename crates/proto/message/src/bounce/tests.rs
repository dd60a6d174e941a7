//! Bounces of many programs, and what each says.

#![allow(clippy::unwrap_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::hop::Hop;
use crate::parts;

#[allow(clippy::disallowed_methods, reason = "fixtures lie in files")]
fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/../../../tests/evidence/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What a bounce says, in short: `line reply | recipient | generating server | remote | MAIL FROM of what came back`.
fn told(octets: &[u8]) -> Vec<String> {
    let letter = read(octets);
    let mut told = Vec::new();
    for report in &letter.reports {
        let returned = report.returned.as_ref();
        let path = returned.and_then(|header| header.get("return-path")).map(|field| field.value.clone());
        for failure in &report.failures {
            let remote = failure.remote.clone().unwrap_or_default();
            told.push(format!(
                "{} {} | {} | {} | {} {} | {}",
                failure.reply.line,
                failure.reply.text,
                failure.recipient.as_deref().unwrap_or("-"),
                report.generating_server.as_ref().map_or("-", |server| &server.text),
                remote.name.as_deref().unwrap_or("-"),
                remote.address.map_or("-".to_owned(), |address| address.to_string()),
                path.as_deref().unwrap_or("-"),
            ));
        }
    }
    told
}

fn check(octets: &[u8], expected: &[&str]) {
    assert_eq!(told(octets), expected, "{}", String::from_utf8_lossy(octets));
}

#[test]
fn reads_bounces_of_every_layout() {
    check(
        &fixture("ndr/01-exch2010-tenantattribution.txt"),
        &[
            "9 550 5.7.64 TenantAttribution; Relay Access Denied [AM7EUR03FT041.eop-EUR03.prod.protection.outlook.com] | \
           anna.berg@northwind.example | ex10-hub2.corp.contoso.com | am7eur03ft041.mail.protection.outlook.com - | -",
        ],
    );
    check(
        &fixture("ndr/02-exim-attr36-after-end-of-data.txt"),
        &[
            "7 550 5.7.64 Relay Access Denied ATTR36. For more details please refer to https://support.microsoft.com/kb/3169958 \
           [LO4P265MB0001.GBRP265.PROD.OUTLOOK.COM] [LO2P265CA0002.GBRP265.PROD.OUTLOOK.COM] \
           [AM5EUR02FT003.eop-EUR02.prod.protection.outlook.com] | anna.berg@northwind.example | - | \
           contoso-com.mail.protection.outlook.com 198.51.100.36 | <billing@fabrikam.example>",
        ],
    );
    check(
        &fixture("ndr/09-mslearn-ndr-format.txt"),
        &["13 530 5.7.1 Client was not authenticated> #SMTP | ole@northwind.example | hub01.fabrikam.example | \
           mail.northwind.example - | -"],
    );
    check(
        &fixture("tracking/09-ndr-exchange2013-it-CH.eml.txt"),
        &[
            "86 550 5.7.64 TenantAttribution; Relay Access Denied [DB5EUR01FT007.eop-EUR01.prod.protection.outlook.com] | \
           ugo@northwind.example | ex13.fabrikam.example | fabrikam-example.mail.protection.outlook.com - | \
           anna@bounces.contoso.com",
        ],
    );
    check(
        &fixture("tracking/12-ndr-exchange2013-attempts-en-AU.txt"),
        &[
            "13 550 4.4.7 QUEUE.Expired; message expired | parent@northwind.example | ex13a.school.example | \
             school-example.mail.protection.outlook.com 198.51.100.3 | -",
            "14 451 4.4.62 Mail sent to the wrong Office 365 region. ATTR35. \
             [SY4AUS01FT009.eop-AUS01.prod.protection.outlook.com] | parent@northwind.example | ex13a.school.example | \
             school-example.mail.protection.outlook.com 198.51.100.3 | -",
        ],
    );
}

/// The same bounce with its lines changed as people and programs change them.
fn each_line(name: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let text = String::from_utf8(fixture(name)).unwrap();
    text.lines().map(|line| change(line) + "\n").collect::<String>().into_bytes()
}

#[test]
fn quoting_forwarding_and_encoding_change_nothing() {
    let name = "ndr/01-exch2010-tenantattribution.txt";
    let plain = told(&fixture(name));
    assert_eq!(told(&each_line(name, |line| format!("> {line}"))), plain);
    assert_eq!(told(&each_line(name, |line| format!("> > {line}\r"))), plain);
    assert_eq!(told(&each_line(name, |line| format!("| {line}"))), plain);

    // Attached to another message, and the text around it in another language.
    let italian = String::from_utf8(fixture("tracking/09-ndr-exchange2013-it-CH.eml.txt")).unwrap();
    let (_, bounce) = italian.split_once('\n').unwrap();
    let forwarded = format!(
        "From: anna@contoso.com\nTo: help@contoso.com\nContent-Type: multipart/mixed; boundary=outer\n\n--outer\n\nCo s tím?\n\
         --outer\nContent-Type: message/rfc822\n\n{bounce}\n--outer--\n"
    );
    let moved: Vec<String> = told(italian.as_bytes()).iter().map(|told| told.replacen("86 ", "95 ", 1)).collect();
    assert_eq!(told(forwarded.as_bytes()), moved);

    // Only the fields were pasted; and a gateway put a header into the status.
    check(
        b"Final-Recipient: rfc822;ugo@northwind.example\nAction: failed\nStatus: 5.7.64\n\
          Diagnostic-Code: smtp;550 5.7.64 TenantAttribution;\n Relay Access Denied\nRemote-MTA: dns;mx.example.net\n",
        &["4 550 5.7.64 TenantAttribution; Relay Access Denied | ugo@northwind.example | - | mx.example.net - | -"],
    );
}

#[test]
fn reads_what_postfix_and_sendmail_write() {
    let postfix = b"From: MAILER-DAEMON@mail.contoso.com\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n\
        --b\nContent-Type: text/plain\n\n<ugo@northwind.example>: host mx.example.net[192.0.2.9] said: 550 5.7.64\n    TenantAttribution; \
        Relay Access Denied (in reply to RCPT TO command)\n\n--b\nContent-Type: message/delivery-status\n\n\
        Reporting-MTA: dns; mail.contoso.com\nX-Postfix-Queue-ID: 4ABC\nX-Postfix-Sender: rfc822; anna@contoso.com\n\n\
        Final-Recipient: rfc822; ugo@northwind.example\nAction: failed\nStatus: 5.7.64\nRemote-MTA: dns; mx.example.net\n\
        Diagnostic-Code: smtp; 550 5.7.64 TenantAttribution; Relay Access Denied\n\n--b\nContent-Type: text/rfc822-headers\n\n\
        Return-Path: <anna@contoso.com>\nReceived: by mail.contoso.com\nMessage-ID: <1@contoso.com>\n\n--b--\n";
    check(
        postfix,
        &[
            "21 550 5.7.64 TenantAttribution; Relay Access Denied | ugo@northwind.example | mail.contoso.com | mx.example.net - | \
           <anna@contoso.com>",
        ],
    );
    let letter = read(postfix);
    let report = letter.reports.first().unwrap();
    assert_eq!(report.failures.first().unwrap().stage, Some(Stage::RcptTo));
    assert_eq!(report.sender.as_ref().unwrap().text, "anna@contoso.com");
    check(
        b"Reporting-MTA: dns; sm.contoso.com\n\nFinal-Recipient: RFC822; ugo@northwind.example\nAction: failed\nStatus: 5.7.64\n\
          Remote-MTA: DNS; mx.example.net\nDiagnostic-Code: SMTP; 550 5.7.64 TenantAttribution; Relay Access Denied\n",
        &["7 550 5.7.64 TenantAttribution; Relay Access Denied | ugo@northwind.example | sm.contoso.com | mx.example.net - | -"],
    );
}

#[test]
fn the_newer_layout_names_its_servers_behind_the_reply() {
    check(
        "Podrobnosti o chybě\nNahlášená chyba:\t550 5.7.64 TenantAttribution; Relay Access Denied\nVygeneroval:\tEX19.contoso.com\n"
            .as_bytes(),
        &["2 550 5.7.64 TenantAttribution; Relay Access Denied | - | ex19.contoso.com | - - | -"],
    );
}

#[test]
fn encoded_parts_are_decoded_and_keep_their_lines() {
    let quoted = b"Content-Type: text/plain; charset=iso-8859-2\nContent-Transfer-Encoding: quoted-printable\n\n=C8lov=ECk=\n a pes=0Akonec\n\
                   550 5.7.=\n64 TenantAttribution\n";
    let taken = parts::parts(quoted, 0);
    let lines: Vec<(u64, &str)> =
        taken.parts.iter().flat_map(|part| &part.lines).map(|line| (line.number, &*line.text)).collect();
    assert_eq!(lines, [(4, "Člověk a pes"), (5, "konec"), (6, "550 5.7.64 TenantAttribution"), (8, "")]);
    let packed = b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nNTUwIDUuNy42\nNCBYCg==\n";
    check(packed, &["4 550 5.7.64 X | - | - | - - | -"]);
}

#[test]
fn letters_without_a_refusal_hold_headers_only() {
    let letter =
        read(b"Received: from a by b; x\nMessage-ID: <1@a>\nFrom: a@b.example\n\nSee 550 words on page 5.7.\n");
    assert!(letter.reports.is_empty(), "{letter:?}");
    assert_eq!(letter.headers.len(), 1);
    for nothing in ["", "\n\n", "Hello", "250 2.1.5 Recipient OK", "version 15.5.7.64", "4550 5.7.64"] {
        assert_eq!(read(nothing.as_bytes()).reports, [], "{nothing}");
    }
}

#[test]
fn received_fields_are_read() {
    let check = |value: &str, expected: (Option<&str>, Option<&str>, Option<&str>, Option<bool>)| {
        let mut fields = Fields::default();
        fields.push(1, &format!("Received: {value}"));
        let hop = Hop::of(fields.get("received").unwrap());
        let address = hop.from_address.map(|address| address.to_string());
        assert_eq!((hop.from.as_deref(), address.as_deref(), hop.by.as_deref(), hop.tls), expected, "{value}");
    };
    check(
        "from mail.contoso.com (203.0.113.7) by DB5EUR01FT007.mail.protection.outlook.com (10.152.4.5) with Microsoft SMTP Server \
         (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.3 via Frontend Transport; Mon, 4 May 2020 08:11:11 +0000",
        (Some("mail.contoso.com"), Some("203.0.113.7"), Some("db5eur01ft007.mail.protection.outlook.com"), Some(true)),
    );
    check(
        "from mail.contoso.com (203.0.113.7) by x.mail.protection.outlook.com (10.1.1.1) with Microsoft SMTP Server id 15.20.3; x",
        (Some("mail.contoso.com"), Some("203.0.113.7"), Some("x.mail.protection.outlook.com"), Some(false)),
    );
    check(
        "from a.example (a.example [IPv6:2001:db8::1]) (using TLSv1.3) by b.example (Postfix) with ESMTPS id 4ABC for <x@y>; x",
        (Some("a.example"), Some("2001:db8::1"), Some("b.example"), Some(true)),
    );
    check("by b.example with local", (None, None, Some("b.example"), None));
}

proptest! {
    #[test]
    fn reads_anything(octets in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read(&octets);
    }

    #[test]
    fn reads_anything_made_of_pieces(pieces in proptest::collection::vec(0..18_usize, 0..60)) {
        let words = [
            "\n", "Content-Type: multipart/report; boundary=b\n\n", "--b\n", "--b--\n", "Content-Type: message/rfc822\n\n",
            "Content-Transfer-Encoding: base64\n", "Content-Transfer-Encoding: quoted-printable\n", "=\n", "=3", "=E2=",
            "550 5.7.64 X", "> ", "Final-Recipient: rfc822;a@b.example\n", "Diagnostic-Code: smtp;550 5.7.64 X\n", " x: y.example\n",
            "<", "Received: from (\n", "Content-Type: message/delivery-status\n",
        ];
        let text: String = pieces.iter().filter_map(|at| words.get(*at)).copied().collect();
        let lines = text.lines().count() as u64 + 1;
        for failure in read(text.as_bytes()).reports.iter().flat_map(|report| &report.failures) {
            prop_assert!(failure.reply.line <= lines, "{text}");
        }
    }
}

/// A message that is attached to itself ten thousand times.
#[test]
fn depth_is_bounded() {
    let nested = "Content-Type: message/rfc822\n\n".repeat(10_000);
    let multiparts: String =
        (0..10_000).map(|at| format!("Content-Type: multipart/mixed; boundary={at}\n\n--{at}\n")).collect();
    for text in [nested, multiparts] {
        let taken = parts::parts(text.as_bytes(), 0);
        assert!(taken.parts.len() <= parts::MAX_PARTS);
        assert_eq!(read(text.as_bytes()).reports, []);
    }
}
