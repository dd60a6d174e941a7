//! Entries in each form, and what is read out of them.

use proptest::prelude::*;

use super::*;

const ISSUED: &str = "<I>CN=Example CA, O=Example<S>CN=mail.contoso.com";

fn message(name: &str, connector: &str) -> String {
    format!(
        "Microsoft Exchange could not find a certificate that contains the domain name {name} in the personal store on the local \
         computer. Therefore, it is unable to support the STARTTLS SMTP verb for the connector {connector} with a FQDN parameter of \
         {name}. If the connector's FQDN is not specified, the computer's FQDN is used."
    )
}

fn of_text(text: &str) -> Vec<Event> {
    let (mut reader, mut events) = (EventText::default(), Vec::new());
    let mut each = |event: Event| events.push(event);
    for (number, line) in (1..).zip(text.lines()) {
        reader.take(number, line, &mut each);
    }
    reader.finish(&mut each);
    events
}

fn of_table(text: &str) -> Vec<(u64, Result<Event, crate::csv_records::OpenQuote>)> {
    let (mut reader, mut events) = (EventTable::new(text), Vec::new());
    let mut each = |line, event| events.push((line, event));
    for (number, line) in (1..).zip(text.lines()) {
        reader.take(number, line, &mut each);
    }
    reader.finish(&mut each);
    events
}

/// Entries as `line id`, others by their name.
fn of_xml(blocks: &[&[u8]]) -> (Vec<String>, Vec<Event>) {
    let (mut reader, mut told, mut events) = (EventXml::default(), Vec::new(), Vec::new());
    let mut each = |line, piece: Piece| match piece {
        Piece::Entry(event) => {
            told.push(format!("{line} {}", event.id));
            events.push(*event);
        }
        Piece::Broken => told.push(format!("{line} broken")),
        Piece::CutOff => told.push(format!("{line} cut off")),
    };
    blocks.iter().for_each(|block| reader.feed(block, &mut each));
    reader.finish(&mut each);
    (told, events)
}

fn xml(provider: &str, id: u32, rest: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>\n<System><Provider Name='{provider}'/>\
         <EventID Qualifiers='49156'>{id}</EventID><TimeCreated SystemTime='2026-11-20T08:00:00.1234567Z'/>\
         <Computer>ex1.contoso.com</Computer></System>{rest}</Event>\n"
    )
}

#[test]
fn reads_text() {
    let english = |date: &str, description: &str| {
        format!(
            "Log Name:      Application\nSource:        MSExchangeTransport\nDate:          {date}\nEvent ID:      12014\nTask Category: \
             TransportService\nLevel:         Error\nKeywords:      Classic\nUser:          N/A\nComputer:      EX1\n{description}{}\n",
            message(ISSUED, "Outbound to Office 365")
        )
    };
    let czech = "Název protokolu:Application\nNázev protokolu: Application\nZdroj:         MSExchangeTransport\nDatum:         20. 11. 2026 \
        9:00:00\nID události:   12014\nKategorie úlohy:TransportService\nKategorie: TransportService\nÚroveň: Chyba\n";
    let text = format!(
        "SOURCE: somebody\n(a)\n{}(b)\n{}",
        english("9/28/2026 9:35:58 AM", "Description:\n"),
        english("x", "")
    );
    let events = of_text(&text);
    let told: Vec<_> = events.iter().map(|event| (event.line, event.id, event.computer.as_deref())).collect();
    assert_eq!(told, [(3, 12014, Some("EX1")), (15, 12014, Some("EX1"))]);
    for event in &events {
        let facts = event.facts().unwrap();
        assert_eq!(facts.subject.as_deref(), Some(ISSUED));
        assert_eq!(facts.connector.as_deref(), Some("Outbound to Office 365"));
        assert_eq!(facts.arguments.len(), 3, "{facts:?}");
    }
    assert!(begins_as_text(&text));
    assert!(of_text(czech).is_empty(), "labels that do not follow one another tell nothing");
    let czech =
        czech.replacen("Název protokolu:Application\n", "", 1).replacen("Kategorie úlohy:TransportService\n", "", 1);
    assert_eq!(of_text(&czech).first().map(|event| event.id), Some(12014), "labels in any language");
}

