//! Tests of the judgement, a case of rules A1 and A2 each.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;

use core_directory::{CertificateFacts, TenantId, TrustAnchor};
use proptest::prelude::*;
use rcgen::{
    BasicConstraints, CustomExtension, ExtendedKeyUsagePurpose as Usage, GeneralSubtree, IsCa, NameConstraints,
    SanType, date_time_ymd,
};

use super::{judge, judge_next_hop};
use crate::signature::thumbprint;
use crate::store::{TenantRoots, TrustStore};
use crate::test_authority::{Authority, fixture, now, self_signed_leaf, set_common_name};

fn store(roots: &[&[u8]]) -> TrustStore {
    let (store, problems) = TrustStore::new(roots.iter().copied());
    assert_eq!(problems, [], "roots of the test");
    store
}

fn judge_by(chain: &[&[u8]], roots: &[&[u8]]) -> CertificateFacts {
    let chain: Vec<Vec<u8>> = chain.iter().map(|der| der.to_vec()).collect();
    judge(&chain, true, now(), &store(roots), &TenantRoots::default(), &BTreeSet::new())
}

/// `Ok` is a trusted chain without faults; `Err` an untrusted one with exactly these faults, each known by a part.
fn check(case: &str, chain: &[&[u8]], roots: &[&[u8]], expected: Result<(), &[&str]>) {
    let facts = judge_by(chain, roots);
    let faults: Vec<String> = facts.faults.iter().map(|fault| format!("{fault:?}")).collect();
    match expected {
        Ok(()) => assert!(facts.operator_path.is_some() && faults.is_empty(), "{case}: {faults:?}"),
        Err(parts) => {
            assert!(facts.operator_path.is_none(), "{case}: trusted, but expected {parts:?}");
            let same =
                faults.len() == parts.len() && faults.iter().zip(parts).all(|(fault, part)| fault.contains(part));
            assert!(same, "{case}: expected {parts:?}, got {faults:?}");
        }
    }
}

#[test]
fn tells_the_shape_of_a_chain() {
    let root = Authority::root("Root");
    let middle = root.intermediate("Middle", &|_| {});
    let leaf = middle.leaf(&["mail.contoso.com"], &|_| {});
    let direct = root.leaf(&["mail.contoso.com"], &|_| {});
    let own = self_signed_leaf(&["mail.contoso.com"], &|_| {});
    let other = Authority::root("Other");
    let renewed = Authority::root("Root");
    let trusted: &[&[u8]] = &[&root.der];

    check("directly below a root", &[&direct], trusted, Ok(()));
    check("with its intermediate", &[&leaf, &middle.der], trusted, Ok(()));
    check("with the root sent too", &[&leaf, &middle.der, &root.der], trusted, Ok(()));
    check("in the wrong order", &[&leaf, &root.der, &middle.der], trusted, Ok(()));
    check("the leaf sent twice", &[&leaf, &leaf, &middle.der], trusted, Ok(()));
    check("a stranger among them", &[&leaf, &other.der, &middle.der], trusted, Ok(()));
    check("an unreadable one among them", &[&leaf, b"junk", &middle.der], trusted, Ok(()));
    check("the intermediate trusted as a root", &[&leaf], &[&middle.der], Ok(()));
    check("self-signed", &[&own], trusted, Err(&["SelfSignedLeaf"]));
    check("self-signed and trusted itself", &[&own], &[&own], Ok(()));
    check("a root as the leaf", &[&root.der], trusted, Ok(()));
    check("an untrusted root as the leaf", &[&other.der], trusted, Err(&["SelfSignedLeaf"]));
    check(
        "the intermediate not sent",
        &[&leaf],
        trusted,
        Err(&["MissingIssuer { subject: \"CN=mail.contoso.com\", issuer: \"CN=Middle\" }"]),
    );
    check(
        "the intermediate not sent, the root sent",
        &[&leaf, &root.der],
        trusted,
        Err(&["MissingIssuer { subject: \"CN=mail.contoso.com\", issuer: \"CN=Middle\" }"]),
    );
    check("nothing trusted", &[&leaf, &middle.der, &root.der], &[], Err(&["UntrustedRoot { root: \"CN=Root\" }"]));
    check(
        "nothing trusted and the root not sent",
        &[&leaf, &middle.der],
        &[],
        Err(&["MissingIssuer { subject: \"CN=Middle\", issuer: \"CN=Root\" }"]),
    );
    check("another root of the name", &[&direct], &[&renewed.der], Err(&["BadSignature"]));
    check(
        "another root of the name, the real one sent",
        &[&direct, &root.der],
        &[&renewed.der],
        Err(&["UntrustedRoot { root: \"CN=Root\" }"]),
    );
    check("both roots of the name", &[&direct], &[&renewed.der, &root.der], Ok(()));
    check("junk as the leaf", &[b"junk", &middle.der], trusted, Err(&["Unreadable"]));
    check("junk instead of the intermediate", &[&leaf, b"junk"], trusted, Err(&["MissingIssuer", "Unreadable"]));
    check("no certificate", &[], trusted, Err(&["Unreadable"]));
    let long: Vec<&[u8]> = std::iter::repeat_n(&*leaf, 17).collect();
    check("seventeen certificates", &long, trusted, Err(&["Unreadable"]));
}

