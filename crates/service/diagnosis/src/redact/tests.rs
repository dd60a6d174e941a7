//! Nothing private is left, the same stays the same, and what is public stays readable.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;
use crate::answer::{
    Certainty, Comparison, Lane, Missing, ReadFile, RefusalSeen, Repair, RepairSide, RuledOut, Span, Unread,
};

fn masked(text: &str) -> String {
    words::masked(text, Place::Value, &mut Masks::default())
}

#[test]
fn values_are_masked_and_relations_stay() {
    let check = |text: &str, expected: &str| assert_eq!(masked(text), expected, "{text:?}");
    check("contoso.com and mail.contoso.com", "domain-1.example and host-1.domain-1.example");
    check("*.contoso.com, *.fabrikam.co.uk", "*.domain-1.example, *.domain-2.example");
    check("mail.contoso.com mail.fabrikam.com", "host-1.domain-1.example host-1.domain-2.example");
    check("CONTOSO.COM contoso.com.", "domain-1.example domain-1.example.");
    check("<Anna.Nová@contoso.com>", "<user-1@domain-1.example>");
    check("203.0.113.7 10.1.2.3:25 203.0.113.9", "192.0.2.1 198.51.100.1:25 192.0.2.2");
    check("203.0.113.0/24 holds 203.0.113.7", "192.0.2.0/24 holds 192.0.2.1");
    check("[2001:db8:7::25]:25 ::1", "[2001:db8::1]:25 ::1");
    check(
        "contoso.com at contoso-com.mail.protection.outlook.com",
        "domain-1.example at domain-1-example.mail.protection.outlook.com",
    );
    check("contoso.onmicrosoft.com smtp.office365.com", "name-1.onmicrosoft.com smtp.office365.com");
    check("CN=mail.contoso.com, O=Contoso Ltd", "CN=host-1.domain-1.example, O=name-1 name-2");
    check("thumbprint A81C3F5D29E04B67A81C3F5D29E04B67A81C3F5D", "thumbprint 0000000000000000000000000000000000000001");
    check("tenant 11223344-5566-7788-99aa-bbccddeeff00", "tenant 00000000-0000-0000-0000-000000000001");
    check("EX01,Outbound to Contoso,08DE4C1B2A3D4E5F", "name-1,Outbound to name-2,0000000000000001");
    check("/srv/contoso/contoso-bounce.eml", "/name-1/name-2/name-2-bounce.eml");
    check("Rechnung für Bábovka s.r.o.", "name-1 name-2 name-3 s.r.o.");
}

#[test]
fn what_is_public_stays() {
    let check = |text: &str| assert_eq!(masked(text), text);
    check("550 5.7.64 TenantAttribution; Relay Access Denied");
    check("2026-01-05T09:30:00.000Z");
    check("TlsSenderCertificateName, SenderIPAddresses, RestrictDomainsToCertificate");
    check("VI1EUR05FT003.eop-eur05.prod.protection.outlook.com");
    check("SmtpSend/SEND2026010509-1.LOG");
    check("454 4.7.0 TLS not available due to local problem");
    check("250-STARTTLS");
    check("RCPT TO:");
}

#[test]
fn commands_can_still_be_pasted() {
    let check = |command: &str, expected: &str| {
        let mut masks = Masks::default();
        masks.value(&mut "contoso EX01".to_owned());
        let place = if command.starts_with('#') { Place::Explanation } else { Place::Command };
        assert_eq!(words::masked(command, place, &mut masks), expected, "{command:?}");
    };
    check(
        "Set-InboundConnector -Identity \"Inbound from Contoso\" -TlsSenderCertificateName *.contoso.com",
        "Set-InboundConnector -Identity \"Inbound from name-1\" -TlsSenderCertificateName *.domain-1.example",
    );
    check(
        "Get-ExchangeCertificate -Server EX01 | Export-Clixml c.xml",
        "Get-ExchangeCertificate -Server name-2 | Export-Clixml c.xml",
    );
    check(
        "Set-SendConnector -Identity 'Relay \"Zamek -Brnopraha\"' -Fqdn mail.contoso.com",
        "Set-SendConnector -Identity 'Relay \"name-3 -name-4\"' -Fqdn host-1.domain-1.example",
    );
    check("# Whatever stands here is ours, but EX01 is not", "# Whatever stands here is ours, but name-2 is not");
}

