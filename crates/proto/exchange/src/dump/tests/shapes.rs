//! The same connectors in every shape, alone and among other text.

use super::*;

/// Reads two connectors, `HQ` and `Branch`, out of a text.
fn check(what: &str, text: &str) {
    let expected = vec![
        ("HQ".to_owned(), Shown::Whole(Some("*.contoso.com".into())), Shown::Whole(texts(&[]))),
        ("Branch".to_owned(), Shown::Whole(None), Shown::Whole(texts(&["192.0.2.1", "198.51.100.0/24"]))),
    ];
    assert_eq!(summary(text), expected, "{what}: {:#?}", read(text));
    assert_eq!(read(text).problems, [], "{what}");
    assert!(looks_so(text), "{what}: not recognised");
    assert_eq!(read(text).listed, [ObjectKind::InboundConnector], "{what}: a listing");
}

const LIST: &str = "\
Name                     : HQ
ConnectorType            : OnPremises
TlsSenderCertificateName : *.contoso.com
SenderIPAddresses        : {}

Name                     : Branch
ConnectorType            : OnPremises
TlsSenderCertificateName :
SenderIPAddresses        : {192.0.2.1, 198.51.100.0/24}
";

#[test]
fn reads_format_list_as_people_copy_it() {
    check("plain", LIST);
    check("CRLF", &LIST.replace('\n', "\r\n"));
    check("with a mark", &format!("\u{feff}\n\n{LIST}"));
    check("with a prompt", &format!("[PS] C:\\>Get-InboundConnector | fl\n\n\n{LIST}\n\n[PS] C:\\>"));
    check("with a letter around it", &format!("Hello,\nsee below: all we have.\n\n{LIST}\nRegards\n"));
    check("indented", &LIST.lines().map(|line| format!("    {line}\n")).collect::<String>());
    check("quoted", &LIST.lines().map(|line| format!("> {line}\n")).collect::<String>());
    let double = LIST.replace("\n\n", "\n\n\n").replace(":\n", ": \n").replace('\n', "\n\n");
    check("double spaced", &double);
    let unaligned = LIST.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n");
    check("unaligned", &unaligned.collect::<String>());
    check("wrapped", &LIST.replace("{192.0.2.1, 198", "{192.0.2.1,\n                           198"));
    check("wrapped and unaligned", &LIST.replace("{192.0.2.1, 198", "{192.0.2.1,\n198"));
}

#[test]
fn reads_tables() {
    let table = "
Name   TlsSenderCertificateName SenderIPAddresses
----   ------------------------ -----------------
HQ     *.contoso.com            {}
Branch                          {192.0.2.1, 198.51.100.0/24}

";
    check("table", table);
    check("with a prompt", &format!("PS C:\\> Get-InboundConnector | ft Name,Tls*,SenderIP*\n{table}PS C:\\> "));
}

#[test]
fn reads_json() {
    let json = r#"[
  {
    "Name": "HQ", "Enabled": true, "ConnectorType": "OnPremises",
    "TlsSenderCertificateName": "*.contoso.com", "SenderIPAddresses": [],
    "WhenChangedUTC@data.type": "System.DateTime", "WhenChangedUTC": "2026-07-23T22:55:13.0000000Z"
  },
  {"Name": "Branch", "ConnectorType": "OnPremises", "TlsSenderCertificateName": null,
   "SenderIPAddresses": ["192.0.2.1", "198.51.100.0/24"], "WhenChangedUTC": "\/Date(1784847313000)\/"}
]"#;
    check("array", json);
    check("with a prompt", &format!("PS C:\\> Get-InboundConnector | ConvertTo-Json -Depth 5\r\n{json}\r\nPS C:\\> "));
    check("of the admin API", &format!("{{\"@odata.context\": \"x\", \"value\": {json}}}"));
    check("escaped", &json.replace("*.contoso.com", "*\\u002econtoso.com"));
    check("lists in wrappings", &json.replace("[]", "{\"value\": [], \"Count\": 0}"));
    let connectors = inbound(json);
    let moments = [connectors[0].when_changed, connectors[1].when_changed];
    assert_eq!(moments, ["2026-07-23T22:55:13Z".parse().ok(); 2], "both forms of a date");
    let lines: Vec<_> =
        connectors.iter().map(|one| (one.line, one.certificate_name_line, one.addresses_line)).collect();
    assert_eq!(lines, [(2, 4, 4), (7, 7, 8)]);
}

