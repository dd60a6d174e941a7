//! What holds in every world.

use std::collections::BTreeSet;

use core_directory::{DirectoryVersion, Snapshot, Tenant, TenantIndex};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::consistency::consistent;
use super::random::{by_foreign_roots, complete, drop_facts, evidence, world};
use crate::{Direction, Evidence, Judgement, RuleId, Verdict, decide, judge, reason, tenants_with_sight};

fn indexed(tenants: &[Tenant]) -> Snapshot {
    Snapshot::new(DirectoryVersion(1), tenants.to_vec())
}

/// Reorders a list by keys that come from elsewhere.
fn shuffle<T>(list: &mut [T], seed: u64) {
    for at in (1..list.len()).rev() {
        let step = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(at as u64 * 1_442_695_040_888_963_407);
        list.swap(at, usize::try_from(step >> 33).unwrap() % (at + 1));
    }
}

/// The tenant that the mail would originate from, refused or not.
fn originates(verdict: &Verdict, directory: &Snapshot) -> Option<TenantIndex> {
    let originating = match verdict {
        Verdict::Passes(attribution) => attribution.direction == Direction::Originating,
        Verdict::Refused(refusal) => refusal.rule == RuleId::A8,
    };
    verdict.tenant().filter(|_| originating).and_then(|id| directory.tenant_by_id(id))
}