#[test]
fn xml_below_a_text_is_better() {
    let data =
        format!("<EventData><Data>{}</Data><Data>C</Data><Data>F</Data></EventData>", "&lt;I&gt;CN=a&lt;S&gt;CN=b");
    let text = format!(
        "Log Name: Application\nSource: MSExchangeTransport\nDate: 1\nEvent ID: 12014\nTask Category: x\nDescription:\nSomething\n\
         Event Xml:\n{}Log Name: Application\n",
        xml("MSExchangeTransport", 12014, &data)
    );
    let events = of_text(&text);
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events.first().and_then(|event| event.at), "2026-11-20T08:00:00.1234567Z".parse().ok());
    assert_eq!(
        events.first().and_then(Event::facts).and_then(|facts| facts.subject).as_deref(),
        Some("<I>CN=a<S>CN=b")
    );
}

#[test]
fn reads_xml() {
    let check = |name: &str, file: &str, expected: &[&str]| {
        assert_eq!(of_xml(&[file.as_bytes()]).0, expected, "{name}");
        let octets: Vec<&[u8]> = file.as_bytes().chunks(7).collect();
        assert_eq!(of_xml(&octets).0, expected, "{name}, in blocks of seven");
    };
    let one = xml("MSExchangeTransport", 12014, "<EventData><Data>a</Data></EventData>");
    check("Event Viewer's", &format!("<?xml version=\"1.0\"?>\n<Events>{one}{one}</Events>"), &["2 12014", "4 12014"]);
    check("wevtutil's", &format!("{one}{one}"), &["1 12014", "3 12014"]);
    check("cut off", &format!("{one}{}", one.replace("</Event>", "")), &["1 12014", "3 cut off"]);
    check("broken", &one.replace("</System>", ""), &["1 broken"]);
    check("no number", &one.replace("12014", "x"), &["1 broken"]);
    check("another name", "<Eventually>x</Eventually>", &[]);
    let deep = format!("<Event>{}{}</Event>", "<a>".repeat(1000), "</a>".repeat(1000));
    check("deep", &deep, &["1 broken"]);
    let bomb = one.replace("<Data>a", "<Data>&lol9;a");
    let (_, events) = of_xml(&[bomb.as_bytes()]);
    assert_eq!(events.first().map(|event| event.data.clone()), Some(vec!["a".to_owned()]), "entities are not expanded");
    let endless = format!("<Event>{}", "x".repeat(3 << 20));
    check("endless", &endless, &["1 cut off"]);
}

#[test]
fn reads_tables() {
    let text = format!(
        "Level,Date and Time,Source,Event ID,Task Category\nError,20.11.2026 9:00:00,MSExchangeFrontEndTransport,12014,TransportService,\"{}\n\
         and more\"\nError,20.11.2026 9:00:00,MSExchangeTransport,12015,TransportService,An internal transport certificate expired. \
         Thumbprint:0011223344556677889900112233445566778899\nError,x,MSExchangeTransport,12015,c,\"open",
        message("mail.contoso.com", "Default Frontend EX1")
    );
    let got = of_table(&text);
    let told: Vec<String> = got
        .iter()
        .map(|(line, event)| match event.as_ref().map(|event| event.facts()) {
            Ok(facts) => {
                let facts = facts.unwrap();
                format!("{line} {:?} {:?}", facts.subject.unwrap(), facts.connector)
            }
            Err(error) => format!("{line} {error}"),
        })
        .collect();
    let expected = [
        "2 \"mail.contoso.com\" Some(\"Default Frontend EX1\")",
        "4 \"0011223344556677889900112233445566778899\" None",
        "5 a quote is not closed",
    ];
    assert_eq!(told, expected);
    assert!(text.lines().any(is_table_row));
    assert!(!is_table_row("a,b,c,12014,d,e"));
}

