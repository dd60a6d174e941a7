//! What logs become: attempts with what is known and what is not.

use core_attribution::{Fact, Sender};

use crate::evidence::{Attempt, Certificate, Evidence, EvidenceKind, Outcome, SourceId, Tls};
use crate::ingest::Reader;

const SEND: &str = "#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP Send Protocol Log\r\n\
                    #Date: 2026-11-24T13:00:00.000Z\r\n\
                    #Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n";

fn read(text: &str) -> Evidence {
    let mut reader = Reader::new(SourceId(3), "SEND2026112413-1.LOG");
    text.as_bytes().chunks(1_000).for_each(|block| reader.feed(block));
    reader.finish()
}

/// Rows of one session out of `event,data,context`.
fn rows(session: &str, from: usize, rows: &[&str]) -> String {
    let head = |number: usize| {
        format!("2026-11-24T13:05:{number:02}.000Z,Outbound,{session},{number},10.0.0.5:4711,192.0.2.1:25,")
    };
    (from..).zip(rows).map(|(number, row)| format!("{}{row}\r\n", head(number))).collect()
}

const CLEAR: [&str; 4] = [
    "+,,",
    "<,220 DB5EUR01.mail.protection.outlook.com Microsoft ESMTP,",
    ">,EHLO mail.contoso.com,",
    "<,250  DB5EUR01.mail.protection.outlook.com Hello [203.0.113.7] SIZE 1 STARTTLS,",
];
const CERTIFICATE: &str = "*,\" CN=mail.contoso.com, O=Contoso CN=CA 0A 3F1D0C5B7A9E8D6C4B2A10F0E1D2C3B4A5968778 \
                           2026-01-01T00:00:00.000Z 2027-01-01T00:00:00.000Z mail.contoso.com\",Sending certificate Subject Issuer \
                           name Serial number Thumbprint Not before Not after Subject alternate names";
const SECURED: [&str; 2] = [
    "*,,\"TLS protocol SP_PROT_TLS1_2_CLIENT negotiation succeeded using bulk encryption algorithm X, MAC hash algorithm Y\"",
    ">,EHLO mail.contoso.com,",
];
const REFUSED: [&str; 7] = [
    "<,250  DB5EUR01.mail.protection.outlook.com Hello [203.0.113.7] SIZE 1,",
    ">,MAIL FROM:<a@contoso.com>,",
    "<,250 2.1.0 Sender OK,",
    ">,RCPT TO:<b@fabrikam.com>,",
    "<,550 5.7.64 TenantAttribution; Relay Access Denied [DB5EUR01.eop-EUR01.prod.protection.outlook.com],",
    ">,QUIT,",
    "-,,Local",
];
const STARTTLS: [&str; 2] = [">,STARTTLS,", "<,220 2.0.0 SMTP server ready,"];

fn with_certificate() -> String {
    rows("08DE000000000001", 0, &[&CLEAR[..], &STARTTLS, &[CERTIFICATE], &SECURED, &REFUSED].concat())
}

fn without_certificate() -> String {
    rows("08DE000000000002", 0, &[&CLEAR[..], &STARTTLS, &SECURED, &REFUSED].concat())
}

fn attempts(text: &str) -> Vec<Attempt> {
    read(text).attempts.groups().iter().map(|group| Attempt::clone(&group.first)).collect()
}

/// The attempts of a text in short: what became of TLS, the certificate, the outcome.
fn shown(text: &str) -> Vec<String> {
    let certificate = |certificate: &Certificate| match certificate {
        Certificate::Sent(sent) => sent.title().to_owned(),
        Certificate::SentUnnamed => "unnamed".to_owned(),
        Certificate::NotSent => "none".to_owned(),
        Certificate::Unknown => "?".to_owned(),
    };
    let outcome = |outcome: &Outcome| match outcome {
        Outcome::Accepted => "accepted".to_owned(),
        Outcome::Answered(reply, stage) => format!("{} {:?} at {}", reply.code, reply.class, stage.unwrap_or("?")),
        Outcome::Broken(words) => format!("broken: {words}"),
        Outcome::NotShown => "not shown".to_owned(),
    };
    let one = |attempt: &Attempt| {
        format!("{:?} | {} | {}", attempt.tls, certificate(&attempt.certificate), outcome(&attempt.outcome))
    };
    attempts(text).iter().map(one).collect()
}