/// An answer that has a value in every field that may hold one.
fn answer(value: &str) -> Diagnosis {
    let message = || Message::new("problem-unreadable", &[("error", value)]);
    let texts = || vec![value.to_owned()];
    let proof = || {
        let (file, text, mark) = (value.to_owned(), format!("<,550 5.7.64 {value}, and more"), Some(value.to_owned()));
        vec![ProofLine { file, line: 1, text, note: Some(message()), mark }]
    };
    let missing = || Missing {
        what: message(),
        commands: vec![format!("Get-Queue -Server {value}"), format!("# for \"{value}\"")],
    };
    let comparison = Comparison { field: value.to_owned(), wanted: value.to_owned(), presented: value.to_owned() };
    let commands = vec![format!("Set-SendConnector \"{value}\" -Fqdn {value}"), format!("# {value}")];
    let cause = Cause {
        code: "C01",
        certainty: Certainty::Certain,
        statement: message(),
        comparison: Some(comparison),
        proof: proof(),
        since: None,
        last_worked: None,
        explains: 1,
        repair: vec![Repair { side: RepairSide::ExchangeOnline, what: message(), commands }],
        question: Some(message()),
        precedence: 0,
    };
    let at = jiff::Timestamp::UNIX_EPOCH;
    let span = Span {
        certificate: value.to_owned(),
        thumbprint: value.to_owned(),
        from: at,
        to: at,
        accepted: 0,
        refused: 1,
        refused_since: None,
    };
    Diagnosis {
        causes: vec![cause],
        ruled_out: vec![RuledOut { code: "C02", reason: message(), proof: proof() }],
        missing: vec![missing()],
        unread: vec![Unread { file: value.to_owned(), line: None, reason: message() }],
        next: vec![missing()],
        remarks: vec![message()],
        refusals: vec![RefusalSeen {
            reply: value.to_owned(),
            witness: "bounce",
            count: 1,
            first: None,
            last: None,
            servers: texts(),
            connectors: texts(),
            senders: texts(),
        }],
        timeline: vec![Lane { server: value.to_owned(), connector: value.to_owned(), spans: vec![span] }],
        read: vec![ReadFile { file: value.to_owned(), kinds: Vec::new(), records: 1, from: None, to: None }],
    }
}

/// Labels that nobody could take for a word: at least six letters, none of the vocabulary's.
fn label() -> impl Strategy<Value = String> {
    "[a-z]{2}[qxz][a-z]{3,8}".prop_filter("a word", |label| !Masks::default().vocabulary.has(label))
}

proptest! {
    #[test]
    fn no_label_is_left_anywhere(a in label(), b in label(), form in 0..12usize) {
        let value = match form {
            0 => format!("{a}.{b}.com"),
            1 => format!("{a}@{b}.cz"),
            2 => format!("*.{a}.{b}.co.uk"),
            3 => format!("CN={a}.{b}.net, O={b}, C=CZ"),
            4 => format!("Outbound to {a} ({b})"),
            5 => format!("/home/{a}/{b}-logs.zip/SEND20260105-1.LOG"),
            6 => format!("{a}-{b}.mail.protection.outlook.com"),
            7 => format!("{a}.{b}.onmicrosoft.com {b}"),
            8 => format!("{}_{}01", a.to_uppercase(), b.to_uppercase()),
            9 => format!("<I>CN={a}<S>CN={b}"),
            10 => format!("{a}:{b}"),
            _ => format!("Re: {a} {b}; '{a}' \"{b}"),
        };
        let text = serde_json::to_string(&redact(answer(&value))).unwrap().to_lowercase();
        prop_assert!(!text.contains(&a) && !text.contains(&b), "{value:?} is left in {text}");
    }

    #[test]
    fn masking_is_total_and_the_same_each_time(text in "\\PC{0,200}") {
        prop_assert_eq!(masked(&text), masked(&text));
        for place in [Place::Command, Place::Explanation] {
            let _ = words::masked(&text, place, &mut Masks::default());
        }
    }
}