#[test]
fn notices_a_changed_certificate() {
    let root = Authority::root("Root");
    let leaf = root.leaf(&["mail.contoso.com"], &|_| {});
    let at = leaf.windows(7).rposition(|bytes| bytes == b"contoso").unwrap();
    let mut forged = leaf.clone();
    *forged.get_mut(at).unwrap() = b'k';
    check("forged", &[&forged], &[&root.der], Err(&["BadSignature"]));
    let mut longer = leaf.clone();
    longer.push(0);
    check("an octet behind it", &[&longer], &[&root.der], Err(&["Unreadable"]));
}

#[test]
fn holds_all_but_the_root_to_their_dates() {
    let past: &dyn Fn(&mut rcgen::CertificateParams) = &|params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2029, 6, 1);
    };
    let future: &dyn Fn(&mut rcgen::CertificateParams) = &|params| {
        params.not_before = date_time_ymd(2030, 6, 1);
        params.not_after = date_time_ymd(2033, 6, 1);
    };
    let root = Authority::root("Root");
    let old_root = Authority::root_with("Old Root", past);
    let middle = root.intermediate("Middle", &|_| {});
    let old_middle = root.intermediate("Old Middle", past);
    let trusted: &[&[u8]] = &[&root.der, &old_root.der];
    let names = &["mail.contoso.com"];

    check(
        "expired",
        &[&root.leaf(names, past)],
        trusted,
        Err(&["Expired { subject: \"CN=mail.contoso.com\", since: 2029-06-01T00:00:00Z }"]),
    );
    check(
        "not yet valid",
        &[&root.leaf(names, future)],
        trusted,
        Err(&["NotYetValid { subject: \"CN=mail.contoso.com\", until: 2030-06-01T00:00:00Z }"]),
    );
    check(
        "expired intermediate",
        &[&old_middle.leaf(names, &|_| {}), &old_middle.der],
        trusted,
        Err(&["Expired { subject: \"CN=Old Middle\""]),
    );
    check("expired root", &[&old_root.leaf(names, &|_| {})], trusted, Ok(()));
    check("expired and self-signed", &[&self_signed_leaf(names, past)], trusted, Err(&["SelfSignedLeaf", "Expired"]));
    check("expired and missing", &[&middle.leaf(names, past)], trusted, Err(&["MissingIssuer", "Expired"]));
    let own = self_signed_leaf(names, past);
    check("expired and its own root", &[&own], &[&own], Err(&["Expired"]));

    let short = root.intermediate("Short", &|params| params.not_after = date_time_ymd(2030, 3, 1));
    let facts = judge_by(&[&short.leaf(names, &|_| {}), &short.der], trusted);
    let validity = facts.operator_path.unwrap().validity;
    assert_eq!(validity.not_before.to_string(), "2029-01-01T00:00:00Z");
    assert_eq!(validity.not_after.to_string(), "2030-03-01T00:00:00Z");
    assert_eq!(facts.leaf_validity.not_after.to_string(), "2031-01-01T00:00:00Z");
}

