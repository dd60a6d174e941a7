//! Files as administrators hand them over: `tests/evidence/config`.

use super::*;

/// The name of a file and its content.
macro_rules! sample {
    ($name:literal) => {
        ($name, &include_bytes!(concat!("../../../../../../tests/evidence/config/", $name))[..])
    };
}

/// Reads a file, of which nothing may be lost.
fn file((name, octets): (&str, &[u8])) -> Vec<DumpedObject> {
    let (dump, encoding) = read_octets(octets);
    assert_eq!((encoding.name(), &dump.problems[..]), ("UTF-8", &[][..]), "{name}");
    assert!(looks_so(std::str::from_utf8(octets).unwrap()), "{name}: not recognised");
    dump.objects
}

fn at(time: &str) -> Option<jiff::Timestamp> {
    Some(time.parse().unwrap())
}

#[test]
fn send_connectors_of_clixml() {
    let objects = file(sample!("Get-SendConnector.clixml"));
    let [DumpedObject::SendConnector(first), DumpedObject::SendConnector(second)] = &objects[..] else {
        panic!("{objects:#?}")
    };
    let identifier = CertificateIdentifier::parse(
        "<I>CN=Ukazkova CA 1, O=\"Ukazkova CA, s.r.o.\", C=CZ<S>CN=mail.contoso.example, O=\"Contoso Example, a.s.\", L=Praha, C=CZ",
    );
    let expected = SendConnector {
        line: 2,
        name: "Odchozí do Office 365".into(),
        guid: Some("7a0f5f0e-1a77-4c8e-9d43-3a1f54a3b7c2".into()),
        enabled: Shown::Whole(true),
        address_spaces: Shown::Whole(texts(&["SMTP:*;1", "SMTP:contoso.mail.onmicrosoft.com;1"])),
        smart_hosts: Shown::Whole(texts(&["contoso-example.mail.protection.outlook.com"])),
        smart_hosts_line: 23,
        fqdn: Shown::Whole(Some("mail.contoso.example".into())),
        tls_certificate_name: Shown::Whole(identifier),
        certificate_name_line: first.certificate_name_line,
        require_tls: Shown::Whole(true),
        ignore_starttls: Shown::Whole(false),
        tls_auth_level: Shown::Whole(Some("DomainValidation".into())),
        tls_domain: Shown::Whole(Some("mail.protection.outlook.com".into())),
        frontend_proxy_enabled: Shown::Whole(true),
        source_transport_servers: Shown::Whole(texts(&["EXPRG01", "EXPRG02"])),
        protocol_logging_level: Shown::Whole("verbose".into()),
        when_changed: at("2026-03-12T08:20:31Z"),
    };
    assert_eq!(*first, expected);
    assert!(first.certificate_name_line > first.line && second.line > first.certificate_name_line);
    assert_eq!((&second.fqdn, &second.tls_certificate_name), (&Shown::Whole(None), &Shown::Whole(None)));
    assert_eq!((&second.smart_hosts, &second.tls_auth_level), (&Shown::Whole(vec![]), &Shown::Whole(None)));
    // The servers of the second are written as references to the first's types.
    assert_eq!(second.source_transport_servers, Shown::Whole(texts(&["EXPRG01"])));
}

#[test]
fn accepted_domains_of_either_side() {
    let check = |sample: (&'static str, &[u8]), expected: &[(&str, Origin, &str, bool)]| {
        let name = sample.0;
        let domains = file(sample).into_iter().map(|object| match object {
            DumpedObject::AcceptedDomain(domain) => {
                assert_eq!(domain.match_subdomains, Shown::Whole(false), "{name}");
                let whole = |shown: Shown<Box<str>>| shown.whole().expect(name).to_string();
                (
                    domain.domain_name.to_string(),
                    domain.origin,
                    whole(domain.domain_type),
                    domain.initial_domain == Shown::Whole(true),
                )
            }
            other => panic!("{name}: {other:?}"),
        });
        let expected = expected
            .iter()
            .map(|(name, origin, kind, initial)| ((*name).to_owned(), *origin, (*kind).to_owned(), *initial));
        assert_eq!(domains.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "{name}");
    };
    check(
        sample!("Get-AcceptedDomain.clixml"),
        &[
            ("contoso.example", Origin::OnPremises, "authoritative", false),
            ("*.pobocky.example", Origin::OnPremises, "internalrelay", false),
            ("contoso.mail.onmicrosoft.com", Origin::OnPremises, "internalrelay", false),
        ],
    );
    let online = |name, initial| [(name, Origin::ExchangeOnline, "authoritative", initial)];
    check(sample!("accepteddomain-exo-rest-liveDefaultCustomDomain.json"), &online("contoso.example", false));
    check(sample!("accepteddomain-exo-rest-liveInitialDomain.json"), &online("contosoexample.onmicrosoft.com", true));
}