#[test]
fn a_refusal_with_everything_that_the_log_shows() {
    let evidence = read(&[SEND, &with_certificate()].concat());
    let [group] = evidence.attempts.groups() else { panic!("{:?}", evidence.attempts) };
    let attempt = &group.first;
    let (server, connector) = (attempt.server.as_deref(), attempt.connector.as_deref());
    assert_eq!((attempt.witness, server, connector), (EvidenceKind::SendLog, Some("10.0.0.5"), Some("Outbound")));
    assert_eq!(attempt.at, "2026-11-24T13:05:13Z".parse().ok());
    assert_eq!(attempt.next_hop.name.as_deref(), Some("db5eur01.mail.protection.outlook.com"));
    assert_eq!((attempt.next_hop.address, attempt.egress), ("192.0.2.1".parse().ok(), "203.0.113.7".parse().ok()));
    assert_eq!(attempt.helo.as_deref(), Some("mail.contoso.com"));
    assert_eq!(attempt.mail_from, Fact::Known(Sender::Domain("contoso.com".parse().unwrap())));
    assert_eq!(attempt.recipients.iter().map(|domain| domain.as_str()).collect::<Vec<_>>(), ["fabrikam.com"]);
    let Certificate::Sent(sent) = &attempt.certificate else { panic!("{:?}", attempt.certificate) };
    assert_eq!(
        (&*sent.subject, &*sent.issuer, &*sent.serial_number),
        ("CN=mail.contoso.com, O=Contoso", "CN=CA", "0A")
    );
    assert_eq!(sent.not_after, "2027-01-01T00:00:00Z".parse().ok());
    let proof: Vec<_> = attempt.proof.iter().map(|proof| (proof.source, proof.line)).collect();
    assert_eq!(proof, [(SourceId(3), 19), (SourceId(3), 12), (SourceId(3), 9)], "refusal, certificate, Hello");
    let [source] = &evidence.sources[..] else { panic!("{:?}", evidence.sources) };
    assert_eq!((source.kinds.as_slice(), source.records), (&[EvidenceKind::SendLog][..], 16));
    assert!(source.problems.is_empty() && source.span.is_some(), "{source:?}");
}

#[test]
fn a_sender_that_was_blacked_out_is_not_known() {
    let check = |path: &str, expected: Fact<Sender>| {
        let told = attempts(&[SEND, &with_certificate().replace("a@contoso.com", path)].concat());
        let senders: Vec<_> = told.into_iter().map(|attempt| attempt.mail_from).collect();
        assert_eq!(senders, [expected], "{path:?}");
    };
    check("redacted", Fact::Unknown);
    check("xxx", Fact::Unknown);
    check("user@****", Fact::Unknown);
    check("", Fact::Known(Sender::Null));
    check("a@[192.0.2.1]", Fact::Known(Sender::NoDomain));
}

#[test]
fn that_no_certificate_is_shown_proves_something_only_where_it_must_be() {
    let refused = "550 TenantAttribution at RCPT TO";
    let check = |text: &str, expected: &[&str]| assert_eq!(shown(text), expected, "{text}");
    let on = |certificate: &str| format!("On | {certificate} | {refused}");
    let (with, without) = (with_certificate(), without_certificate());
    // Others of the same connector show theirs, before or after.
    check(&[SEND, &with, &without].concat(), &[&on("mail.contoso.com"), &on("none")]);
    check(&[SEND, &without, &with].concat(), &[&on("mail.contoso.com"), &on("none")]);
    // Nobody does: the log may not tell. Ours always tells.
    check(&[SEND, &without].concat(), &[&on("?")]);
    check(&[SEND.replace("Microsoft Exchange Server", "Postwarden 0.1.0"), without.clone()].concat(), &[&on("none")]);
    // A row is missing, or the beginning is in an earlier file.
    let gap: String = without.lines().filter(|line| !line.contains(",6,")).map(|line| format!("{line}\r\n")).collect();
    check(&[SEND, &with, &gap].concat(), &[&on("mail.contoso.com"), &on("?")]);
    let late = rows("08DE000000000003", 9, &REFUSED);
    check(&[SEND, &with, &late].concat(), &[&on("mail.contoso.com"), &format!("Unknown | ? | {refused}")]);
    // Our own log says so in words.
    let said = "*,,\"Our certificate \"\"hq\"\" was not asked for\"";
    let rows = rows("08DE000000000004", 3, &[&SECURED[..], &[said], &REFUSED].concat());
    check(&[SEND, &rows].concat(), &[&on("none")]);
}