#[test]
fn asks_for_server_or_client_authentication() {
    let root = Authority::root("Root");
    let leaf =
        |usages: &[Usage]| root.leaf(&["mail.contoso.com"], &|params| params.extended_key_usages = usages.to_vec());
    let trusted: &[&[u8]] = &[&root.der];
    check("none", &[&leaf(&[])], trusted, Ok(()));
    check("server", &[&leaf(&[Usage::ServerAuth])], trusted, Ok(()));
    check("client", &[&leaf(&[Usage::ClientAuth])], trusted, Ok(()));
    check("any", &[&leaf(&[Usage::Any])], trusted, Ok(()));
    check("code signing", &[&leaf(&[Usage::CodeSigning])], trusted, Err(&["WrongUse"]));
    check("code signing and client", &[&leaf(&[Usage::CodeSigning, Usage::ClientAuth])], trusted, Ok(()));

    let middle =
        |usage: Usage| root.intermediate("Middle", &move |params| params.extended_key_usages = vec![usage.clone()]);
    let check_below = |middle: Authority, usage: Usage, expected: Result<(), &[&str]>| {
        let leaf = middle.leaf(&["mail.contoso.com"], &|params| params.extended_key_usages = vec![usage.clone()]);
        check("below", &[&leaf, &middle.der], trusted, expected);
    };
    check_below(middle(Usage::ServerAuth), Usage::ServerAuth, Ok(()));
    check_below(middle(Usage::Any), Usage::ClientAuth, Ok(()));
    check_below(middle(Usage::ServerAuth), Usage::ClientAuth, Err(&["WrongUse"]));
    check_below(middle(Usage::CodeSigning), Usage::ClientAuth, Err(&["WrongUse"]));

    let own = self_signed_leaf(&["a.contoso.com"], &|params| params.extended_key_usages = vec![Usage::CodeSigning]);
    check("code signing and self-signed", &[&own], trusted, Err(&["SelfSignedLeaf", "WrongUse"]));

    let next_hop = |usage| judge_next_hop(&[leaf(&[usage])], true, now(), &store(trusted));
    assert!(next_hop(Usage::ServerAuth).operator_path.is_some(), "a next hop is a server");
    assert!(next_hop(Usage::ClientAuth).operator_path.is_none(), "a next hop is a server");
}

#[test]
fn follows_issuers_only() {
    let root = Authority::root("Root");
    let no_authority = root.intermediate("Server", &|params| params.is_ca = IsCa::ExplicitNoCa);
    let shallow = root.intermediate("Shallow", &|params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)));
    let below = shallow.intermediate("Below", &|_| {});
    let trusted: &[&[u8]] = &[&root.der];
    let names = &["mail.contoso.com"];
    check(
        "issued by a server",
        &[&no_authority.leaf(names, &|_| {}), &no_authority.der],
        trusted,
        Err(&["no certification authority"]),
    );
    check(
        "too deep",
        &[&below.leaf(names, &|_| {}), &below.der, &shallow.der],
        trusted,
        Err(&["may not have another"]),
    );

    let authority_leaf =
        |params: &mut rcgen::CertificateParams| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    check("an authority as the leaf", &[&root.leaf(names, &authority_leaf)], trusted, Ok(()));
    let leaf = no_authority.leaf(names, &authority_leaf);
    check("the same, issued by a server", &[&leaf, &no_authority.der], trusted, Err(&["may not issue"]));
    let leaf = below.leaf(names, &authority_leaf);
    check("the same, too deep", &[&leaf, &below.der, &shallow.der], trusted, Err(&["may not issue"]));

    let odd = |params: &mut rcgen::CertificateParams| {
        let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
        extension.set_criticality(true);
        params.custom_extensions.push(extension);
    };
    check("an unknown critical extension", &[&root.leaf(names, &odd)], trusted, Err(&["UnsupportedCriticalExtension"]));
}

