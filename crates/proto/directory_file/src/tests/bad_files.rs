//! Bad files of every kind and the exact text of their errors.

use super::sample::Pair;
use super::*;

/// A tenant's table followed by `rest`, which begins in line 3.
#[track_caller]
fn check(rest: &str, expected: &[&str]) {
    let text = format!("[[tenant]]\nname = 'contoso'\n{rest}");
    let errors = errors_of(&text);
    assert_eq!(errors, expected, "in {text}");
}

fn inbound(fields: &str) -> String {
    format!("  [[tenant.inbound_connector]]\n  name = 'HQ'\n{fields}")
}

fn send(fields: &str) -> String {
    format!("  [[tenant.send_connector]]\n  name = 'Out'\n{fields}")
}

fn certificate(fields: &str) -> String {
    format!("  [[tenant.certificate]]\n  name = 'hq'\n{fields}")
}

#[test]
fn unknown_keys() {
    check(
        "trusted_root = []",
        &["d.toml:3:1: tenant \"contoso\": unknown key `trusted_root`; did you mean `trusted_roots`?"],
    );
    check("[tenants]", &["d.toml:3:2: unknown key `tenants`; did you mean `tenant`?"]);
    check(
        &inbound("tls_sender_certifcate_name = '*.contoso.com'\nsender_ip_addresses = ['192.0.2.1']"),
        &[
            "d.toml:5:1: tenant \"contoso\" › inbound_connector \"HQ\": unknown key `tls_sender_certifcate_name`; did you mean `tls_sender_certificate_name`?",
        ],
    );
    check(
        &inbound("sender_ip_addresses = ['192.0.2.1']\naddresses_granted = true"),
        &[
            "d.toml:6:1: tenant \"contoso\" › inbound_connector \"HQ\": unknown key `addresses_granted`; known here: name, tls_sender_certificate_name, enabled, comment, type, sender_ip_addresses, pinned_certificates, sender_domains, associated_accepted_domains, require_tls, require_client_auth, restrict_domains_to_ip_addresses, restrict_domains_to_certificate, any_sender",
        ],
    );
    check(
        &send("RequireTLS = true"),
        &[
            "d.toml:5:1: tenant \"contoso\" › send_connector \"Out\": unknown key `RequireTLS`; known here: name, smart_hosts, enabled, comment, address_spaces, tls, tls_domain, certificate, fqdn, source_address, cut_through, protocol_logging",
        ],
    );
    check(
        "[[tenant.inbound-connector]]\nname = 'x'",
        &["d.toml:3:10: tenant \"contoso\": unknown key `inbound-connector`; did you mean `inbound_connector`?"],
    );
}

#[test]
fn wrong_types_and_missing_names() {
    check(
        "reject_direct_send = 'yes'\n[[tenant.domain]]\n[[tenant.inbound_connector]]",
        &[
            "d.toml:3:22: tenant \"contoso\" › reject_direct_send: expected a boolean, found a string",
            "d.toml:4:1: tenant \"contoso\" › domain #1: `name` is missing; add name = \"…\"",
            "d.toml:5:1: tenant \"contoso\" › inbound_connector #1: `name` is missing; add name = \"…\"",
        ],
    );
    check(
        &inbound("enabled = 1\nsender_ip_addresses = '192.0.2.1'\ntype = 'onprem'"),
        &[
            "d.toml:5:11: tenant \"contoso\" › inbound_connector \"HQ\" › enabled: expected a boolean, found an integer",
            "d.toml:6:23: tenant \"contoso\" › inbound_connector \"HQ\" › sender_ip_addresses: expected a list of strings, found a string; write [\"192.0.2.1\"]",
            "d.toml:7:8: tenant \"contoso\" › inbound_connector \"HQ\" › type: \"onprem\" is none of \"on-premises\", \"partner\"",
        ],
    );
    check(
        "[tenant.domain]\nname = 'contoso.com'",
        &["d.toml:3:1: tenant \"contoso\" › domain: expected a list of tables, found a table; write [[tenant.domain]]"],
    );
    check(
        "[[tenant.domain]]\nname = 7",
        &["d.toml:4:8: tenant \"contoso\" › domain #1 › name: expected a string, found an integer; put it in quotes"],
    );
    check("domain = ['contoso.com']", &["d.toml:3:11: tenant \"contoso\" › domain: expected a table, found a string"]);
    check(
        "[[tenant.certificate]]\nname = 'x'",
        &["d.toml:3:1: tenant \"contoso\" › certificate \"x\": `certificate` is missing; add certificate = \"…\""],
    );
}