#[test]
fn reads_csv() {
    let csv = "\"Name\",\"ConnectorType\",\"TlsSenderCertificateName\",\"SenderIPAddresses\"\r\n\
        \"HQ\",\"OnPremises\",\"*.contoso.com\",\"\"\r\n\
        \"Branch\",\"OnPremises\",,\"192.0.2.1, 198.51.100.0/24\"\r\n";
    check("comma", csv);
    check("semicolon", &csv.replace(", ", " ").replace(',', ";"));
    check("tab", &csv.replace(", ", " ").replace(',', "\t"));
    check("with its type", &format!("#TYPE System.Management.Automation.PSCustomObject\r\n{csv}"));
    check("without quotes", &csv.replace(", ", " ").replace('"', ""));
    check("with a prompt", &format!("PS C:\\> Get-InboundConnector | ConvertTo-Csv\r\n{csv}PS C:\\> "));
    let line = |text: &str| inbound(text).last().unwrap().line;
    assert_eq!((line(csv), line(&format!("#TYPE X\r\n{csv}"))), (3, 4), "lines");
}

#[test]
fn reads_clixml() {
    let object = |name: &str, value: &str, addresses: &str| {
        format!(
            "<Obj RefId=\"0\"><TN RefId=\"0\"><T>Deserialized.Microsoft.Exchange.Data.TenantInboundConnector</T></TN>\
             <ToString>x</ToString><Props><S N=\"Name\">{name}</S>{value}\
             <Obj N=\"SenderIPAddresses\" RefId=\"1\"><LST>{addresses}</LST></Obj></Props></Obj>\n"
        )
    };
    let body = object("HQ", "<S N=\"TlsSenderCertificateName\">*.contoso.com</S>", "")
        + &object(
            "Branch",
            "<Nil N=\"TlsSenderCertificateName\" />",
            "<S>192.0.2.1</S><Obj RefId=\"9\"><ToString>198.51.100.0/24</ToString></Obj>",
        );
    let head = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">";
    check("document", &format!("{head}\r\n{body}</Objs>"));
    check("with a declaration", &format!("<?xml version=\"1.0\"?>\n{head}{body}</Objs>"));
    check(
        "one list",
        &format!("{head}<Obj RefId=\"7\"><TN RefId=\"5\"><T>System.Object[]</T></TN><LST>{body}</LST></Obj></Objs>"),
    );
}