#[test]
fn reads_odd_certificates() {
    let authority = fixture(include_bytes!("../fixtures/authority.pem"));
    let version_1 = fixture(include_bytes!("../fixtures/version-1.pem"));
    let weak = fixture(include_bytes!("../fixtures/rsa-1024.pem"));
    let trusted: &[&[u8]] = &[&authority];
    check("version 1", &[&version_1], trusted, Ok(()));
    check("version 1, root sent, nothing trusted", &[&version_1, &authority], &[], Err(&["UntrustedRoot"]));
    assert_eq!(format!("{:?}", judge_by(&[&version_1], trusted).names), "[v1.contoso.com]");

    let facts = judge(&[weak], false, now(), &store(trusted), &TenantRoots::default(), &BTreeSet::new());
    assert!(!facts.key_proved && facts.operator_path.is_some(), "the chain is good, the key proves nothing");
    assert_eq!(format!("{:?}", facts.faults), "[UncheckableKey]");

    let facts = judge_by(&[b"junk"], trusted);
    assert!(!facts.leaf_validity.contains(now()) && !facts.leaf_use.is_fit(), "junk must not even satisfy a pin");
}

#[test]
fn denies_by_thumbprint() {
    let root = Authority::root("Root");
    let leaf = root.leaf(&["mail.contoso.com"], &|_| {});
    let check = |listed, expected| {
        let denied = BTreeSet::from([listed]);
        let facts =
            judge(std::slice::from_ref(&leaf), true, now(), &store(&[&root.der]), &TenantRoots::default(), &denied);
        assert_eq!(facts.denied, expected);
        assert_eq!(facts.faults.contains(&core_directory::ChainFault::Denied), expected);
    };
    check(thumbprint(&leaf), true);
    check(thumbprint(&root.der), false);
    crate::twin::twin_thumbprints(&leaf).into_iter().for_each(|twin| check(twin, true));
}

#[test]
fn takes_names_by_rule_a1() {
    let root = Authority::root("Root");
    let check = |case: &str, san: &[&str], common_name: &str, expected: &[&str], last_is_common_name: bool| {
        let leaf = root.leaf(san, &|params| set_common_name(params, common_name));
        let facts = judge_by(&[&leaf], &[&root.der]);
        let names: Vec<String> = facts.names.iter().map(ToString::to_string).collect();
        assert_eq!(names, expected, "{case}");
        assert_eq!(facts.last_is_common_name, last_is_common_name, "{case}");
    };
    check("SAN alone", &["mail.contoso.com"], "Contoso Ltd", &["mail.contoso.com"], false);
    check("CN alone", &[], "mail.contoso.com", &["mail.contoso.com"], true);
    check("both", &["a.contoso.com"], "b.contoso.com", &["a.contoso.com", "b.contoso.com"], true);
    check("equal", &["a.contoso.com"], "A.contoso.com", &["a.contoso.com"], false);
    check("upper case", &["MAIL.Contoso.COM"], "x y", &["mail.contoso.com"], false);
    check("wildcard", &["*.contoso.com"], "*.contoso.com", &["*.contoso.com"], false);
    check("internationalised CN", &[], "bücher.example", &["xn--bcher-kva.example"], true);
    check("internationalised SAN", &["xn--bcher-kva.example"], "bücher.example", &["xn--bcher-kva.example"], false);
    check("no names", &["a..b", "x*.contoso.com", "a b"], "*", &[], false);
    check(
        "repeated",
        &["a.contoso.com", "b.contoso.com", "a.contoso.com"],
        " ",
        &["a.contoso.com", "b.contoso.com"],
        false,
    );
    check("an address as CN", &[], "192.0.2.1", &[], false);

    let two = judge_by(&[&fixture(include_bytes!("../fixtures/two-common-names.pem"))], &[]);
    assert_eq!(format!("{:?}", two.names), "[mail.contoso.com]", "the last CN counts");
    let address = root.leaf(&[], &|params| {
        params.subject_alt_names = vec![SanType::IpAddress("192.0.2.1".parse().unwrap())];
    });
    assert_eq!(format!("{:?}", judge_by(&[&address], &[]).names), "[leaf]", "only dNSNames and the CN");
}