#[test]
fn what_became_of_tls() {
    let check = |rows: String, expected: &[&str]| assert_eq!(shown(&[SEND, &rows].concat()), expected, "{rows}");
    let id = "08DE000000000001";
    let masked = "<,250  DB5EUR01.mail.protection.outlook.com Hello [203.0.113.7] SIZE 1 XXXXXXXA,";
    let end = &REFUSED[1..];
    let refused = "550 TenantAttribution at RCPT TO";
    check(rows(id, 0, &[&CLEAR[..3], &[masked], end].concat()), &[&format!("NotOffered | none | {refused}")]);
    check(rows(id, 0, &[&CLEAR[..], end].concat()), &[&format!("NotUsed | none | {refused}")]);
    // Without the first rows it may be the reply after TLS, which offers none.
    check(rows(id, 7, &[&CLEAR[2..3], &[masked], end].concat()), &[&format!("Unknown | ? | {refused}")]);
    let tls_refused = [">,STARTTLS,", "<,454 4.7.0 TLS not available,"];
    check(rows(id, 4, &[&tls_refused[..], end].concat()), &[&format!("NotOffered | none | {refused}")]);
    let failed = ["*,,TLS negotiation failed with error NoCredentials", "-,,Local"];
    check(
        rows(id, 0, &[&CLEAR[..], &STARTTLS, &failed].concat()),
        &["Failed(\"NoCredentials\") | ? | broken: TLS negotiation failed with error NoCredentials"],
    );
    check(
        rows(id, 0, &[&CLEAR[..3], &[masked, ">,QUIT,", "-,,Local"]].concat()),
        &["NotOffered | none | broken: Local"],
    );
}

#[test]
fn sessions_without_a_transaction() {
    let check = |rows: String, expected: &[&str]| assert_eq!(shown(&[SEND, &rows].concat()), expected, "{rows}");
    let id = "08DE000000000001";
    let failed = "*,,Failed to connect. Error Message: No connection could be made";
    check(
        rows(id, 0, &["*,,attempting to connect", failed]),
        &["Unknown | ? | broken: Failed to connect. Error Message: No connection could be made"],
    );
    check(rows(id, 0, &["+,,", "<,421 4.3.2 not now,", "-,,Remote"]), &["Unknown | ? | 421 Connection at banner"]);
    // Nothing went wrong, or nothing is known.
    check(rows(id, 0, &[&CLEAR[..], &STARTTLS, &[CERTIFICATE], &SECURED, &[">,QUIT,", "-,,Local"]].concat()), &[]);
    check(rows(id, 0, &CLEAR), &[]);
    // Lines of a certificate that somebody copied out.
    check(rows(id, 5, &[CERTIFICATE]), &["Unknown | mail.contoso.com | not shown"]);
}

#[test]
fn transactions_with_several_answers() {
    let text = [
        SEND,
        &rows(
            "08DE000000000001",
            3,
            &[
                ">,MAIL FROM:<>,",
                ">,RCPT TO:<a@one.example>,",
                ">,RCPT TO:<b@two.example>,",
                ">,RCPT TO:<c@three.example>,",
                ">,BDAT 9 LAST,",
                "<,250 ok,",
                "<,250 ok,",
                "<,550 5.7.64 TenantAttribution; Relay Access Denied,",
                "<,550 5.7.64 TenantAttribution; Relay Access Denied,",
                "<,250 2.6.0 Queued mail for delivery,",
                ">,MAIL FROM:<x@contoso.com>,",
                "<,250 ok,",
                ">,RCPT TO:<a@one.example>,",
                "<,250 ok,",
                ">,DATA,",
                "<,354 go,",
                "<,550 5.7.64 Relay Access Denied ATTR36. For more,",
                ">,MAIL FROM:<xxx@****>,",
                "<,550 5.7.1 no,",
                ">,MAIL FROM:<x@contoso.com>,",
                "<,250 ok,",
                ">,RCPT TO:<a@one.example>,",
                "<,250 ok,",
                ">,DATA,",
                "-,,Remote(SocketError)",
            ],
        ),
    ]
    .concat();
    let one = |attempt: &Attempt| {
        let domains: Vec<_> = attempt.recipients.iter().map(|domain| domain.as_str()).collect();
        format!("{:?} {} {}", attempt.mail_from, domains.join(","), attempt.several_domains)
    };
    let attempts: Vec<_> = attempts(&text).iter().map(one).collect();
    let from = "Known(Domain(contoso.com))";
    assert_eq!(
        attempts,
        [
            "Known(Null) two.example,three.example true".to_owned(),
            "Known(Null) one.example true".to_owned(),
            format!("{from} one.example false"),
            "Unknown  false".to_owned(),
            format!("{from} one.example false"),
        ]
    );
    assert_eq!(
        shown(&text),
        [
            "Unknown | ? | 550 TenantAttribution at RCPT TO",
            "Unknown | ? | accepted",
            "Unknown | ? | 550 Attr36 at DATA",
            "Unknown | ? | 550 Other at MAIL FROM",
            "Unknown | ? | broken: Remote(SocketError)",
        ]
    );
}