#[test]
fn wrong_values() {
    check(
        &inbound("tls_sender_certificate_name = '*.com'"),
        &[
            "d.toml:5:31: tenant \"contoso\" › inbound_connector \"HQ\" › tls_sender_certificate_name: \"*.com\": com is a public suffix: anyone can register below it",
        ],
    );
    check(
        &inbound("tls_sender_certificate_name = '<I>CN=R11, O=Authority<S>CN=mail.contoso.com'"),
        &[
            "d.toml:5:31: tenant \"contoso\" › inbound_connector \"HQ\" › tls_sender_certificate_name: \"<I>CN=R11, O=Authority<S>CN=mail.contoso.com\": the <I>…<S>… form selects a certificate on premises; write the name in it, such as mail.contoso.com",
        ],
    );
    check(
        &inbound("tls_sender_certificate_name = 'm*.contoso.com'"),
        &[
            "d.toml:5:31: tenant \"contoso\" › inbound_connector \"HQ\" › tls_sender_certificate_name: \"m*.contoso.com\": a star may only be the whole first label, as in *.contoso.com",
        ],
    );
    check(
        &inbound("tls_sender_certificate_name = 'contoso'"),
        &[
            "d.toml:5:31: tenant \"contoso\" › inbound_connector \"HQ\" › tls_sender_certificate_name: \"contoso\": a certificate name has at least two labels, as in contoso.com or *.contoso.com",
        ],
    );
    check(
        &inbound("sender_ip_addresses = ['0.0.0.0/0', '192.0.2.1/24', '192.0.2.1-9', '192.0.2.0/24']"),
        &[
            "d.toml:5:24: tenant \"contoso\" › inbound_connector \"HQ\" › sender_ip_addresses: \"0.0.0.0/0\": a /0 range would match everybody",
            "d.toml:5:37: tenant \"contoso\" › inbound_connector \"HQ\" › sender_ip_addresses: \"192.0.2.1/24\": the address has bits behind its prefix; the range is 192.0.2.0/24",
            "d.toml:5:53: tenant \"contoso\" › inbound_connector \"HQ\" › sender_ip_addresses: \"192.0.2.1-9\": not an IP address or a CIDR range such as 192.0.2.0/24",
        ],
    );
    check(
        &inbound("pinned_certificates = ['0123456789abcdef0123456789abcdef01234567', 'xyz']"),
        &[
            "d.toml:5:24: tenant \"contoso\" › inbound_connector \"HQ\" › pinned_certificates: \"0123456789abcdef0123456789abcdef01234567\": 40 digits are a SHA-1 thumbprint, as Windows shows it; the SHA-256 with 64 digits is needed",
            "d.toml:5:68: tenant \"contoso\" › inbound_connector \"HQ\" › pinned_certificates: \"xyz\": a SHA-256 thumbprint has 64 hexadecimal digits, colons and spaces apart",
        ],
    );
    check(
        &inbound("sender_domains = ['*contoso.com', 'a b', '192.0.2.1']"),
        &[
            "d.toml:5:19: tenant \"contoso\" › inbound_connector \"HQ\" › sender_domains: \"*contoso.com\": a star stands alone or as the whole first label: *, *.contoso.com, contoso.com",
            "d.toml:5:35: tenant \"contoso\" › inbound_connector \"HQ\" › sender_domains: \"a b\": the character ' ' cannot be in a domain",
            "d.toml:5:42: tenant \"contoso\" › inbound_connector \"HQ\" › sender_domains: \"192.0.2.1\": this is an IP address, not a domain",
        ],
    );
    check(
        "[[tenant.domain]]\nname = 'contoso..com'\n[[tenant.domain]]\nname = '*.contoso.com'\ntype = 'external-relay'",
        &[
            "d.toml:4:8: tenant \"contoso\" › domain \"contoso..com\" › name: \"contoso..com\": the domain has an empty label; write it without leading, trailing or double dots",
            "d.toml:6:8: tenant \"contoso\" › domain \"*.contoso.com\" › name: \"*.contoso.com\": the character '*' cannot be in a domain",
            "d.toml:7:8: tenant \"contoso\" › domain \"*.contoso.com\" › type: \"external-relay\" is none of \"authoritative\", \"internal-relay\"; did you mean \"internal-relay\"?",
        ],
    );
    check(
        &send("address_spaces = ['*;0', 'x400:c=us;1']\nsmart_hosts = ['hub:99999', 'a b']\ntls = 'DomainValidation'"),
        &[
            "d.toml:5:19: tenant \"contoso\" › send_connector \"Out\" › address_spaces: \"*;0\": the cost after the semicolon is a number from 1 to 100",
            "d.toml:5:26: tenant \"contoso\" › send_connector \"Out\" › address_spaces: \"x400:c=us;1\": only address spaces of type SMTP exist here, not \"x400\"",
            "d.toml:6:16: tenant \"contoso\" › send_connector \"Out\" › smart_hosts: \"hub:99999\": the port after the colon is a number from 1 to 65535; an IPv6 address with a port is written [2001:db8::1]:25",
            "d.toml:6:29: tenant \"contoso\" › send_connector \"Out\" › smart_hosts: \"a b\": not a host name or IP address: the character ' ' cannot be in a domain",
            "d.toml:7:7: tenant \"contoso\" › send_connector \"Out\" › tls: \"DomainValidation\" is none of \"none\", \"opportunistic\", \"encryption-only\", \"certificate-validation\", \"domain-validation\"; did you mean \"domain-validation\"?",
        ],
    );
    check(
        &send(
            "source_address = '192.0.2.0/24'\nfqdn = 'mail..contoso.com'\nprotocol_logging = 'on'\ntls_domain = 'hub'",
        ),
        &[
            "d.toml:5:18: tenant \"contoso\" › send_connector \"Out\" › source_address: \"192.0.2.0/24\": not an IP address such as 192.0.2.1",
            "d.toml:6:8: tenant \"contoso\" › send_connector \"Out\" › fqdn: \"mail..contoso.com\": the domain has an empty label; write it without leading, trailing or double dots",
            "d.toml:7:20: tenant \"contoso\" › send_connector \"Out\" › protocol_logging: \"on\" is none of \"none\", \"verbose\"",
            "d.toml:8:14: tenant \"contoso\" › send_connector \"Out\" › tls_domain: \"hub\": a certificate name has at least two labels, as in contoso.com or *.contoso.com",
        ],
    );
}