#[test]
fn takes_at_most_256_names() {
    let names: Vec<String> = (0..300).map(|number| format!("h{number}.contoso.com")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let root = Authority::root("Root");
    let leaf = root.leaf(&names, &|params| set_common_name(params, "cn.contoso.com"));
    let facts = judge_by(&[&leaf], &[&root.der]);
    assert!(facts.operator_path.is_some(), "many names do not harm the chain: {:?}", facts.faults);
    assert_eq!(facts.names.len(), 256);
    assert_eq!(facts.names.last().unwrap().to_string(), "h255.contoso.com");
    assert!(!facts.last_is_common_name);
}

#[test]
fn holds_names_to_name_constraints() {
    let constrained = |permitted: &[&str], excluded: &[&str]| {
        let subtrees = |names: &[&str]| names.iter().map(|name| GeneralSubtree::DnsName((*name).to_owned())).collect();
        let constraints =
            NameConstraints { permitted_subtrees: subtrees(permitted), excluded_subtrees: subtrees(excluded) };
        let root = Authority::root("Root");
        let middle = root.intermediate("Middle", &|params| params.name_constraints = Some(constraints.clone()));
        (root, middle)
    };
    // What comes out: `None` is no path, otherwise whether the CN is shut out.
    let check =
        |case: &str, permitted: &[&str], excluded: &[&str], san: &[&str], common_name: &str, expected: Option<bool>| {
            for authority in [false, true] {
                let (root, middle) = constrained(permitted, excluded);
                let leaf = middle.leaf(san, &|params| {
                    set_common_name(params, common_name);
                    if authority {
                        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
                    }
                });
                let facts = judge_by(&[&leaf, &middle.der], &[&root.der]);
                let got = facts.operator_path.map(|path| path.excludes_common_name);
                assert_eq!(got, expected, "{case}, by plain path {authority}: {:?}", facts.faults);
                let told = facts.faults.contains(&core_directory::ChainFault::NameConstraint);
                assert_eq!(told, expected.is_none(), "{case}, by plain path {authority}: {:?}", facts.faults);
            }
        };
    let contoso: &[&str] = &["contoso.com"];
    check("SAN inside", contoso, &[], &["mail.contoso.com"], "x y", Some(false));
    check("SAN outside", contoso, &[], &["mail.fabrikam.com"], "x y", None);
    check("SAN excluded", &[], contoso, &["mail.contoso.com"], "x y", None);
    check("CN inside", contoso, &[], &[], "mail.contoso.com", Some(false));
    check("CN outside", contoso, &[], &[], "mail.fabrikam.com", Some(true));
    check("CN excluded", &[], contoso, &[], "mail.contoso.com", Some(true));
    check("SAN inside, CN outside", contoso, &[], &["mail.contoso.com"], "mail.fabrikam.com", Some(true));
    check("CN no DNS name", contoso, &[], &["mail.contoso.com"], "Contoso", Some(true));
}

#[test]
fn holds_names_to_the_constraints_of_the_root() {
    let constraints = NameConstraints {
        permitted_subtrees: vec![GeneralSubtree::DnsName("contoso.com".to_owned())],
        excluded_subtrees: Vec::new(),
    };
    let root = Authority::root_with("Root", &|params| params.name_constraints = Some(constraints.clone()));
    let facts = judge_by(&[&root.leaf(&[], &|params| set_common_name(params, "mail.fabrikam.com"))], &[&root.der]);
    assert!(facts.operator_path.unwrap().excludes_common_name);
    check("SAN outside", &[&root.leaf(&["mail.fabrikam.com"], &|_| {})], &[&root.der], Err(&["NameConstraint"]));
}

#[test]
fn proves_to_tenants_by_their_own_roots() {
    let public = Authority::root("Public");
    let own = Authority::root("Own");
    let shared = own.intermediate("Shared", &|_| {});
    let anchors = |roots: &[&Authority]| -> Vec<TrustAnchor> {
        roots.iter().map(|root| TrustAnchor { der: root.der.clone() }).collect()
    };
    let lists =
        [(7, anchors(&[&own])), (3, anchors(&[&public, &own])), (5, anchors(&[&public])), (9, anchors(&[&shared]))];
    let (tenants, problems) = TenantRoots::new(lists.iter().map(|(id, list)| (TenantId(*id), list.as_slice())));
    assert_eq!(problems, []);
    let check = |case: &str, chain: &[&[u8]], expected: &[u64]| {
        let chain: Vec<Vec<u8>> = chain.iter().map(|der| der.to_vec()).collect();
        let facts = judge(&chain, true, now(), &TrustStore::default(), &tenants, &BTreeSet::new());
        let got: Vec<u64> = facts.tenant_paths.iter().map(|(id, _)| id.0).collect();
        assert_eq!(got, expected, "{case}");
        assert!(facts.operator_path.is_none() && !facts.faults.is_empty(), "{case}: not the operator's");
        for id in [3, 5, 7, 9] {
            assert_eq!(facts.path_for(TenantId(id)).is_some(), expected.contains(&id), "{case}: tenant {id}");
        }
    };
    let leaf = shared.leaf(&["mail.contoso.com"], &|_| {});
    check("intermediate sent", &[&leaf, &shared.der], &[3, 7, 9]);
    check("intermediate not sent", &[&leaf], &[9]);
    check("by the public root", &[&public.leaf(&["mail.contoso.com"], &|_| {})], &[3, 5]);
    check("by nobody", &[&Authority::root("Nobody").leaf(&["mail.contoso.com"], &|_| {})], &[]);
    check("a root as the leaf", &[&own.der], &[3, 7]);
}

#[test]
fn stays_bounded_on_hostile_chains() {
    // Fifteen authorities of one name, each with its own key: a search by name alone would try every order of them.
    let root = Authority::root("Root");
    let same: Vec<Authority> = (0..15).map(|_| Authority::root("Same")).collect();
    let leaf = same.last().unwrap().leaf(&["mail.contoso.com"], &|_| {});
    let chain: Vec<&[u8]> = std::iter::once(&*leaf).chain(same.iter().map(|authority| &*authority.der)).collect();
    check("one name", &chain, &[&root.der], Err(&["UntrustedRoot { root: \"CN=Same\" }"]));
}

proptest! {
    #[test]
    fn is_total_on_octets(chain in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..4)) {
        let facts = judge(&chain, true, now(), &TrustStore::default(), &TenantRoots::default(), &BTreeSet::new());
        prop_assert!(facts.operator_path.is_none());
    }

    #[test]
    fn is_total_on_damaged_certificates(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let authority = fixture(include_bytes!("../fixtures/authority.pem"));
        let mut leaf = fixture(include_bytes!("../fixtures/two-common-names.pem"));
        let sound = leaf.clone();
        for (index, octet) in changes {
            let index = index.index(leaf.len());
            leaf[index] = octet;
        }
        let chain = [leaf.clone(), authority.clone(), leaf.clone()];
        let facts = judge(&chain, true, now(), &store(&[&authority]), &TenantRoots::default(), &BTreeSet::new());
        prop_assert!(facts.operator_path.is_none() || leaf == sound, "trusted though changed");
    }
}
