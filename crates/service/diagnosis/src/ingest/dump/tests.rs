//! Dumps as evidence: what is in a file, and what of it is a whole listing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::super::Reader;
use crate::evidence::{Evidence, EvidenceKind, SourceId};

fn read(octets: &[u8]) -> Evidence {
    let mut reader = Reader::new(SourceId(3), "dump");
    octets.chunks(777).for_each(|block| reader.feed(block));
    reader.finish()
}

#[allow(clippy::disallowed_methods, reason = "fixtures lie in files")]
fn file(name: &str) -> Evidence {
    let path = format!("{}/../../../tests/evidence/config/{name}", env!("CARGO_MANIFEST_DIR"));
    let evidence = read(&std::fs::read(&path).expect(&path));
    assert_eq!(evidence.sources[0].kinds, [EvidenceKind::Dump], "{name}");
    assert_eq!(evidence.sources[0].problems, [], "{name}");
    evidence
}

#[test]
fn files_become_configuration() {
    let configuration = file("Get-SendConnector.clixml").configuration;
    assert_eq!(configuration.send_connectors.len(), 2);
    assert_eq!(configuration.send_connectors[0].source, SourceId(3));
    let configuration = file("Get-AcceptedDomain.clixml").configuration;
    assert_eq!((configuration.accepted_domains.len(), configuration.accepted_listed), (3, vec![SourceId(3)]));
    assert_eq!(file("Get-ExchangeCertificate.clixml").configuration.exchange_certificates.len(), 3);
    assert_eq!(file("Get-HybridConfiguration.clixml").configuration.hybrid_configurations.len(), 1);
    let configuration = file("inboundconnector-exo-rest-cert-AdminUI.json").configuration;
    assert_eq!((configuration.inbound_connectors.len(), configuration.inbound_listed), (1, vec![]));
    assert_eq!(file("outboundconnector-exo-rest-AdminUI.json").configuration.outbound_connectors.len(), 1);
}

#[test]
fn every_encoding_of_windows_is_read() {
    let text = "[PS] C:\\>Get-InboundConnector | fl\r\n\r\nName              : Příchozí\r\nSenderIPAddresses : {192.0.2.1}\r\n\r\n";
    let utf_16 = |mark: bool| {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
    };
    let code_page = text.chars().map(|c| match c {
        'ř' => 0xf8,
        'í' => 0xed,
        c => u8::try_from(c).unwrap(),
    });
    let files = [
        text.as_bytes().to_vec(),
        format!("\u{feff}{text}").into_bytes(),
        utf_16(true),
        utf_16(false),
        code_page.collect(),
    ];
    for octets in files {
        let evidence = read(&octets);
        let configuration = &evidence.configuration;
        let names: Vec<&str> = configuration.inbound_connectors.iter().map(|one| &*one.object.name).collect();
        assert_eq!(names, ["Příchozí"], "{octets:?}: {:?}", evidence.sources);
        assert_eq!(configuration.inbound_listed, [SourceId(3)], "{octets:?}");
    }
}

#[test]
fn what_was_lost_is_told_with_the_command_that_exports_it() {
    let check = |text: &str, code: &str, line: u64, command: &str| {
        let evidence = read(text.as_bytes());
        let [problem] = &evidence.sources[0].problems[..] else { panic!("{text}: {:?}", evidence.sources) };
        assert_eq!((problem.code, problem.line), (code, Some(line)), "{text}");
        assert!(problem.arguments.contains(&("command", command.to_owned())), "{text}: {:?}", problem.arguments);
    };
    check(
        "Name : a\nSenderIPAddresses : {192.0.2.1, 192.0.2.2...}\n",
        "problem-dump-enumeration",
        2,
        "$FormatEnumerationLimit = -1; Get-InboundConnector | Format-List",
    );
    let csv = "\"Name\",\"AddressSpaces\"\n\"a\",\"Microsoft.Exchange.Data.MultiValuedProperty`1[X]\"\n";
    check(csv, "problem-dump-type-name", 2, "Get-SendConnector | Export-Clixml SendConnector.xml");
    let json = "{\"Name\": \"a\",\n\"SenderDomains\": \"@{Length=4}\"}";
    check(json, "problem-dump-depth", 2, "Get-InboundConnector | ConvertTo-Json -Depth 5");
}