#[test]
fn certificates_keys_and_roots() {
    check(
        &certificate("certificate = 'missing.pem'\nkey = 'missing.key'"),
        &[
            "d.toml:5:15: tenant \"contoso\" › certificate \"hq\" › certificate: \"missing.pem\": no such file",
            "d.toml:6:7: tenant \"contoso\" › certificate \"hq\" › key: \"missing.key\": no such file",
        ],
    );
    check(
        &certificate("certificate = 'hq.pem'\nkey = 'other.key'"),
        &[
            "d.toml:6:7: tenant \"contoso\" › certificate \"hq\" › key: \"other.key\": the private key does not fit the certificate of CN=rcgen self signed cert",
        ],
    );
    check(
        &certificate("certificate = 'hq.key'\nkey = 'hq.pem'"),
        &[
            "d.toml:5:15: tenant \"contoso\" › certificate \"hq\" › certificate: \"hq.key\": line 1: PRIVATE KEY where a certificate is expected",
        ],
    );
    check(
        &certificate("certificate = 'broken.pem'\nkey = 'hq.key'"),
        &[
            "d.toml:5:15: tenant \"contoso\" › certificate \"hq\" › certificate: \"broken.pem\": certificate 1 of the file cannot be read: this is no X.509 certificate in DER",
        ],
    );
    check(
        &certificate("certificate = 'broken.pem'"),
        &[
            "d.toml:5:15: tenant \"contoso\" › certificate \"hq\" › certificate: \"broken.pem\": certificate 1 of the file cannot be read: this is no X.509 certificate in DER",
        ],
    );
    check(
        &certificate("certificate = 'notes.txt'"),
        &[
            "d.toml:5:15: tenant \"contoso\" › certificate \"hq\" › certificate: \"notes.txt\": this is neither PEM nor DER; a PEM file has a line -----BEGIN CERTIFICATE-----",
        ],
    );
    check(
        &certificate("certificate = 'hq.pem'\nkey = 'empty.pem'"),
        &["d.toml:6:7: tenant \"contoso\" › certificate \"hq\" › key: \"empty.pem\": the file is empty"],
    );
    check(
        "trusted_roots = ['roots.pem', 'nowhere.pem', 'hq.key', 'broken.pem']",
        &[
            "d.toml:3:31: tenant \"contoso\" › trusted_roots: \"nowhere.pem\": no such file",
            "d.toml:3:46: tenant \"contoso\" › trusted_roots: \"hq.key\": line 1: PRIVATE KEY where a certificate is expected",
            "d.toml:3:56: tenant \"contoso\" › trusted_roots: \"broken.pem\": certificate 1 of the file cannot be read: this is no X.509 certificate in DER",
        ],
    );
    let key = Pair::get(1).key.replace("\r\n", "\n");
    check(
        &certificate(&format!("certificate = 'hq.pem'\nkey = '''{key}'''")),
        &[
            "d.toml:6:7: tenant \"contoso\" › certificate \"hq\" › key: the PEM text: the private key does not fit the certificate of CN=rcgen self signed cert",
        ],
    );
    check(
        &certificate("certificate = 'hq.pem'\nkey = '''-----BEGIN PRIVATE KEY-----\nSECRET\n'''"),
        &[
            "d.toml:6:7: tenant \"contoso\" › certificate \"hq\" › key: the PEM text: line 1: PRIVATE KEY has no line -----END PRIVATE KEY-----; the file is cut off",
        ],
    );
}

