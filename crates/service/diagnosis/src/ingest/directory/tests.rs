//! Directory files as evidence.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use crate::evidence::Evidence;
use crate::{Reader, SourceId};

const FILE: &str = "\
[[tenant]]
name = 'contoso'
trusted_roots = ['ca.pem']

  [[tenant.domain]]
  name = 'contoso.com'
  verified = true

  [[tenant.certificate]]
  name = 'hq-2026'
  certificate = 'hq.pem'
  key = 'hq.key'

  [[tenant.inbound_connector]]
  name = 'Inbound from HQ'
  tls_sender_certificate_name = '*.contoso.com'
";

fn read(text: &str) -> Evidence {
    let mut reader = Reader::new(SourceId(0), "file");
    reader.feed(text.as_bytes());
    reader.finish()
}

#[test]
fn a_directory_file_is_read_without_the_files_that_it_names() {
    let evidence = read(FILE);
    assert_eq!(evidence.sources[0].problems, []);
    let [directory] = evidence.configuration.relay_directories.as_slice() else { panic!("{evidence:?}") };
    let tenant = &directory.object.tenants[0];
    assert_eq!((tenant.domains.len(), tenant.certificates.len(), tenant.inbound_connectors.len()), (1, 0, 1));
    let lines: Vec<(&str, u64)> = directory.object.places.iter().map(|place| (&*place.key, place.line)).collect();
    assert_eq!(lines, [("name", 15), ("tls_sender_certificate_name", 16)]);
    assert!(directory.object.places.iter().all(|place| &*place.connector == "Inbound from HQ"));
}

#[test]
fn what_export_prints_as_json_is_read() {
    let json = "{\"tenant\": [{\"name\": \"contoso\", \"inbound_connector\": [{\"name\": \"a\", \"sender_ip_addresses\": [\"192.0.2.1\"]}]}]}";
    let evidence = read(json);
    assert_eq!(evidence.sources[0].problems, []);
    assert_eq!(evidence.configuration.relay_directories[0].object.tenants[0].inbound_connectors.len(), 1);
}

#[test]
fn a_wrong_directory_is_told_and_not_used() {
    let check = |text: &str, expected: &[(Option<u64>, &str)], directories: usize| {
        let evidence = read(text);
        let source = &evidence.sources[0];
        let told: Vec<_> = source.problems.iter().map(|problem| (problem.line, problem.code)).collect();
        assert_eq!(told, expected, "{text}: {:?}", source.problems);
        assert_eq!(evidence.configuration.relay_directories.len(), directories, "{text}");
    };
    check(&FILE.replace("verified = true", "verify = true"), &[(Some(7), "problem-directory")], 0);
    check(&FILE.replace("'*.contoso.com'", "5"), &[(Some(16), "problem-directory")], 0);
    check(&format!("{FILE}\nname"), &[(Some(18), "problem-directory")], 0);
    let key = "'''\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'''";
    check(&FILE.replace("'hq.key'", key), &[(Some(13), "problem-private-key")], 1);
}
