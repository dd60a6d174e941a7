//! Tracking and connectivity logs, event logs, message traces: files as administrators have them, and the facts that they show.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use core_attribution::{Fact, Sender};

use super::Reader;
use crate::evidence::{AttemptGroup, Evidence, EvidenceKind, Outcome, SourceId};

fn read(octets: &[u8]) -> Evidence {
    let mut reader = Reader::new(SourceId(0), "file");
    octets.chunks(1000).for_each(|block| reader.feed(block));
    reader.finish()
}

/// A group in a line: how many, when the last, from where to where, for whom, and the answer.
fn told(group: &AttemptGroup) -> String {
    let last = &group.last;
    let sender = match &last.mail_from {
        Fact::Known(Sender::Null) => "<>".to_owned(),
        Fact::Known(Sender::Domain(domain)) => domain.to_string(),
        Fact::Known(Sender::NoDomain) => "no domain".to_owned(),
        Fact::Unknown => "?".to_owned(),
    };
    let outcome = match &last.outcome {
        Outcome::Accepted => "accepted".to_owned(),
        Outcome::Answered(reply, _) => format!("{} {:?}", reply.code, reply.class),
        Outcome::Broken(words) => format!("broken: {}", words.chars().take(20).collect::<String>()),
        Outcome::NotShown => "not shown".to_owned(),
    };
    let text = |text: &Option<Box<str>>| text.as_deref().unwrap_or("?").to_owned();
    let domains: Vec<String> = group.recipients.iter().map(ToString::to_string).collect();
    format!(
        "{} x {} {} | {} | {} | {sender} > {} | {outcome} | line {}",
        group.count,
        last.at.map_or("?".to_owned(), |at| at.to_string()),
        text(&last.server),
        text(&last.connector),
        text(&last.next_hop.name),
        domains.join(" "),
        last.proof.first().unwrap().line
    )
}

/// Reads a file without a complaint.
fn groups(octets: &[u8], kind: EvidenceKind) -> Vec<String> {
    let evidence = read(octets);
    let source = evidence.sources.first().unwrap();
    assert_eq!((source.kinds.as_slice(), source.problems.as_slice()), ([kind].as_slice(), [].as_slice()));
    evidence.attempts.groups().iter().map(told).collect()
}

#[test]
fn tracking_logs_are_attempts() {
    let of_2010 = include_bytes!("../../../../../tests/evidence/tracking/02-msgtrk-14x-header.log");
    assert_eq!(
        groups(of_2010, EvidenceKind::TrackingLog),
        [
            "1 x 2026-11-02T00:00:04.24Z HUB1 | Outbound to Office 365 | contoso-com.mail.protection.outlook.com | contoso.com > \
          fabrikam.com | accepted | line 7"
        ]
    );
    let of_2019 = include_bytes!("../../../../../tests/evidence/tracking/msgtrk-2019-refused.log");
    let way = "EX1.contoso.local | Outbound to Office 365 - 1f0a | contoso-com.mail.protection.outlook.com";
    assert_eq!(
        groups(of_2019, EvidenceKind::TrackingLog),
        [
            format!("1 x 2026-11-19T16:30:01.1Z {way} | contoso.com > fabrikam.com | accepted | line 6"),
            format!(
                "1 x 2026-11-20T08:00:12.5Z {way} | contoso.com > fabrikam.com northwind.example | 550 TenantAttribution | line 7"
            ),
            format!("1 x 2026-11-20T08:05:00Z {way} | <> > fabrikam.com | 550 TenantAttribution | line 9"),
            format!(
                "2 x 2026-11-22T08:06:00Z {way} | contoso.com > fabrikam.com | 454 LocalCertificateMissing | line 13"
            ),
        ],
        "what a recipient's own server refused, shadow copies and bounces are no attempts"
    );
}

#[test]
fn rows_that_cmdlets_print_are_attempts() {
    let check = |octets: &[u8], kind: EvidenceKind, expected: &[&str]| {
        let evidence = read(octets);
        let source = evidence.sources.first().unwrap();
        assert_eq!((source.kinds.last(), source.problems.as_slice()), (Some(&kind), [].as_slice()));
        assert_eq!(evidence.attempts.groups().iter().map(told).collect::<Vec<_>>(), expected);
    };
    check(
        include_bytes!("../../../../../tests/evidence/tracking/03-get-messagetrackinglog-formatlist-fail.txt"),
        EvidenceKind::TrackingLog,
        &[
            "1 x 2026-11-20T08:00:12.345Z EX1 | Outbound to Office 365 | contoso-com.mail.protection.outlook.com | contoso.com > \
           fabrikam.com | 550 TenantAttribution | line 15",
        ],
    );
    check(
        include_bytes!("../../../../../tests/evidence/tracking/04-get-queue-formatlist-nl.txt"),
        EvidenceKind::Queue,
        &["1 x ? EX3 | 5f3f7b0c-2d0a-4e8e-8d7b-0123456789ab | fabrikam.com | ? >  | 451 Connection | line 8"],
    );
}

