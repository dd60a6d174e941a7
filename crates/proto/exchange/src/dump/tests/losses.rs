//! What was lost before it came here is unknown, never empty and never whole.

use super::*;

/// The addresses and the certificate's name of the one connector in a text, and the losses that are told.
fn check(text: &str, addresses: Shown<Vec<Box<str>>>, name: Shown<Option<Box<str>>>, losses: &[Loss]) {
    let dump = read(text);
    let told = dump.problems.iter().map(|problem| match problem {
        DumpProblem::Lost { loss, .. } => *loss,
        other => panic!("{text}: {other:?}"),
    });
    assert_eq!(told.collect::<Vec<_>>(), losses, "{text}");
    let connector = inbound(text).pop().expect(text);
    assert_eq!((connector.sender_ip_addresses, connector.tls_sender_certificate_name), (addresses, name), "{text}");
}

#[test]
fn loss_makes_a_property_unknown() {
    let name = || Shown::Whole(Some(Box::from("*.contoso.com")));
    let list = "Name : a\nTlsSenderCertificateName : *.contoso.com\n";
    check(list, Shown::NotShown, name(), &[]);
    check(&format!("{list}SenderIPAddresses : {{}}\n"), Shown::Whole(vec![]), name(), &[]);
    check(&format!("{list}SenderIPAddresses :\n"), Shown::Whole(vec![]), name(), &[]);
    for ellipsis in ["...", "…"] {
        let text = format!("{list}SenderIPAddresses : {{192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4{ellipsis}}}\n");
        let shown = texts(&["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"]);
        check(&text, Shown::Cut(shown), name(), &[Loss::Enumeration]);
    }
    check(
        &format!("{list}SenderIPAddresses : {{192.0.2.1, 192.0"),
        Shown::Cut(texts(&["192.0.2.1"])),
        name(),
        &[Loss::Unfinished],
    );

    let table = "Name SenderIPAddresses TlsSenderCertificateName\n---- ----------------- ------------------------\n";
    check(
        &format!("{table}a    {{192.0.2.1, 19... *.contoso.com"),
        Shown::Cut(texts(&["192.0.2.1"])),
        name(),
        &[Loss::Column],
    );
    let cut = Shown::Cut(Some("*.a-very-long-name-of".into()));
    check(
        &format!("{table}a    {{}}                *.a-very-long-name-of..."),
        Shown::Whole(vec![]),
        cut,
        &[Loss::Column],
    );

    let csv = "\"Name\",\"SenderIPAddresses\",\"TlsSenderCertificateName\"\n";
    check(
        &format!("{csv}\"a\",\"System.String[]\",\"*.contoso.com\"\n"),
        Shown::Cut(vec![]),
        name(),
        &[Loss::TypeName],
    );
    let multi_valued = "Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]";
    check(&format!("{csv}\"a\",\"{multi_valued}\",\"*.contoso.com\"\n"), Shown::Cut(vec![]), name(), &[Loss::TypeName]);
    let letter = Shown::Cut(Some("*.?e?ko.example".into()));
    check(&format!("{csv}\"a\",\"\",\"*.?e?ko.example\"\n"), Shown::Whole(vec![]), letter, &[Loss::Letters]);

    let json = |addresses: &str, name: &str| {
        format!("{{\"Name\": \"a\", \"SenderIPAddresses\": {addresses}, \"TlsSenderCertificateName\": {name}}}")
    };
    check(&json("null", "\"*.contoso.com\""), Shown::Whole(vec![]), name(), &[]);
    check(&json("\"@{Length=3}\"", "\"*.contoso.com\""), Shown::Cut(vec![]), name(), &[Loss::Depth]);
    check(&json("\"System.Object[]\"", "\"*.contoso.com\""), Shown::Cut(vec![]), name(), &[Loss::TypeName]);
    check(&json("[{\"x\": 1}]", "\"*.contoso.com\""), Shown::Cut(vec![]), name(), &[Loss::Depth]);
    check(&json("[]", "\"@{Domain=x}\""), Shown::Whole(vec![]), Shown::NotShown, &[Loss::Depth]);
    check(
        &json("[]", "\"*.b\u{fffd}cker.example\""),
        Shown::Whole(vec![]),
        Shown::Cut(Some("*.b\u{fffd}cker.example".into())),
        &[Loss::Letters],
    );
}