#[test]
fn tells_a_whole_listing_from_a_part() {
    let check = |what: &str, text: &str, expected: &[ObjectKind]| {
        assert_eq!(read(text).listed, expected, "{what}: {:#?}", read(text));
    };
    let (one, other) = LIST.split_once("\n\n").unwrap();
    let inbound = &[ObjectKind::InboundConnector];
    check("one object", one, &[]);
    check("several", LIST, inbound);
    check("one, by a command", &format!("[PS] C:\\>Get-InboundConnector | fl\n\n{one}\n\n[PS] C:\\>"), inbound);
    check("one by name", &format!("[PS] C:\\>Get-InboundConnector HQ | fl\n\n{one}\n\n[PS] C:\\>"), &[]);
    check("several that were filtered", &format!("PS C:\\> Get-InboundConnector | ? Enabled | fl\n\n{LIST}"), &[]);
    let two =
        format!("PS C:\\> Get-InboundConnector HQ|fl\n\n{one}\n\nPS C:\\> Get-InboundConnector Branch|fl\n\n{other}");
    check("one after the other", &two, &[]);
    check("none", "[PS] C:\\>Get-InboundConnector | fl\n\n[PS] C:\\>", inbound);
    check("none, where the copy ends", "[PS] C:\\>Get-InboundConnector | fl\n\n", &[]);
    let error = "[PS] C:\\>Get-InboundConnector | fl\nThe term 'Get-InboundConnector' is not recognized.\n[PS] C:\\>";
    check("an error", error, &[]);
    check(
        "a list that breaks off",
        "[{\"Name\": \"a\", \"SenderDomains\": []}, {\"Name\": \"b\", \"SenderDomains\"",
        &[],
    );
    check("a cut value at the end", &LIST.replace("/24}\n", "/2"), &[]);
    check("an array of one", "[{\"Name\": \"a\", \"SenderDomains\": []}]", inbound);
    check("one object of JSON", "{\"Name\": \"a\", \"SenderDomains\": []}", &[]);
}

#[test]
fn several_cmdlets_follow_each_other() {
    let text = "\
[PS] C:\\>Get-SendConnector | fl Name,TlsCertificateName

Name               : Outbound to Office 365
TlsCertificateName : <I>CN=Example CA, O=Example, C=US<S>CN=mail.contoso.com, O=\"Contoso,
                     Ltd.\", C=US

[PS] C:\\>Get-AcceptedDomain | ft Name,Default -AutoSize

Name            Default
----            -------
contoso.com        True
fabrikam.com      False

[PS] C:\\>Get-ExchangeCertificate

Thumbprint                                Services   Subject
----------                                --------   -------
0123456789ABCDEF0123456789ABCDEF01234567  IP.WS..    CN=mail.contoso.com, O=Cont...
89ABCDEF0123456789ABCDEF0123456789ABCDEF  .......    CN=old

[PS] C:\\>Get-HybridConfiguration | ConvertTo-Json
{ \"Domains\": [{\"Domain\": \"contoso.com\"}], \"OnPremisesSmartHost\": null, \"Features\": [1, 2] }
[PS] C:\\>
";
    let dump = read(text);
    assert_eq!(dump.objects.len(), 6, "{dump:#?}");
    let DumpedObject::SendConnector(send) = &dump.objects[0] else { panic!("{dump:#?}") };
    let identifier = send.tls_certificate_name.whole().unwrap().as_ref().unwrap();
    assert_eq!(&*identifier.subject, "CN=mail.contoso.com, O=\"Contoso, Ltd.\", C=US");
    assert_eq!((send.line, send.certificate_name_line), (3, 4));
    let DumpedObject::AcceptedDomain(domain) = &dump.objects[2] else { panic!("{dump:#?}") };
    assert_eq!((&*domain.domain_name, domain.line), ("fabrikam.com", 12));
    let DumpedObject::Certificate(certificate) = &dump.objects[3] else { panic!("{dump:#?}") };
    assert_eq!(certificate.services, Shown::Whole(texts(&["IMAP", "POP", "IIS", "SMTP"])));
    assert!(certificate.subject.is_cut(), "{certificate:?}");
    let DumpedObject::Certificate(old) = &dump.objects[4] else { panic!("{dump:#?}") };
    assert_eq!((&old.services, &old.subject), (&Shown::Whole(texts(&[])), &Shown::Whole("CN=old".into())));
    let DumpedObject::HybridConfiguration(hybrid) = &dump.objects[5] else { panic!("{dump:#?}") };
    assert_eq!(hybrid.domains, Shown::Whole(texts(&["contoso.com"])));
    let listed = [ObjectKind::SendConnector, ObjectKind::AcceptedDomain, ObjectKind::ExchangeCertificate];
    assert!(listed.iter().all(|kind| dump.listed.contains(kind)), "{:?}", dump.listed);
}
