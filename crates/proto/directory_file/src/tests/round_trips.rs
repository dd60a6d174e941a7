//! What is written is read back equal.

use core_directory::{PrivateKey, Proof, Tenant};
use proptest::prelude::*;

use super::sample::{Pair, arbitrary_tenants};
use super::*;

/// The tenants as a document gives them back: nothing that only the store knows.
fn as_documents_have_them(mut tenants: Vec<Tenant>, keys: bool, toml: bool) -> Vec<Tenant> {
    for tenant in &mut tenants {
        tenant.domains.iter_mut().for_each(|domain| domain.proof = proof_as_documents_have_it(domain.proof, toml));
        tenant.inbound_connectors.iter_mut().for_each(|connector| connector.addresses_granted = false);
        if !keys {
            tenant.certificates.iter_mut().for_each(|certificate| certificate.key = PrivateKey::new(Vec::new()));
        }
    }
    tenants
}

/// A document has the operator's word alone, and a directory file does not say that a domain is not verified.
fn proof_as_documents_have_it(proof: Proof, toml: bool) -> Proof {
    match proof {
        Proof::OperatorsWord | Proof::Dns { .. } => Proof::OperatorsWord,
        Proof::None if !toml => Proof::None,
        Proof::None | Proof::Unsaid => Proof::Unsaid,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn toml(tenants in arbitrary_tenants()) {
        let text = write_toml(&tenants);
        prop_assert!(!text.contains("PRIVATE KEY"), "{}", text);
        let read = read_toml("d.toml", &text, &mut |path| Err(format!("{path} is no file here")));
        let read = read.map(|file| file.tenants).map_err(|errors| TestCaseError::fail(format!("{text}\n{errors:#?}")))?;
        prop_assert_eq!(&read, &as_documents_have_them(tenants, false, true), "{}", text);
        prop_assert_eq!(write_toml(&read), text);
    }

    #[test]
    fn json(tenants in arbitrary_tenants()) {
        let json = to_json(&tenants);
        prop_assert!(!json.to_string().contains("PRIVATE KEY"));
        prop_assert_eq!(from_json(&json), Ok(as_documents_have_them(tenants.clone(), false, false)));
        prop_assert_eq!(from_json(&to_json_with_keys(&tenants)), Ok(as_documents_have_them(tenants, true, false)));
    }

    #[test]
    fn store_bodies(tenants in arbitrary_tenants()) {
        for mut tenant in tenants {
            for domain in std::mem::take(&mut tenant.domains) {
                prop_assert_eq!(object::read_domain(&object::write_domain(&domain)), Ok(domain));
            }
            for certificate in std::mem::take(&mut tenant.certificates) {
                prop_assert_eq!(object::read_certificate(&object::write_certificate(&certificate)), Ok(certificate));
            }
            for connector in std::mem::take(&mut tenant.inbound_connectors) {
                let body = object::write_inbound_connector(&connector);
                prop_assert_eq!(object::read_inbound_connector(&body), Ok(connector));
            }
            for connector in std::mem::take(&mut tenant.send_connectors) {
                prop_assert_eq!(object::read_send_connector(&object::write_send_connector(&connector)), Ok(connector));
            }
            prop_assert_eq!(object::read_tenant(&object::write_tenant(&tenant)), Ok(tenant));
        }
    }

    #[test]
    fn arbitrary_bodies_do_no_harm(body in ".{0,100}") {
        let _ = object::read_tenant(&body);
        let _ = object::read_certificate(&body);
    }

    #[test]
    fn arbitrary_files_do_no_harm(parts in prop::collection::vec(prop::sample::select(PARTS.to_vec()), 0..30)) {
        errors_of(&parts.concat());
    }
}

/// What directory files are made of.
const PARTS: [&str; 20] = [
    "[[tenant]]\n",
    "[[tenant.domain]]\n",
    "[[tenant.certificate]]\n",
    "[[tenant.inbound_connector]]\n",
    "[[tenant.send_connector]]\n",
    "name = ",
    "certificate = ",
    "key = ",
    "trusted_roots = ",
    "type = ",
    "tls = ",
    "sender_ip_addresses = ",
    "\"hq.pem\"\n",
    "\"hq.key\"\n",
    "\"contoso.com\"\n",
    "[\"192.0.2.0/8\"]\n",
    "[]\n",
    "true\n",
    "\"\"\n",
    "[[tenant.domain.name]]\n",
];

#[test]
fn a_key_that_the_store_has_damaged_is_told() {
    let certificate = Pair::get(0).client_certificate("hq", 0);
    let other = Pair::get(1).client_certificate("hq", 0);
    let mixed = core_directory::ClientCertificate { key: other.key, ..certificate };
    let errors = object::read_certificate(&object::write_certificate(&mixed)).unwrap_err();
    assert_eq!(
        errors[0].to_string(),
        "/key: key: the PEM text: the private key does not fit the certificate of CN=rcgen self signed cert"
    );
    let errors = object::read_domain("{").unwrap_err();
    assert_eq!(errors[0].to_string(), "the stored object is no JSON: EOF while parsing an object at line 1 column 1");
}