#[test]
fn losses_of_what_nobody_asks_for_are_not_told() {
    let check = |text: &str| assert_eq!(read(text).problems, [], "{text}");
    let list = "{a, b, c, d...}";
    check(&format!("Name : a\nRecipientDomains : {list}\nTlsSettings :\nRouteAllMessagesViaOnPremises : maybe\n"));
    check(&format!("Name : a\nTlsCertificateName :\nTlsDomainCapabilities : {list}\nPermissionGroups : None\n"));
    check(&format!("OnPremisesSmartHost : @{{Domain=x}}\nDomains : {{}}\nFeatures : {list}\n"));
    check("Name : a\nSenderIPAddresses : {}\nComment : @{x=1}\nCloudServicesMailEnabled : maybe\n");
}

#[test]
fn words_that_are_numbers_say_nothing() {
    let dump = read("{\"Name\": \"a\", \"ConnectorType\": 1, \"SenderDomains\": [], \"Enabled\": \"maybe\"}");
    let DumpedObject::InboundConnector(connector) = &dump.objects[0] else { panic!("{dump:#?}") };
    assert_eq!((&connector.connector_type, &connector.enabled), (&Shown::NotShown, &Shown::NotShown));
    let is_told = |problem: &DumpProblem| match problem {
        DumpProblem::Lost { loss, property, .. } => *loss == Loss::Number && &**property == "ConnectorType",
        DumpProblem::OddValue { property, value, .. } => (&**property, &**value) == ("Enabled", "maybe"),
        _ => false,
    };
    assert!(dump.problems.len() == 2 && dump.problems.iter().all(is_told), "{:?}", dump.problems);
}

#[test]
fn a_guessed_code_page_makes_letters_uncertain() {
    let (dump, encoding) =
        read_octets(b"Name : Odchoz\xed\nTlsSenderCertificateName : *.\xf8eka.example\nSenderDomains : plain\n");
    assert_eq!((encoding.name(), encoding.is_guessed), ("windows-1250", true));
    let DumpedObject::InboundConnector(connector) = &dump.objects[0] else { panic!("{dump:#?}") };
    assert_eq!(&*connector.name, "Odchozí");
    assert_eq!(connector.tls_sender_certificate_name, Shown::Cut(Some("*.řeka.example".into())));
    assert_eq!(connector.sender_domains, Shown::Whole(texts(&["plain"])));
    assert!(dump.problems.contains(&DumpProblem::GuessedEncoding("windows-1250")), "{:?}", dump.problems);
}

#[test]
fn what_is_not_understood_is_told_with_its_line() {
    let check = |text: &str, expected: &[DumpProblem]| assert_eq!(read(text).problems, expected, "{text}");
    let unknown = |line, properties: &str| DumpProblem::UnknownObject { line, properties: properties.to_owned() };
    check("Dear all,\nWe : are fine\n\nNothing here.\n", &[]);
    check(
        "\nAlias : a\nProhibitSendQuota : 1 GB\n\nAlias : b\nProhibitSendQuota : 1 GB\n",
        &[unknown(2, "Alias, ProhibitSendQuota")],
    );
    check("[{\"Alias\": \"a\", \"Size\": 1}]", &[unknown(1, "Alias, Size")]);
    check("{\n\"SenderDomains\": [], \"a\": nonsense }", &[DumpProblem::Json(2)]);
    check("{\n\"SenderDomains\": [\n\"a\", ", &[DumpProblem::Json(3)]);
    let xml = "<Objs xmlns=\"x\">\n<Obj><Props><S N=\"SenderDomains\">";
    check(xml, &[DumpProblem::Clixml(2)]);
    check(&format!("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"b\">]>{xml}"), &[DumpProblem::XmlEntities(1)]);
    check(&format!("{xml}&a;</S>"), &[DumpProblem::XmlEntities(2)]);
    check("Name,SenderDomains\na,b\nc\nd,e\n", &[DumpProblem::Record(3)]);
    check("Name : a\0\nSenderDomains : {}\n", &[DumpProblem::MixedEncodings(1)]);
}