#[test]
fn statuses_by_themselves_are_attempts() {
    let queue = EvidenceKind::Queue;
    assert_eq!(
        groups(include_bytes!("../../../../../tests/evidence/ndr/06-exchange-queue-LastError-forms.txt"), queue),
        [
            "3 x ? ? | ? | ? | ? >  | 421 Connection | line 4",
            "1 x ? ? | ? | ex7.corp.contoso.local | ? >  | 454 Other | line 2",
            "1 x ? ? | ? | ? | ? >  | 454 LocalCertificateMissing | line 5",
        ]
    );
    assert_eq!(
        groups(include_bytes!("../../../../../tests/evidence/tracking/05-recipientstatus-forms.txt"), queue),
        [
            "1 x 2026-11-20T08:10:30.476Z ? | ? | fabrikam-com.mail.protection.outlook.com | ? >  | 550 PartnerRestriction | line 3",
            "1 x ? ? | ? | mx.mail.example | ? >  | 550 Other | line 4",
            "1 x ? ? | ? | in.tailspin.example | ? >  | 451 Other | line 8",
            "1 x 2026-11-20T08:00:12.345Z ? | ? | contoso-com.mail.protection.outlook.com | ? >  | 550 TenantAttribution | line 9",
        ],
        "what Exchange says itself, is no attempt"
    );
}

#[test]
fn traces_that_cmdlets_print_are_counted() {
    let json = r#"[{"MessageTraceId":"1","MessageId":"<a@contoso.com>","Received@data.type":"System.DateTime",
        "Received":"2026-11-20T07:59:00.0000000Z","SenderAddress":"dora@contoso.com","RecipientAddress":"ann@fabrikam.com",
        "FromIP":"203.0.113.7","ToIP":"","Subject":"x","Status":"Delivered","Size":1}]"#;
    let evidence = read(json.as_bytes());
    let source = evidence.sources.first().unwrap();
    assert_eq!((source.records, source.problems.len()), (1, 0));
    assert_eq!(source.span, "2026-11-20T07:59:00Z".parse().ok().map(|at| (at, at)));
}

#[test]
fn events_that_cmdlets_print_are_facts() {
    let list = "TimeCreated  : 20.11.2026 9:35:58\nProviderName : MSExchangeTransport\nId           : 12016\nLevelDisplayName : Error\n\
        MachineName  : EX1.contoso.local\nMessage      : There is no valid SMTP Transport Layer Security (TLS) certificate for the FQDN of \
        mail.contoso.com. The existing certificate for that FQDN has expired.\n";
    let evidence = read(list.as_bytes());
    let fact = evidence.events.first().unwrap();
    assert_eq!((fact.id, fact.subject.as_deref()), (12016, Some("mail.contoso.com")));
    assert_eq!(fact.at, None, "it is local time");
}

#[test]
fn the_reply_is_in_what_is_quoted() {
    let file = include_str!("../../../../../tests/evidence/tracking/msgtrk-2019-refused.log");
    let refused = file.lines().nth(6).unwrap();
    let many = refused.replace("ann@fabrikam.com", &format!("ann@fabrikam.com{}", ";x@fabrikam.com".repeat(500)));
    let evidence = read(file.replace(refused, &many).as_bytes());
    let group = evidence.attempts.groups().get(1).unwrap();
    let proof = &group.last.proof.first().unwrap().text;
    assert!(proof.contains("550 5.7.64 TenantAttribution"), "{proof}");
    assert!(proof.starts_with("2026-11-20T08:00:12.500Z"), "{proof}");
}

#[test]
fn connectivity_logs_tell_of_connections_that_failed() {
    let file = include_bytes!("../../../../../tests/evidence/tracking/connectivity.log");
    assert_eq!(
        groups(file, EvidenceKind::ConnectivityLog),
        [
            "1 x 2026-11-20T08:00:22Z ? | ? | contoso-com.mail.protection.outlook.com | ? >  | broken: Failed connection to | line 7"
        ]
    );
}

