//! What a dump hides is unknown, never empty: whatever the truth is, it is among the outcomes that are foreseen.

use std::collections::BTreeMap;
use std::sync::Arc;

use core_directory::{
    AddressRange, CertificateFacts, CertificateName, ConnectorId, ConnectorType, DirectoryVersion, DomainScope, Field,
    FieldSet, InboundConnector, Snapshot, Tenant, TenantId, Thumbprint,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

use super::random::{by_foreign_roots, drop_facts, evidence, world};
use super::world::domain;
use crate::{
    Evidence, Judge, Judgement, PartialDirectory, PartialEvidence, PartialTenant, Sender, Verdict, decide,
    judge_partial,
};

const FIELDS: [Field; 12] = [
    Field::Enabled,
    Field::Type,
    Field::TlsSenderCertificateName,
    Field::SenderIpAddresses,
    Field::PinnedCertificates,
    Field::SenderDomains,
    Field::AssociatedAcceptedDomains,
    Field::RequireTls,
    Field::RequireClientAuth,
    Field::RestrictDomainsToIpAddresses,
    Field::RestrictDomainsToCertificate,
    Field::AnySender,
];

/// Fields of connectors that are hidden.
type HiddenFields = Vec<(Index, Vec<Field>)>;

fn hidden() -> impl Strategy<Value = HiddenFields> {
    vec((any::<Index>(), subsequence(&FIELDS[..], 1..3)), 0..4)
}

/// Hides the fields, and leaves something else in their place, which must make no difference.
fn hide(tenants: &[Tenant], fields: &HiddenFields, domains: bool) -> Vec<PartialTenant> {
    let mut shown: Vec<_> = tenants.iter().cloned().map(PartialTenant::whole).collect();
    for tenant in shown.iter_mut().filter(|_| domains) {
        tenant.domains_shown = false;
        tenant.tenant.domains.clear();
    }
    let places: Vec<_> = (0..shown.len())
        .flat_map(|tenant| (0..shown[tenant].tenant.inbound_connectors.len()).map(move |own| (tenant, own)))
        .collect();
    for (index, fields) in fields.iter().filter(|_| !places.is_empty()) {
        let (tenant, own) = places[index.index(places.len())];
        let PartialTenant { tenant, unknown, .. } = &mut shown[tenant];
        let connector = &mut tenant.inbound_connectors[own];
        let set = unknown.entry(connector.id).or_insert(FieldSet::EMPTY);
        for &field in fields {
            *set = set.with(field);
            garble(connector, field);
        }
    }
    shown
}

/// Something else than the truth.
fn garble(connector: &mut InboundConnector, field: Field) {
    match field {
        Field::Enabled => connector.enabled = !connector.enabled,
        Field::Type => {
            connector.connector_type = match connector.connector_type {
                ConnectorType::OnPremises => ConnectorType::Partner,
                ConnectorType::Partner => ConnectorType::OnPremises,
            }
        }
        Field::TlsSenderCertificateName => {
            connector.tls_sender_certificate_name = Some(CertificateName::Wildcard(domain("a.example")));
        }
        Field::SenderIpAddresses => {
            connector.sender_ip_addresses = Box::new([AddressRange::parse("192.0.2.0/24").unwrap()]);
        }
        Field::PinnedCertificates => connector.pinned_certificates = Box::new([Thumbprint([9; 32])]),
        Field::SenderDomains => connector.sender_domains = Box::new([DomainScope::Exact(domain("garbled.example"))]),
        Field::AssociatedAcceptedDomains => {
            connector.associated_accepted_domains = Box::new([domain("garbled.example")]);
        }
        Field::RequireTls => connector.require_tls ^= true,
        Field::RequireClientAuth => connector.require_client_auth ^= true,
        Field::RestrictDomainsToIpAddresses => connector.restrict_domains_to_ip_addresses ^= true,
        Field::RestrictDomainsToCertificate => connector.restrict_domains_to_certificate ^= true,
        _ => connector.any_sender ^= true,
    }
}

/// The verdict but for its connector: where a field is hidden, which of a tenant's connectors comes first is not foreseen.
fn outcome(verdict: &Verdict) -> (bool, crate::RuleId, Option<TenantId>, Option<crate::RefusalReply>) {
    let reply = match verdict {
        Verdict::Passes(_) => None,
        Verdict::Refused(refusal) => Some(refusal.reply),
    };
    (verdict.passes(), verdict.rule(), verdict.tenant(), reply)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_fields_are(tenants in world(), evidence in evidence(2), fields in hidden()) {
        let shown = hide(&tenants, &fields, false);
        prop_assert_eq!(foreseen(&tenants, &evidence, &evidence.clone().into(), shown), Ok(()));
    }

    #[test]
    fn whatever_the_facts_are(
        tenants in world(),
        evidence in evidence(1),
        known: [bool; 5],
        fields in hidden(),
        domains: bool,
    ) {
        let one = tenants.len() == 1;
        let facts = drop_facts(&evidence, known);
        if !by_foreign_roots(&evidence, &tenants) {
            let shown = hide(&tenants, &fields, one && domains);
            prop_assert_eq!(foreseen(&tenants, &evidence, &facts, shown), Ok(()));
        }
    }

    /// That another tenant may claim the mail is a stated caveat, so only one tenant is looked at whose domains are hidden.
    #[test]
    fn whatever_the_domains_are(mut tenants in world(), evidence in evidence(2), fields in hidden()) {
        tenants.truncate(1);
        let shown = hide(&tenants, &fields, true);
        prop_assert_eq!(foreseen(&tenants, &evidence, &evidence.clone().into(), shown), Ok(()));
    }
}

fn foreseen(
    tenants: &[Tenant],
    evidence: &Evidence,
    facts: &PartialEvidence,
    shown: Vec<PartialTenant>,
) -> Result<(), String> {
    let truth = decide(evidence, &Snapshot::new(DirectoryVersion(1), tenants.to_vec()));
    let shown = PartialDirectory { judge: Judge::Relay, tenants: shown };
    let unknown: BTreeMap<_, _> = shown.tenants.iter().flat_map(|tenant| &tenant.unknown).collect();
    let verdicts = match judge_partial(facts, &shown) {
        Judgement::Determined(verdict) => vec![verdict],
        Judgement::Undetermined { incomplete: true, .. } => return Ok(()),
        Judgement::Undetermined { leaves, .. } => leaves.into_iter().map(|(_, leaf)| leaf).collect(),
    };
    if verdicts.iter().any(|verdict| outcome(verdict) == outcome(&truth)) {
        return Ok(());
    }
    Err(format!("{truth:?} is none of {verdicts:?}; hidden: {unknown:?}"))
}

/// What a pin proves of a chain that nobody trusts, it proves to a connector whose name is hidden too.
#[test]
fn a_pin_counts_where_the_name_is_hidden() {
    let name = CertificateName::Exact(domain("y.x.a.example"));
    let mut connector = InboundConnector::new("pinned", Some(name.clone()));
    connector.id = ConnectorId(1);
    connector.pinned_certificates = Box::new([Thumbprint([2; 32])]);
    let tenant = Tenant { id: TenantId(1), name: "t".into(), inbound_connectors: vec![connector], ..Tenant::default() };
    let certificate = CertificateFacts {
        leaf_sha256: Thumbprint([2; 32]),
        operator_path: None,
        ..CertificateFacts::trusted(vec![name])
    };
    let evidence = Evidence {
        at: "2026-06-01T12:00:00Z".parse().unwrap(),
        remote_ip: None,
        tls: true,
        certificate: Some(Arc::new(certificate)),
        mail_from: Sender::Null,
        rcpt_to: None,
    };
    let facts = drop_facts(&evidence, [false; 5]);
    let mut shown = PartialTenant::whole(tenant.clone());
    shown.unknown.insert(ConnectorId(1), FieldSet::EMPTY.with(Field::TlsSenderCertificateName));
    assert_eq!(foreseen(&[tenant], &evidence, &facts, vec![shown]), Ok(()));
}