#[test]
fn certificates_are_decoded() {
    let objects = file(sample!("Get-ExchangeCertificate.clixml"));
    let certificates = objects.into_iter().map(|object| match object {
        DumpedObject::Certificate(certificate) => certificate,
        other => panic!("{other:?}"),
    });
    let certificates: Vec<_> = certificates.collect();
    let signed: Vec<_> = certificates.iter().map(|certificate| certificate.is_self_signed.clone()).collect();
    assert_eq!(signed, [Shown::Whole(true), Shown::Whole(true), Shown::Whole(false)]);
    let mut mail = certificates[2].clone();
    assert!(mail.der.take().is_some(), "{mail:?}");
    let expected = DumpedCertificate {
        line: mail.line,
        server: Some("exprg01.corp.contoso.example".into()),
        subject: Shown::Whole("CN=mail.contoso.example, O=\"Contoso Example, a.s.\", L=Praha, C=CZ".into()),
        issuer: Shown::Whole("CN=Ukazkova CA 1, O=\"Ukazkova CA, s.r.o.\", C=CZ".into()),
        serial_number: Shown::Whole("4C1F9A2B77D0".into()),
        thumbprint: Shown::Whole("F4136B7C27DCFEB3857804947F611D2E8BEED5EA".into()),
        not_before: at("2026-11-24T15:22:26Z"),
        not_after: at("2027-12-25T15:22:26Z"),
        dates_are_local: false,
        certificate_domains: Shown::Whole(texts(&["mail.contoso.example", "autodiscover.contoso.example"])),
        // These stand only in serialised octets, which are not looked into.
        services: Shown::NotShown,
        status: Shown::NotShown,
        has_private_key: Shown::NotShown,
        is_self_signed: Shown::Whole(false),
        der: None,
    };
    assert_eq!(mail, expected);
}

#[test]
fn the_hybrid_configuration() {
    let objects = file(sample!("Get-HybridConfiguration.clixml"));
    let [DumpedObject::HybridConfiguration(hybrid)] = &objects[..] else { panic!("{objects:#?}") };
    let name = hybrid.tls_certificate_name.whole().unwrap().as_ref().unwrap();
    assert_eq!(&*name.issuer, "CN=Ukazkova CA 1, O=\"Ukazkova CA, s.r.o.\", C=CZ");
    assert_eq!(hybrid.edge_transport_servers, Shown::Whole(vec![]));
    assert_eq!(hybrid.domains, Shown::Whole(texts(&["contoso.example"])));
    assert_eq!(hybrid.when_changed, at("2026-03-12T08:21:00Z"));
}

#[test]
fn connectors_of_the_admin_api() {
    let objects = file(sample!("inboundconnector-exo-rest-cert-AdminUI.json"));
    let [DumpedObject::InboundConnector(connector)] = &objects[..] else { panic!("{objects:#?}") };
    let expected = InboundConnector {
        line: 1,
        name: "Inbound from 8d1f0c3e".into(),
        enabled: Shown::Whole(true),
        connector_type: Shown::Whole("onpremises".into()),
        sender_ip_addresses: Shown::Whole(vec![]),
        sender_domains: Shown::Whole(texts(&["smtp:*;1"])),
        associated_accepted_domains: Shown::Whole(vec![]),
        require_tls: Shown::Whole(true),
        restrict_domains_to_ip_addresses: Shown::Whole(false),
        restrict_domains_to_certificate: Shown::Whole(false),
        tls_sender_certificate_name: Shown::Whole(Some("*.contoso.example".into())),
        certificate_name_line: 18,
        addresses_line: 6,
        when_changed: at("2026-03-12T08:21:05Z"),
    };
    assert_eq!(*connector, expected);
    let objects = file(sample!("inboundconnector-exo-rest-ip-AdminUI.json"));
    let [DumpedObject::InboundConnector(connector)] = &objects[..] else { panic!("{objects:#?}") };
    assert_eq!(connector.sender_ip_addresses, Shown::Whole(texts(&["203.0.113.31", "198.51.100.0/28"])));
    assert_eq!(connector.tls_sender_certificate_name, Shown::Whole(None));
    assert_eq!(&*connector.name, "Tiskárny a skenery");
    let objects = file(sample!("outboundconnector-exo-rest-AdminUI.json"));
    let [DumpedObject::OutboundConnector(connector)] = &objects[..] else { panic!("{objects:#?}") };
    let expected = OutboundConnector {
        line: 1,
        name: "Outbound to 8d1f0c3e".into(),
        enabled: Shown::Whole(true),
        connector_type: Shown::Whole("onpremises".into()),
        smart_hosts: Shown::Whole(texts(&["mail.contoso.example"])),
        tls_settings: Shown::Whole(Some("DomainValidation".into())),
        tls_domain: Shown::Whole(Some("*.contoso.example".into())),
        when_changed: at("2026-03-12T08:21:54Z"),
    };
    assert_eq!(*connector, expected);
}
