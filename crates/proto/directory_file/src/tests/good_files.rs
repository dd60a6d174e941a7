//! What good files mean: defaults, the example of the documentation, paths and PEM, what is written.

use core_directory::{
    AddressRange, AddressSpace, CertificateName, ConnectorType, Domain, DomainScope, DomainType, InboundConnector,
    SendConnector, SmartHost, TlsLevel,
};

use super::sample::Pair;
use super::*;

const EXAMPLE: &str = r#"
[[tenant]]
name = "contoso"
reject_direct_send = true
trusted_roots = ["roots.pem"]

  [[tenant.domain]]
  name     = "Contoso.com"
  type     = "internal-relay"
  match_subdomains = true
  verified = true

  [[tenant.certificate]]
  name = "hq-2026"
  certificate = "hq.pem"
  key = "hq.key"

  [[tenant.inbound_connector]]
  name = "Inbound from HQ"
  enabled = true
  comment = ""
  type = "on-premises"
  tls_sender_certificate_name = "*.contoso.com"
  sender_ip_addresses = ["192.0.2.1", "2001:db8::/48"]
  pinned_certificates = []
  sender_domains = ["*"]
  associated_accepted_domains = ["contoso.com"]
  require_tls = true
  require_client_auth = false
  restrict_domains_to_ip_addresses = false
  restrict_domains_to_certificate = false
  any_sender = false

  [[tenant.send_connector]]
  name = "Outbound to hub"
  enabled = true
  address_spaces = ["*;1"]
  smart_hosts = ["hub.example.net:25"]
  tls = "domain-validation"
  tls_domain = "hub.example.net"
  certificate = "hq-2026"
  fqdn = "mail.contoso.com"
  source_address = ""
  cut_through = true
  protocol_logging = "verbose"
"#;

#[test]
fn the_example_is_read_whole() {
    let tenant = one(EXAMPLE);
    assert_eq!(errors_of(EXAMPLE), [""; 0]);
    assert_eq!((&*tenant.name, tenant.reject_direct_send, tenant.trusted_roots.len()), ("contoso", true, 2));

    let domain = &tenant.domains[0];
    assert_eq!(domain.name, Domain::parse("contoso.com").unwrap());
    assert_eq!(
        (domain.domain_type, domain.match_subdomains, domain.verified()),
        (DomainType::InternalRelay, true, true)
    );

    assert_eq!(tenant.certificates, [Pair::get(0).client_certificate("hq-2026", 0)]);

    let name = CertificateName::parse_value("*.contoso.com").unwrap();
    let expected = InboundConnector {
        sender_ip_addresses: ["192.0.2.1", "2001:db8::/48"].map(|range| AddressRange::parse(range).unwrap()).into(),
        associated_accepted_domains: Box::new([Domain::parse("contoso.com").unwrap()]),
        ..InboundConnector::new("Inbound from HQ", Some(name))
    };
    assert_eq!(tenant.inbound_connectors, [expected]);

    let expected = SendConnector {
        tls: TlsLevel::DomainValidation,
        tls_domain: Some(CertificateName::parse_value("hub.example.net").unwrap()),
        certificate: Some("hq-2026".into()),
        fqdn: Some(Domain::parse("mail.contoso.com").unwrap()),
        protocol_logging: true,
        ..SendConnector::new("Outbound to hub", Box::new([SmartHost::parse("hub.example.net:25").unwrap()]))
    };
    assert_eq!(tenant.send_connectors, [expected]);
}

#[test]
fn defaults_are_those_of_the_core() {
    let tenant = one("[[tenant]]\nname = 't'\n[[tenant.domain]]\nname = 'contoso.com'\n\
         [[tenant.inbound_connector]]\nname = 'by name'\ntls_sender_certificate_name = 'mail.contoso.com'\n\
         [[tenant.inbound_connector]]\nname = 'by address'\nsender_ip_addresses = ['192.0.2.1']\n\
         [[tenant.inbound_connector]]\nname = 'cleared'\ntls_sender_certificate_name = ''\ntype = 'partner'\n\
         [[tenant.send_connector]]\nname = 'by MX'\n\
         [[tenant.send_connector]]\nname = 'hub'\nsmart_hosts = ['hub.example.net']\n");
    let domain = &tenant.domains[0];
    assert_eq!(
        (domain.domain_type, domain.match_subdomains, domain.verified()),
        (DomainType::Authoritative, false, false)
    );

    let [by_name, by_address, cleared] = &tenant.inbound_connectors[..] else { panic!("three connectors") };
    assert_eq!((by_name.require_tls, by_address.require_tls, cleared.require_tls), (true, false, false));
    assert_eq!((by_name.connector_type, cleared.connector_type), (ConnectorType::OnPremises, ConnectorType::Partner));
    assert_eq!((&cleared.tls_sender_certificate_name, &*by_name.sender_domains), (&None, &[DomainScope::Any][..]));

    let [by_mx, hub] = &tenant.send_connectors[..] else { panic!("two connectors") };
    assert_eq!((by_mx.tls, hub.tls), (TlsLevel::Opportunistic, TlsLevel::CertificateValidation));
    assert_eq!(&*by_mx.address_spaces, &[AddressSpace::everything()]);
    assert!(by_mx.cut_through && by_mx.enabled && !by_mx.protocol_logging);
}

#[test]
fn an_empty_file_has_no_tenants() {
    assert_eq!(read("").unwrap().tenants, []);
    assert_eq!(write_toml(&[]), "");
    assert_eq!(from_json(&serde_json::json!({})), Ok(Vec::new()));
}