#[test]
fn receive_logs_of_a_hub() {
    let head = SEND.replace("Send Protocol", "Receive Protocol").replace("Microsoft Exchange Server", "Postwarden");
    let row = |(number, row): (usize, &&str)| {
        format!(
            "2026-11-24T13:05:{number:02}.000Z,HUB.example\\25,08DE000000000001,{number},192.0.2.1:25,203.0.113.7:4711,{row}\r\n"
        )
    };
    let remote = CERTIFICATE.replace("Sending", "Remote");
    let rows = [
        "+,,",
        ">,220 hub.example,",
        "<,EHLO edge.contoso.com,",
        ">,250  hub.example Hello [203.0.113.7] STARTTLS,",
        "<,STARTTLS,",
        ">,220 go,",
        "*,,TLS protocol SP_PROT_TLS1_3_SERVER negotiation succeeded using X",
        &remote,
        "<,EHLO edge.contoso.com,",
        ">,250  hub.example Hello [203.0.113.7],",
        "<,MAIL FROM:<a@contoso.com>,",
        ">,250 ok,",
        "<,RCPT TO:<b@fabrikam.com>,",
        ">,550 5.7.64 TenantAttribution; Relay Access Denied [hub.example 2026-11-24T13:05:13.000Z 8KD3FA5D],",
        "-,,Remote",
    ];
    let text = [head, rows.iter().enumerate().map(row).collect()].concat();
    assert_eq!(shown(&text), ["On | mail.contoso.com | 550 TenantAttribution at RCPT TO"]);
    let attempt = attempts(&text).remove(0);
    assert_eq!((attempt.witness, attempt.connector.as_deref()), (EvidenceKind::ReceiveLog, None));
    assert_eq!((attempt.server.as_deref(), attempt.egress), (Some("203.0.113.7"), "203.0.113.7".parse().ok()));
    assert_eq!(attempt.next_hop.name.as_deref(), Some("hub.example"));
    assert_eq!(attempt.proof.iter().map(|proof| proof.line).collect::<Vec<_>>(), [19, 13, 9]);
}

#[test]
fn logs_are_recognised() {
    let check = |text: &str, expected: &[EvidenceKind]| assert_eq!(read(text).sources[0].kinds, expected, "{text}");
    check(SEND, &[EvidenceKind::SendLog]);
    check(&SEND.replace("Send Protocol", "Receive Protocol"), &[EvidenceKind::ReceiveLog]);
    check(&with_certificate(), &[EvidenceKind::SendLog]);
    check(
        &format!("Hello, see, the, log, of, our, server, below:\n\n{}", with_certificate()),
        &[EvidenceKind::SendLog],
    );
    let template = "Date/Time,Outbound to Microsoft 365,SessionID,SequenceNumber,LocalEndpoint,RemoteEndpoint,*,";
    let template = format!("{template},Sending certificate\n{template}CN=*.contoso.com,Certificate subject\n");
    check(&template, &[EvidenceKind::SendLog]);
    let attempt = attempts(&template).remove(0);
    assert_eq!((attempt.tls, attempt.server, attempt.at), (Tls::Unknown, None, None));
    // CSV of another kind.
    check(
        "#Log-type: Message Tracking Log\n2026-11-24T13:05:09.042Z,a,b,c,d,e,f,g,h,i,j\n",
        &[EvidenceKind::TrackingLog],
    );
    check("a,b,c,d,e,f,+,h,i\n1,2,3,4,5,6,+,8,9\n", &[]);
}