#[test]
fn no_error_holds_a_key() {
    let key = Pair::get(1).key.replace("\r\n", "\n");
    let secret = key.lines().nth(1).unwrap();
    for fields in [
        format!("certificate = 'hq.pem'\nkey = '''{key}'''"),
        format!("certificate = 'hq.pem'\nkey = ['''{key}''']"),
        format!("certificate = '''{key}'''\nkey = 1"),
        format!("certificate = 'hq.pem'\nkey = \"{}\"", key.replace('\n', "\\n")),
        format!("certificate = 'hq.pem'\nkee = \"{}\"", key.replace('\n', "\\n")),
        format!("certificate = 'hq.pem'\nkey = '''{key}"),
        format!("certificate = 'hq.pem'\nname = '''{key}'''"),
    ] {
        let errors = read(&format!("[[tenant]]\nname = 'contoso'\n{}", certificate(&fields))).unwrap_err();
        assert!(!format!("{errors:?}").contains(secret), "{errors:?}");
    }
}

#[test]
fn what_validation_finds_has_a_line() {
    check(
        "[[tenant]]\nname = 'Contoso'\n[[tenant]]\nname = ''",
        &[
            "d.toml:4:8: tenant \"Contoso\" › name: \"Contoso\" is there twice; names are unique, and case makes no difference",
            "d.toml:6:8: tenant \"\" › name: a name has 1 to 128 characters and no control characters",
        ],
    );
    check(
        &format!(
            "{}{}",
            inbound("sender_ip_addresses = ['192.0.2.1']\n"),
            inbound("sender_ip_addresses = ['192.0.2.2']")
        ),
        &[
            "d.toml:7:10: tenant \"contoso\" › inbound_connector \"HQ\" › name: \"HQ\" is there twice; names are unique, and case makes no difference",
        ],
    );
    check(
        &inbound("sender_ip_addresses = [\n'192.0.2.1',\n'10.0.0.0/8']\nassociated_accepted_domains = ['contoso.com']"),
        &[
            "d.toml:7:1: tenant \"contoso\" › inbound_connector \"HQ\" › sender_ip_addresses: 10.0.0.0/8 is wider than /24 (IPv4) or /48 (IPv6); only the operator may grant that (rule A0)",
            "d.toml:8:32: tenant \"contoso\" › inbound_connector \"HQ\" › associated_accepted_domains: contoso.com is not an accepted domain of this tenant; add a [[tenant.domain]] with this name",
        ],
    );
    check(
        "[[tenant.domain]]\nname = 'CO.uk'\nverified = true\n[[tenant]]\nname = 'b'\n[[tenant.domain]]\nname = 'co.uk'\nverified = true",
        &[
            "d.toml:4:8: tenant \"contoso\" › domain \"CO.uk\" › name: co.uk is a public suffix: nobody owns what strangers register below it",
            "d.toml:9:8: tenant \"b\" › domain \"co.uk\" › name: co.uk is a public suffix: nobody owns what strangers register below it",
            "d.toml:10:12: tenant \"b\" › domain \"co.uk\" › verified: already verified at tenant \"contoso\"; a domain is verified at one tenant at a time (rule A4)",
        ],
    );
    check(
        &inbound("any_sender = true\nsender_ip_addresses = ['192.0.2.1']\nrestrict_domains_to_certificate = true"),
        &[
            "d.toml:7:35: tenant \"contoso\" › inbound_connector \"HQ\" › restrict_domains_to_certificate: is for connectors of type \"partner\" only",
            "d.toml:5:14: tenant \"contoso\" › inbound_connector \"HQ\" › any_sender: only the operator may set this",
        ],
    );
    check(
        &send("smart_hosts = ['hub.example.net']\ntls_domain = 'hub.example.net'\ncertificate = 'hq'"),
        &[
            "d.toml:6:14: tenant \"contoso\" › send_connector \"Out\" › tls_domain: contradicts tls = \"certificate-validation\"; set tls = \"domain-validation\", which alone compares the name, or leave tls_domain out",
            "d.toml:7:15: tenant \"contoso\" › send_connector \"Out\" › certificate: the tenant has no certificate named \"hq\"; add a [[tenant.certificate]] with this name",
        ],
    );
    check(
        &send("tls = 'none'\ncertificate = 'hq'\naddress_spaces = []"),
        &[
            "d.toml:7:18: tenant \"contoso\" › send_connector \"Out\" › address_spaces: must not be empty",
            "d.toml:6:15: tenant \"contoso\" › send_connector \"Out\" › certificate: the tenant has no certificate named \"hq\"; add a [[tenant.certificate]] with this name",
            "d.toml:6:15: tenant \"contoso\" › send_connector \"Out\" › certificate: contradicts tls = \"none\"; a certificate is presented over TLS only; set another tls, or leave certificate out",
        ],
    );
}