#[test]
fn pem_may_stand_in_the_file_and_the_key_may_be_left_out() {
    let pair = Pair::get(0);
    let tenant = one(&format!(
        "[[tenant]]\nname = 't'\n[[tenant.certificate]]\nname = 'a'\ncertificate = '''\n{}'''\nkey = '''\n{}'''\n\
         [[tenant.certificate]]\nname = 'b'\ncertificate = 'hq.pem'\n",
        pair.certificate, pair.key
    ));
    assert_eq!(tenant.certificates[0], pair.client_certificate("a", 0));
    let without = &tenant.certificates[1];
    assert!(without.key.is_empty());
    assert_eq!((&without.chain, without.leaf_sha256), (&vec![pair.der()], tenant.certificates[0].leaf_sha256));
}

#[test]
fn what_is_written_is_short_and_in_order() {
    let tenant = Tenant { trusted_roots: Vec::new(), ..one(EXAMPLE) };
    let text = write_toml(&[tenant, Tenant { name: "empty \"one\"".into(), ..Tenant::default() }]);
    let certificate = Pair::get(0).certificate.replace("\r\n", "\n");
    let expected = format!(
        r#"[[tenant]]
name = "contoso"
reject_direct_send = true

  [[tenant.domain]]
  name = "contoso.com"
  type = "internal-relay"
  match_subdomains = true
  verified = true

  [[tenant.certificate]]
  name = "hq-2026"
  certificate = """
{certificate}"""
  # The private key stays on the server, which keeps it as long as this certificate is the same.

  [[tenant.inbound_connector]]
  name = "Inbound from HQ"
  tls_sender_certificate_name = "*.contoso.com"
  sender_ip_addresses = ["192.0.2.1", "2001:db8::/48"]
  associated_accepted_domains = ["contoso.com"]

  [[tenant.send_connector]]
  name = "Outbound to hub"
  smart_hosts = ["hub.example.net:25"]
  tls = "domain-validation"
  tls_domain = "hub.example.net"
  certificate = "hq-2026"
  fqdn = "mail.contoso.com"
  protocol_logging = "verbose"

[[tenant]]
name = 'empty "one"'
"#
    );
    assert_eq!(text, expected);
}

#[test]
fn json_has_every_field_and_no_key() {
    let json = to_json(&[one(EXAMPLE)]);
    let connector = json.pointer("/tenant/0/inbound_connector/0").unwrap();
    assert_eq!(
        *connector,
        serde_json::json!({
            "name": "Inbound from HQ", "enabled": true, "comment": "", "type": "on-premises",
            "tls_sender_certificate_name": "*.contoso.com", "sender_ip_addresses": ["192.0.2.1", "2001:db8::/48"],
            "pinned_certificates": [], "sender_domains": ["*"], "associated_accepted_domains": ["contoso.com"],
            "require_tls": true, "require_client_auth": false, "restrict_domains_to_ip_addresses": false,
            "restrict_domains_to_certificate": false, "any_sender": false
        })
    );
    assert_eq!(json.pointer("/tenant/0/send_connector/0/source_address"), Some(&serde_json::Value::Null));
    assert_eq!(json.pointer("/tenant/0/certificate/0/key"), None);
    assert!(to_json_with_keys(&[one(EXAMPLE)]).pointer("/tenant/0/certificate/0/key").is_some());
}

#[test]
fn files_are_merged_and_keep_their_places() {
    let file = |name: &str, text: &str| read_toml(name, text, &mut files).unwrap();
    let bad = "\n[[tenant]]\nname = 'b'\n  [[tenant.inbound_connector]]\n  name = 'N'\n";
    let merged = merge(vec![file("a.toml", "[[tenant]]\nname = 'a'\n"), file("b.toml", bad)]).unwrap();
    assert_eq!(merged.tenants.len(), 2);
    let faults = validate(&merged.tenants, Standing::Operator);
    assert_eq!(
        merged.places.locate(&faults[0]).to_string(),
        "b.toml:4:3: tenant \"b\" › inbound_connector \"N\" › tls_sender_certificate_name: names neither a certificate \
         nor an address, so it identifies nobody; set tls_sender_certificate_name or sender_ip_addresses"
    );
    assert_eq!(merge(Vec::new()).unwrap().tenants, []);

    let twice = merge(vec![
        file("a.toml", "[[tenant]]\nname = 'contoso'\n"),
        file("b.toml", "[[tenant]]\nname = 'other'\n\n[[tenant]]\nname = 'Contoso'\n"),
    ]);
    let errors: Vec<String> = twice.unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        ["b.toml:4:1: tenant \"Contoso\": the tenant is also at a.toml:1:1; keep each tenant in one file"]
    );
}

#[test]
fn a_fault_in_no_file_has_no_line() {
    let file = read("[[tenant]]\nname = 'a'\n").unwrap();
    let elsewhere = [Tenant { name: "".into(), ..Tenant::default() }];
    let faults = validate(&elsewhere, Standing::Operator);
    assert_eq!(
        file.places.locate(&faults[0]).to_string(),
        "tenant \"\", name: a name has 1 to 128 characters and no control characters"
    );
    let path = core_directory::ObjectPath {
        tenant: "a".to_owned(),
        kind: core_directory::ObjectKind::Tenant,
        name: "a".to_owned(),
    };
    let error = file.places.locate_text(&path, core_directory::Field::Name, "taken");
    assert_eq!(error.to_string(), "d.toml:2:8: tenant \"a\" › name: taken");
}