#[test]
fn event_logs_are_facts() {
    let issued = "<I>CN=Tailspin Issuing CA 3, O=Tailspin Trust, C=US<S>CN=mail.contoso.com, O=Contoso, C=US";
    type Told<'a> = (u32, Option<&'a str>, Option<&'a str>, Option<&'a str>);
    let check = |octets: &[u8], expected: &[Told<'_>]| {
        let evidence = read(octets);
        let source = evidence.sources.first().unwrap();
        assert_eq!((source.kinds.as_slice(), source.problems.len()), ([EvidenceKind::EventLog].as_slice(), 0));
        let facts = evidence.events.iter();
        let facts: Vec<_> = facts
            .map(|fact| (fact.id, fact.subject.as_deref(), fact.connector.as_deref(), fact.result.as_deref()))
            .collect();
        assert_eq!(facts, expected);
    };
    check(
        include_bytes!("../../../../../tests/evidence/tracking/14-event-12014-text.txt"),
        &[
            (12014, Some(issued), Some("Outbound to Office 365"), None),
            (12014, Some("mail.contoso.com"), Some("Default Frontend EX2"), None),
        ],
    );
    let xml = include_str!("../../../../../tests/evidence/tracking/event-12014-rendered-de.xml");
    let expected = [
        (12014, Some(issued), Some("Outbound to Office 365"), None),
        (30, Some("mail.contoso.com"), None, Some("800B0109")),
    ];
    check(xml.as_bytes(), &expected);
    let utf_16: Vec<u8> = format!("\u{feff}{xml}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&utf_16, &expected);
    let table = "Level,Date and Time,Source,Event ID,Task Category\r\nError,20.11.2026 9:00:00,MSExchangeTransport,12017,TransportService,\
        \"An internal transport certificate will expire soon. Thumbprint:00AA, hours remaining: 12\r\n\"\r\n";
    check(table.as_bytes(), &[(12017, Some("00AA"), None, None)]);
}

#[test]
fn the_first_and_the_last_of_what_repeats_are_kept() {
    let event = |hour: u32| {
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='MSExchangeTransport'/>\
             <EventID>12014</EventID><TimeCreated SystemTime='2026-11-20T{hour:02}:00:00Z'/></System><EventData><Data>a</Data>\
             </EventData></Event>\n"
        )
    };
    let evidence = read((0..24).map(event).collect::<String>().as_bytes());
    let times: Vec<String> = evidence.events.iter().map(|fact| fact.at.unwrap().to_string()).collect();
    assert_eq!(times, ["2026-11-20T00:00:00Z", "2026-11-20T23:00:00Z"]);
    assert_eq!(evidence.sources.first().unwrap().records, 24);
}

/// An event of Exchange at a time of a day in 2026.
fn event(time: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='MSExchangeTransport'/>\
         <EventID>12014</EventID><TimeCreated SystemTime='2026-{time}:00Z'/></System><EventData><Data>{time}</Data>\
         </EventData></Event>\n"
    )
}

/// The times of events of a case of several exports.
fn times(exports: &[&[&str]], since: Option<&str>) -> Vec<String> {
    let mut evidence = Evidence::default();
    for (id, export) in (0..).zip(exports) {
        let reader = Reader::new(SourceId(id), "events.xml");
        let mut reader = match since {
            Some(since) => reader.since(since.parse().unwrap()),
            None => reader,
        };
        reader.feed(export.iter().map(|time| event(time)).collect::<String>().as_bytes());
        evidence.merge(reader.finish());
    }
    evidence.events.iter().map(|fact| fact.at.unwrap().to_string()).collect()
}

#[test]
fn events_are_in_the_order_of_time() {
    let newest_first: [&[&str]; 2] = [&["11-20T09:00", "11-20T07:00"], &["11-20T08:00", "11-20T06:00"]];
    let expected = ["06", "07", "08", "09"].map(|hour| format!("2026-11-20T{hour}:00:00Z"));
    assert_eq!(times(&newest_first, None), expected);
}

#[test]
fn events_before_the_time_that_is_asked_for_are_passed_over() {
    let told = times(&[&["11-20T09:00", "01-05T07:00"]], Some("2026-11-01T00:00:00Z"));
    assert_eq!(told, ["2026-11-20T09:00:00Z"]);
}

#[test]
fn message_traces_are_counted() {
    let evidence = read(include_bytes!("../../../../../tests/evidence/tracking/message-trace-enhanced-summary.csv"));
    let source = evidence.sources.first().unwrap();
    assert_eq!((source.kinds.as_slice(), source.problems.len()), ([EvidenceKind::MessageTrace].as_slice(), 0));
    let span = source.span.map(|(first, last)| [first.to_string(), last.to_string()]).unwrap();
    assert_eq!((source.records, span), (2, ["2026-11-19T07:59:00Z".to_owned(), "2026-11-20T07:59:00Z".to_owned()]));
}

#[test]
fn other_files_are_not_taken_for_logs() {
    let check = |text: &str| {
        let evidence = read(text.as_bytes());
        let kinds = &evidence.sources.first().unwrap().kinds;
        let ours = [
            EvidenceKind::TrackingLog,
            EvidenceKind::ConnectivityLog,
            EvidenceKind::EventLog,
            EvidenceKind::MessageTrace,
        ];
        assert!(!kinds.iter().any(|kind| ours.contains(kind)), "{text}: {kinds:?}");
    };
    check(
        "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\n",
    );
    check("2026-11-20T08:00:00.000Z,Outbound,08DE,1,10.0.0.1:25,203.0.113.1:25,*,,SendRoutingHeaders\n");
    check("Log Name: Application\nSource: Outlook\nDate: 1\nEvent ID: 12\nTask Category: None\n");
    check("<Events><Event>nothing</Event></Events>");
    check("message_id,sender_address\n<a>,b@contoso.com\n");
    check("We found the event-id, the recipient-status and the source-context odd.\n");
}
