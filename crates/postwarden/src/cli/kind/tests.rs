//! Flags are the directory file's keys.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use core_directory::{
    AcceptedDomain, CertificateId, ClientCertificate, Domain, Field, InboundConnector, ObjectKind, PrivateKey,
    SendConnector, Tenant, Thumbprint,
};
use proto_directory_file::to_json;
use serde_json::Value as Json;

use super::{CERTIFICATE, DOMAIN, INBOUND_CONNECTOR, Kind, SEND_CONNECTOR, TENANT};

const KINDS: [&Kind; 5] = [&TENANT, &DOMAIN, &CERTIFICATE, &INBOUND_CONNECTOR, &SEND_CONNECTOR];

fn certificate() -> ClientCertificate {
    ClientCertificate {
        id: CertificateId::default(),
        name: "c".into(),
        chain: Vec::new(),
        leaf_sha256: Thumbprint([0; 32]),
        key: PrivateKey::new(Vec::new()),
    }
}

/// The keys that an object of this kind is written with, those of objects within it left out.
fn written(kind: &Kind) -> BTreeSet<String> {
    let tenant = Tenant {
        name: "t".into(),
        domains: vec![AcceptedDomain::new(Domain::parse("a.example").unwrap(), true)],
        certificates: vec![certificate()],
        inbound_connectors: vec![InboundConnector::new("i", None)],
        send_connectors: vec![SendConnector::new("s", Box::default())],
        ..Tenant::default()
    };
    let json = to_json(&[tenant]);
    let tenant = &json["tenant"][0];
    let object = if kind.is_in_tenant() { &tenant[kind.key][0] } else { tenant };
    let Json::Object(object) = object else { panic!("{}: no {} in {json:#}", kind.command, kind.key) };
    let children: Vec<&str> = KINDS.iter().filter(|inner| inner.is_in_tenant()).map(|inner| inner.key).collect();
    let is_child = |key: &str| !kind.is_in_tenant() && children.contains(&key);
    object.keys().filter(|key| !is_child(key)).cloned().collect()
}

#[test]
fn flags_are_the_files_keys() {
    for kind in KINDS {
        let mut flags: BTreeSet<String> = kind.flags.iter().map(|flag| flag.field.key().to_owned()).collect();
        assert_eq!(flags.len(), kind.flags.len(), "{}: a flag twice", kind.command);
        flags.insert(Field::Name.key().to_owned());
        let mut keys = written(kind);
        if kind.object == ObjectKind::Certificate {
            // Never written for people.
            keys.insert(Field::Key.key().to_owned());
        }
        assert_eq!(flags, keys, "{}: flags and keys", kind.command);
    }
}