#[test]
fn json_errors_have_pointers() {
    let errors = from_json(&serde_json::json!({"tenant": [{"name": "contoso",
        "domain": [{"name": "contoso.com"}, {"name": "a b", "typ": "authoritative"}],
        "trusted_roots": ["roots.pem"],
        "certificate": [{"name": "hq", "certificate": "hq.pem", "key": 1}],
        "inbound_connector": [{"name": "HQ", "sender_ip_addresses": ["192.0.2.1", "0.0.0.0/0"]}],
    }], "Tenants": []}))
    .unwrap_err();
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let expected = [
        "/Tenants: unknown key `Tenants`; did you mean `tenant`?",
        "/tenant/0/certificate/0/certificate: tenant \"contoso\" › certificate \"hq\" › certificate: \"hq.pem\": a file name means nothing here; send the PEM text itself",
        "/tenant/0/certificate/0/key: tenant \"contoso\" › certificate \"hq\" › key: expected a string, found an integer; put it in quotes",
        "/tenant/0/domain/1/name: tenant \"contoso\" › domain \"a b\" › name: \"a b\": the character ' ' cannot be in a domain",
        "/tenant/0/domain/1/typ: tenant \"contoso\" › domain \"a b\": unknown key `typ`; did you mean `type`?",
        "/tenant/0/inbound_connector/0/sender_ip_addresses/1: tenant \"contoso\" › inbound_connector \"HQ\" › sender_ip_addresses: \"0.0.0.0/0\": a /0 range would match everybody",
        "/tenant/0/trusted_roots/0: tenant \"contoso\" › trusted_roots: \"roots.pem\": a file name means nothing here; send the PEM text itself",
    ];
    assert_eq!(errors, expected);
}