/// Whether a presented name that the deciding connector's value matches lies in a domain that is not another tenant's.
fn through_own_name(evidence: &Evidence, directory: &Snapshot, tenant: TenantIndex, verdict: &Verdict) -> bool {
    let Some(index) = verdict.connector().and_then(|id| directory.connector_by_id(tenant, id)) else { return false };
    let Some(value) = &directory.connector(index).connector.tls_sender_certificate_name else { return false };
    let names = evidence.certificate.iter().flat_map(|facts| &facts.names);
    names
        .filter(|name| value.matches(name).is_some())
        .any(|name| directory.nearest_verified(name.domain()).is_none_or(|owner| owner.tenant == tenant))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    /// The index, the plain rules, the judges and the reasoning agree; answers read as they were written.
    #[test]
    fn all_ways_of_judging_agree(tenants in world(), evidence in evidence(3)) {
        prop_assert_eq!(consistent(&tenants, &indexed(&tenants), &evidence), Ok(()));
    }

    #[test]
    fn the_order_of_insertion_never_matters(tenants in world(), evidence in evidence(3), seed: u64) {
        let (ordered, mut shuffled) = (indexed(&tenants), tenants);
        shuffle(&mut shuffled, seed);
        for tenant in &mut shuffled {
            shuffle(&mut tenant.inbound_connectors, seed);
        }
        let verdict = decide(&evidence, &ordered);
        let again = indexed(&shuffled);
        prop_assert_eq!(decide(&evidence, &again), verdict);
        prop_assert_eq!(reason(&evidence, &again, &verdict), reason(&evidence, &ordered, &verdict));
        for tenant in &mut shuffled {
            shuffle(&mut tenant.domains, seed);
            for connector in &mut tenant.inbound_connectors {
                shuffle(&mut connector.sender_ip_addresses, seed);
                shuffle(&mut connector.sender_domains, seed);
                shuffle(&mut connector.pinned_certificates, seed);
                shuffle(&mut connector.associated_accepted_domains, seed);
            }
        }
        let again = indexed(&shuffled);
        prop_assert_eq!(decide(&evidence, &again), verdict);
        prop_assert_eq!(tenants_with_sight(&evidence, &again), tenants_with_sight(&evidence, &ordered));
    }

    /// No tenant is reached through a domain that another has verified: neither by a presented name nor as the sender.
    #[test]
    fn a_verified_domain_shuts_others_out(tenants in world(), evidence in evidence(3)) {
        let directory = indexed(&tenants);
        let verdict = decide(&evidence, &directory);
        if let Some(tenant) = originates(&verdict, &directory) {
            if matches!(verdict.rule(), RuleId::A5 | RuleId::A6) {
                prop_assert!(through_own_name(&evidence, &directory, tenant, &verdict), "{:?}", verdict);
            }
            let holder = evidence.mail_from.domain().and_then(|sender| directory.holder(sender));
            let foreign = holder.is_some_and(|holder| holder != tenant);
            prop_assert!(!(foreign && verdict.passes()), "{:?} passes with a foreign sender", verdict);
            if matches!(verdict.rule(), RuleId::A6) {
                prop_assert_eq!(holder, Some(tenant));
            }
        }
        if let Verdict::Passes(attribution) = verdict && attribution.direction == Direction::Incoming {
            let holder = evidence.rcpt_to.as_ref().and_then(|domain| directory.holder(domain));
            prop_assert_eq!(holder.map(|holder| directory.tenant(holder).id), Some(attribution.tenant));
        }
    }

    /// A tenant that verified no domain passes nothing as its own, whatever it claims and names.
    #[test]
    fn a_stranger_gains_nothing(tenants in world(), evidence in evidence(3), at in 0..4usize) {
        let mut claimed = tenants.clone();
        let Some(stranger) = claimed.get_mut(at) else { return Ok(()) };
        stranger.domains.iter_mut().for_each(|own| own.proof = core_directory::Proof::None);
        stranger.inbound_connectors.iter_mut().for_each(|connector| connector.any_sender = false);
        let verdict = decide(&evidence, &indexed(&claimed));
        prop_assert!(!verdict.passes() || verdict.tenant() != Some(tenants[at].id), "{:?}", verdict);
    }

    /// What is undetermined never contradicts a completion of it.
    #[test]
    fn forks_hold_every_completion(
        tenants in world(),
        base in evidence(1),
        known: [bool; 5],
        others in vec(evidence(1), 24),
    ) {
        let directory = indexed(&tenants);
        let judgement = judge(&drop_facts(&base, known), &directory);
        for whole in others.iter().map(|other| complete(&base, other, known)).filter(|whole| !by_foreign_roots(whole, &tenants)) {
            let verdict = decide(&whole, &directory);
            match &judgement {
                Judgement::Determined(determined) => prop_assert_eq!(*determined, verdict, "{:?}", whole),
                Judgement::Undetermined { incomplete: true, .. } => {}
                Judgement::Undetermined { leaves, .. } => {
                    prop_assert!(leaves.iter().any(|(_, leaf)| *leaf == verdict), "{:?} of {:?} is in no leaf of {:?}", verdict, whole, leaves);
                }
            }
        }
    }

    /// Nor does a certificate of several names, where all of one name lead to the same.
    #[test]
    fn determined_holds_for_any_certificate(
        tenants in world(),
        base in evidence(1),
        known: [bool; 5],
        others in vec(evidence(3), 24),
    ) {
        let directory = indexed(&tenants);
        if let Judgement::Determined(determined) = judge(&drop_facts(&base, known), &directory) {
            for whole in others.iter().map(|other| complete(&base, other, known)) {
                prop_assert_eq!(determined, decide(&whole, &directory), "{:?}", whole);
            }
        }
    }
}
/// The properties would hold of worlds in which nothing ever meets.
#[test]
fn random_worlds_reach_every_verdict() {
    let mut runner = TestRunner::deterministic();
    let mut missing: BTreeSet<String> = ["A5", "A6", "A7", "A9", "TenantAttribution", "Attr36", "ForeignSender"]
        .into_iter()
        .chain(["TlsRequired", "PartnerRestriction", "DirectSend", "undetermined", "determined"])
        .map(str::to_owned)
        .collect();
    for _ in 0..4000 {
        let (tenants, evidence, known) =
            (world(), evidence(3), any::<[bool; 5]>()).new_tree(&mut runner).unwrap().current();
        let directory = indexed(&tenants);
        missing.remove(&match decide(&evidence, &directory) {
            Verdict::Passes(attribution) => attribution.rule.to_string(),
            Verdict::Refused(refusal) => format!("{:?}", refusal.reply),
        });
        missing.remove(match judge(&drop_facts(&evidence, known), &directory) {
            Judgement::Determined(_) => "determined",
            Judgement::Undetermined { .. } => "undetermined",
        });
    }
    assert!(missing.is_empty(), "never reached: {missing:?}");
}
