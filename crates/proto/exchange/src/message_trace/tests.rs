//! Reports in both shapes, and what cmdlets print.

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Vec<(u64, TraceEntry)> {
    let (mut report, mut got) = (TraceReport::default(), Vec::new());
    let mut each = |line, entry| got.push((line, entry));
    for (number, line) in (1..).zip(text.lines()) {
        report.take(number, line, &mut each);
    }
    report.finish(&mut each);
    got
}

fn row(entry: &TraceEntry) -> &TraceRecord {
    match entry {
        TraceEntry::Row(row) => row,
        other => panic!("no row: {other:?}"),
    }
}

#[test]
fn reads_the_enhanced_summary() {
    let got = read(
        "origin_timestamp_utc,sender_address,recipient_status,message_subject,total_bytes,message_id,network_message_id,\
         original_client_ip,directionality,connector_id,delivery_priority\n\
         2026-11-20T08:00:00.0000000Z,a@contoso.com,\"x@fabrikam.com##Receive, Send;y@fabrikam.com##Receive, Fail\",\"Hello,\n\
         \"\"you\"\"\",100,<a@contoso.com>,1,203.0.113.7,2,Inbound from HQ,Normal\n\
         2026-11-20 09:00:00,b@fabrikam.com,c@contoso.com##Receive,s,1,<b>,1,2001:db8::1,1,,Normal\n\
         too,few\n\"open",
    );
    let lines: Vec<u64> = got.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 4, 5, 6]);
    let expected = TraceRecord {
        at: "2026-11-20T08:00:00Z".parse().ok(),
        message_id: Some("<a@contoso.com>".into()),
        sender: Some("a@contoso.com".into()),
        recipient: Some("x@fabrikam.com".into()),
        status: Some("Receive, Send".into()),
        from_ip: Some("203.0.113.7".into()),
        connector: Some("Inbound from HQ".into()),
        originating: Some(true),
    };
    assert_eq!(row(&got[0].1), &expected);
    let second = row(&got[1].1);
    assert_eq!((second.at, second.originating), ("2026-11-20T09:00:00Z".parse().ok(), Some(false)));
    assert_eq!((&got[2].1, &got[3].1), (&TraceEntry::Fields { found: 2, columns: 11 }, &TraceEntry::OpenQuote));
}

#[test]
fn reads_the_extended_report() {
    let got = read(
        "\"date_time_utc\",\"return_path\",\"sender_address\",\"event_id\",\"recipient_address\",\"recipient_status\",\"message_id\",\
         \"connector_id\",\"directionality\",\"custom_data\",\"original_client_ip\"\r\n\
         2026-11-20T08:00:00Z,bounce@contoso.com,a@contoso.com,RECEIVE,x@fabrikam.com,To,<a>,AM5\\Internal,Originating,\
         \"S:ProxyHop1=a(b);S:InboundConnectorData=Name=Inbound from HQ;ConnectorType=OnPremises\",203.0.113.7",
    );
    let row = row(&got[0].1);
    assert_eq!(row.connector.as_deref(), Some("Inbound from HQ"));
    assert_eq!((row.sender.as_deref(), row.status.as_deref()), (Some("bounce@contoso.com"), Some("RECEIVE")));
    assert_eq!(row.originating, Some(true));
}

#[test]
fn reads_objects() {
    let check = |properties: &[(&str, &str)], expected: Option<TraceRecord>| {
        let property =
            |name: &str| properties.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(TraceRecord::of_object(&property), expected, "{properties:?}");
    };
    check(
        &[
            ("MessageTraceId", "1"),
            ("MessageId", "<a>"),
            ("Received", "2026-07-23T22:01:22.0480000Z"),
            ("SenderAddress", "a@contoso.com"),
            ("FromIP", "203.0.113.7"),
            ("ToIP", ""),
            ("Status", "Delivered"),
        ],
        Some(TraceRecord {
            at: "2026-07-23T22:01:22.048Z".parse().ok(),
            message_id: Some("<a>".into()),
            sender: Some("a@contoso.com".into()),
            status: Some("Delivered".into()),
            from_ip: Some("203.0.113.7".into()),
            ..TraceRecord::default()
        }),
    );
    check(
        &[
            ("Event", "RECEIVE"),
            ("Data", "<root><MEP Name=\"CustomData\" Blob=\"S:InboundConnectorData=Name=HQ\"/></root>"),
        ],
        Some(TraceRecord {
            status: Some("RECEIVE".into()),
            connector: Some("HQ".into()),
            originating: Some(true),
            ..TraceRecord::default()
        }),
    );
    // Windows PowerShell's JSON, and shells without a zone: Exchange Online gives UTC.
    let at = |written: &str, at: &str| {
        check(
            &[("MessageTraceId", "1"), ("MessageId", "<a>"), ("Received", written)],
            Some(TraceRecord {
                at: Some(at.parse().unwrap()),
                message_id: Some("<a>".into()),
                ..TraceRecord::default()
            }),
        );
    };
    at("/Date(1784844082048)/", "2026-07-23T22:01:22.048Z");
    at("2026-07-23T22:01:22", "2026-07-23T22:01:22Z");
    at("2026-07-23 22:01:22.048", "2026-07-23T22:01:22.048Z");
    at("2026-07-24T00:01:22+02:00", "2026-07-23T22:01:22Z");
    check(&[("Event", "DEFER"), ("Data", "<root/>")], None);
    check(&[("Name", "x")], None);
}

proptest! {
    #[test]
    fn is_total(text in "[a,\";=\n#]{0,100}") {
        let header = "date_time_utc,sender_address,message_id,directionality,custom_data\n";
        let _ = read(&format!("{header}{text}"));
        let _ = read(&text);
        let _ = inbound_connector(&text);
    }
}