#[test]
fn tells_facts() {
    let check = |provider: &str, id: u32, text: &str, data: &[&str], expected: Option<(FactsOf, [Option<&str>; 3])>| {
        let data = data.iter().map(|value| (*value).to_owned()).collect();
        let event = Event { provider: provider.into(), id, message: text.into(), data, ..Event::default() };
        let facts = event.facts();
        let got = facts
            .as_ref()
            .map(|facts| (facts.of, [facts.subject.as_deref(), facts.connector.as_deref(), facts.result.as_deref()]));
        assert_eq!(got, expected, "{id} {text}");
    };
    let transport = "MSExchangeTransport";
    check(transport, 12014, "", &["s", "c", "f"], Some((FactsOf::MissingCertificate, [Some("s"), Some("c"), None])));
    check(transport, 12014, "auf Deutsch", &[], Some((FactsOf::MissingCertificate, [None, None, None])));
    check(
        transport,
        12018,
        "The STARTTLS certificate will expire soon: subject: mail.contoso.com, thumbprint: 00AA, hours remaining: 71. Run",
        &[],
        Some((FactsOf::ExpiringCertificate, [Some("mail.contoso.com"), None, None])),
    );
    check(
        transport,
        2015,
        "Send connector Outbound to Office 365 couldn't connect to remote domain contoso.mail.onmicrosoft.com. The send connector requires",
        &[],
        Some((FactsOf::TlsNotReached, [None, Some("Outbound to Office 365"), None])),
    );
    check(
        transport,
        11022,
        "Failed to confirm domain capabilities 'mail.protection.outlook.com:AcceptCloudServicesMail' on connector 'Default Frontend EX1' \
         because validation of the Transport Layer Security (TLS) certificate failed with status 'SubjectMismatch'. Contact",
        &[],
        Some((
            FactsOf::DomainNotConfirmed,
            [
                Some("mail.protection.outlook.com:AcceptCloudServicesMail"),
                Some("Default Frontend EX1"),
                Some("SubjectMismatch"),
            ],
        )),
    );
    check(transport, 7, "", &["a"], None);
    check("Other", 12014, "", &["a"], None);
}

#[test]
fn tells_chains() {
    let check = |id: u32, value: &str, expected: Option<&str>| {
        let data = format!(
            "<UserData><CertVerifyCertificateChainPolicy><Policy type='CERT_CHAIN_POLICY_SSL'/><Certificate fileRef='a.cer' \
             subjectName='mail.contoso.com'/><EventAuxInfo ProcessName='lsass.exe'/><Result value='{value}'>untrusted</Result>\
             </CertVerifyCertificateChainPolicy></UserData>"
        );
        let event = Event::from_xml(xml("Microsoft-Windows-CAPI2", id, &data).trim(), 1).unwrap();
        let facts = event.facts();
        assert_eq!(facts.as_ref().and_then(|facts| facts.result.as_deref()), expected, "{id} {value}");
        let subject = facts.as_ref().and_then(|facts| facts.subject.as_deref());
        assert_eq!(subject, expected.map(|_| "mail.contoso.com"));
    };
    check(30, "800B0109", Some("800B0109"));
    check(30, "0", None);
    check(90, "800B0109", None);
}

#[test]
fn what_never_ends_does_not_hide_what_does_and_takes_no_time() {
    let whole = xml("MSExchangeTransport", 12014, "");
    let unfinished = "<Event >".repeat(200_000);
    let (told, _) = of_xml(&[unfinished.as_bytes(), whole.as_bytes()]);
    assert_eq!(told.last().map(String::as_str), Some("1 12014"), "{told:?}");
    assert!(told.len() < 10, "each beginning is looked at again: {} pieces", told.len());
    let (told, _) = of_xml(&[format!("{unfinished}\n{whole}").as_bytes()]);
    assert_eq!(told, ["1 cut off", "2 12014"]);
}

proptest! {
    #[test]
    fn is_total(text in "[<>/EventDataSysm&;#0-9:, \n\"=']{0,300}", octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = (of_text(&text), of_table(&text), of_xml(&[text.as_bytes(), &octets]), Event::from_xml(&text, 1));
    }

    #[test]
    fn reads_what_was_written(subject in "[a-zA-Z<>&'\" =.,]{1,30}", connector in "[^\\p{C}<>&]{1,20}") {
        let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let data = format!("<EventData><Data>{}</Data><Data>{connector}</Data></EventData>", escape(&subject));
        let (_, events) = of_xml(&[xml("MSExchangeTransport", 12014, &data).as_bytes()]);
        let data = events.first().map(|event| event.data.clone()).unwrap_or_default();
        prop_assert_eq!(data, vec![subject.trim().to_owned(), connector.trim().to_owned()]);
    }
}
