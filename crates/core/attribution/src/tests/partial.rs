//! Directories of which a part is shown, and the points on which Microsoft is silent.

use std::collections::{BTreeMap, BTreeSet};

use core_directory::{Field, FieldSet, Snapshot};

use super::world::{evidence, snapshot, tenants};
use crate::{Answer, Judge, Judgement, PartialDirectory, PartialEvidence, PartialTenant, judge_partial};

/// A world of which the fields `connector.key` are hidden, and with `domains` or `connectors` not all of these are shown.
pub fn directory(judge: Judge, world: &str, hidden: &str) -> PartialDirectory {
    let mut shown: Vec<_> = tenants(world).into_iter().map(PartialTenant::whole).collect();
    for word in hidden.split_whitespace() {
        match word.split_once('.') {
            None if word == "domains" => shown.iter_mut().for_each(|tenant| tenant.domains_shown = false),
            None => shown.iter_mut().for_each(|tenant| tenant.connectors_shown = false),
            Some((name, key)) => {
                let field = Field::from_key(key).unwrap_or_else(|| panic!("no field {key:?}"));
                let fields: BTreeMap<_, _> = shown
                    .iter_mut()
                    .flat_map(|tenant| {
                        let own = tenant.tenant.inbound_connectors.iter().find(|own| &*own.name == name);
                        own.map(|own| own.id).map(|id| (id, &mut tenant.unknown))
                    })
                    .collect();
                assert!(!fields.is_empty(), "no connector {name:?}");
                for (id, unknown) in fields {
                    let own = unknown.entry(id).or_insert(FieldSet::EMPTY);
                    *own = own.with(field);
                }
            }
        }
    }
    PartialDirectory { judge, tenants: shown }
}

/// The facts that are missing, and the outcomes: `A5 HQ`, `5.7.64`. Determined: nothing missing and one outcome.
fn check(judge: Judge, world: &str, hidden: &str, case: &str, missing: &[&str], outcomes: &[&str]) {
    let facts = PartialEvidence::from(evidence(case));
    let judgement = judge_partial(&facts, &directory(judge, world, hidden));
    let directory: Snapshot = snapshot(world);
    let answer = Answer::of_judgement(&facts, &directory, &judgement);
    let text = serde_json::to_string_pretty(&answer).unwrap();
    assert!(!answer.incomplete, "too many leaves\n{world}\n{case}\n{text}");
    let verdicts = match judgement {
        Judgement::Determined(verdict) => vec![verdict],
        Judgement::Undetermined { leaves, .. } => leaves.into_iter().map(|(_, verdict)| verdict).collect(),
    };
    let got: BTreeSet<_> = verdicts.iter().map(|verdict| outcome(&directory, verdict)).collect();
    assert_eq!(got, outcomes.iter().map(ToString::to_string).collect(), "\n{world}\n{hidden}\n{case}\n{text}");
    assert_eq!(answer.missing, missing, "\n{world}\n{hidden}\n{case}\n{text}");
}

fn outcome(directory: &Snapshot, verdict: &crate::Verdict) -> String {
    let start = match verdict {
        crate::Verdict::Passes(attribution) => attribution.rule.to_string(),
        crate::Verdict::Refused(refusal) => {
            let (class, subject, detail) = refusal.reply.enhanced();
            format!("{class}.{subject}.{detail}")
        }
    };
    let connector = verdict.connector().and_then(|id| {
        let mut found = directory.tenants().filter_map(|tenant| directory.connector_by_id(tenant, id));
        found.next().map(|index| directory.connector(index).connector.name.to_string())
    });
    format!("{start} {}", connector.unwrap_or_default()).trim_end().to_owned()
}

const HQ: &str = "contoso: contoso.com; HQ = *.contoso.com 192.0.2.1";

fn relay(hidden: &str, case: &str, missing: &[&str], outcomes: &[&str]) {
    check(Judge::Relay, HQ, hidden, case, missing, outcomes);
}

#[test]
fn unknown_fields_fork_where_they_decide() {
    let case = "cert=mail.contoso.com ip=192.0.2.9 from=contoso.com";
    relay("", case, &[], &["A5 HQ"]);
    let field = |name: &str| format!("connector \"HQ\": {name}");
    for name in ["enabled", "type", "sender_domains", "associated_accepted_domains", "pinned_certificates"] {
        relay(&format!("HQ.{name}"), case, &[&field(name)], &["A5 HQ", "5.7.64"]);
    }
    let name = "tls_sender_certificate_name";
    relay(&format!("HQ.{name}"), case, &[&field(name)], &["A5 HQ", "A6 HQ", "5.7.64"]);
    let address = "ip=192.0.2.9 from=contoso.com";
    let name = "sender_ip_addresses";
    relay(&format!("HQ.{name}"), address, &[&field(name)], &["A7 HQ", "5.7.64"]);
    relay("HQ.require_tls", "plain ip=192.0.2.1 from=contoso.com", &[&field("require_tls")], &["A7 HQ", "4.7.0 HQ"]);
    // What does not decide is not asked for.
    relay("HQ.require_tls HQ.comment HQ.any_sender HQ.restrict_domains_to_certificate", case, &[], &["A5 HQ"]);
    relay("HQ.enabled HQ.pinned_certificates", "cert=mail.x.example ip=192.0.2.9", &[], &["5.7.64"]);
    relay("HQ.require_client_auth", case, &[], &["A5 HQ"]);
    let server = "cert=mail.contoso.com server-only from=contoso.com";
    relay("HQ.require_client_auth", server, &[&field("require_client_auth")], &["A5 HQ", "5.7.64"]);
}

#[test]
fn partner_fields_fork_too() {
    let world = "t: t.example; P = partner *.p.example 192.0.2.1";
    let check = |hidden: &str, case: &str, missing: &[&str], outcomes: &[&str]| {
        check(Judge::Relay, world, hidden, &format!("to=t.example {case}"), missing, outcomes);
    };
    let field = |name: &str| format!("connector \"P\": {name}");
    for name in ["restrict_domains_to_ip_addresses", "restrict_domains_to_certificate"] {
        check(&format!("P.{name}"), "", &[&field(name)], &["A9 P", "5.7.51 P"]);
        check(&format!("P.{name}"), "cert=mail.p.example ip=192.0.2.1", &[], &["A9 P"]);
    }
    check("P.require_tls", "plain", &[&field("require_tls")], &["A9 P", "4.7.0 P"]);
    check("P.require_tls", "", &[], &["A9 P"]);
    check("P.enabled", "", &[&field("enabled")], &["A9", "A9 P"]);
    check("P.sender_domains", "", &[&field("sender_domains")], &["A9", "A9 P"]);
}

/// What is not shown is unknown, never empty.
#[test]
fn domains_that_are_not_shown() {
    let world = "contoso: ; HQ = *.contoso.com 192.0.2.1";
    let check = |case: &str, missing: &[&str], outcomes: &[&str]| {
        check(Judge::Relay, world, "domains", case, missing, outcomes);
    };
    let domain = |name: &str| format!("accepted domain {name}");
    check(
        "cert=mail.contoso.com",
        &[&domain("contoso.com"), &domain("stranger.example"), &domain("elsewhere.example")],
        &["A5 HQ", "A6 HQ", "5.7.64 HQ", "A9"],
    );
    check(
        "cert=mail.contoso.com from=contoso.com",
        &[&domain("contoso.com"), &domain("elsewhere.example")],
        &["A5 HQ", "5.7.64 HQ", "A9"],
    );
    check("ip=192.0.2.1 from=contoso.com to=-", &[&domain("contoso.com")], &["A7 HQ", "5.7.64"]);
    check("ip=198.51.100.1 to=-", &[], &["5.7.64"]);
}

#[test]
fn connectors_that_are_not_shown() {
    let unseen = "a connector not shown that matches the certificate";
    let by_address = "a connector not shown that matches the address";
    relay("connectors", "cert=mail.contoso.com", &[], &["A5 HQ"]);
    relay("connectors", "cert=mail.x.example", &[unseen], &["A5", "5.7.64"]);
    relay("connectors", "ip=198.51.100.1", &[by_address], &["A7", "5.7.64"]);
    // An owned one goes before what is not owned.
    let vendor = "t: t.example; A = mail.vendor.example";
    let case = "cert=mail.vendor.example from=t.example";
    check(Judge::Relay, vendor, "connectors", case, &[unseen], &["A5", "A6 A"]);
    // There, by address, only the tenant's own senders pass.
    let case = "ip=198.51.100.1 from=stranger.example";
    check(Judge::ExchangeOnline, HQ, "connectors", case, &[], &["5.7.64"]);
    let case = "ip=198.51.100.1 from=contoso.com";
    check(Judge::ExchangeOnline, HQ, "connectors", case, &[by_address], &["A7", "5.7.64"]);
}

/// Nothing about the evidence is known either: what is not shown still counts as possible.
#[test]
fn unknown_evidence_meets_what_is_not_shown() {
    let nothing = PartialEvidence::unknown(super::world::now());
    for (world, hidden) in [
        ("t: ; A = *.t.example", "domains"),
        ("t: t.example", "connectors"),
        ("t: t.example; A = disabled", "A.enabled A.tls_sender_certificate_name"),
        ("t: t.example; A = 192.0.2.1", "A.sender_ip_addresses"),
    ] {
        let judgement = judge_partial(&nothing, &directory(Judge::Relay, world, hidden));
        assert!(matches!(judgement, Judgement::Undetermined { .. }), "\n{world}\n{hidden}\n{judgement:?}");
    }
    let recipient = PartialEvidence { rcpt_to: Default::default(), ..evidence("").into() };
    let judgement = judge_partial(&recipient, &directory(Judge::Relay, "t: ", "domains"));
    let Judgement::Undetermined { leaves, .. } = judgement else { panic!("{judgement:?}") };
    assert!(leaves.iter().any(|(_, verdict)| verdict.passes()), "the recipient may be the tenant's: {leaves:?}");
}

fn exchange(world: &str, case: &str, reading: Option<&str>, outcomes: &[&str]) {
    let missing: Vec<_> = reading.iter().map(|reading| format!("reading {reading}")).collect();
    let missing: Vec<_> = missing.iter().map(String::as_str).collect();
    check(Judge::ExchangeOnline, world, "", case, &missing, outcomes);
}

/// Each point forks where it decides, and our relay takes the strict side of it.
#[test]
fn readings() {
    let hq = "t: t.example; HQ = *.t.example";
    let open = ["A5 HQ", "5.7.64"];
    for (world, case, reading, outcomes, strict) in [
        (hq, "cert=t.example", "bare-domain", &open[..], "5.7.64"),
        (hq, "cert=a.b.t.example", "several-labels", &open, "A5 HQ"),
        (hq, "cert=*.a.t.example", "presented-wildcard", &open, "A5 HQ"),
        ("t: m.t.example; HQ = m.t.example", "cert=*.t.example", "presented-wildcard", &open, "A5 HQ"),
        (
            "t: e.t.example; HQ = *.t.example",
            "cert=m.t.example",
            "owned-through-subdomain",
            &["A5 HQ", "5.7.64 HQ"],
            "5.7.64 HQ",
        ),
        (hq, "cert=m.t.example server-only", "server-use", &open, "A5 HQ"),
        ("t: t.example; HQ = 192.0.2.1", "ip=192.0.2.1 to=t.example", "recipient-fallback", &["A7 HQ", "A9"], "A9"),
        (
            "t: t.example; HQ = *.t.example\nu: u.example; U = *.u.example",
            "cert=m.t.example,m.u.example from=t.example",
            "tie-to-sender",
            &open,
            "A5 HQ",
        ),
    ] {
        exchange(world, case, Some(reading), outcomes);
        check(Judge::Relay, world, "", case, &[], &[strict]);
    }
}

#[test]
fn readings_that_do_not_decide() {
    let hq = "t: t.example; HQ = *.t.example";
    exchange(hq, "cert=m.t.example", None, &["A5 HQ"]);
    exchange(hq, "cert=*.t.example", None, &["A5 HQ"]);
    exchange(hq, "cert=m.t.example,t.example", None, &["A5 HQ"]);
    exchange(hq, "cert=m.x.example server-only", None, &["5.7.64"]);
    exchange("t: t.example; HQ = *.t.example disabled", "cert=t.example", None, &["5.7.64"]);
    exchange("t: t.example; HQ = *.t.example; B = t.example", "cert=t.example", None, &["A5 B"]);
    exchange("t: t.example; HQ = 192.0.2.1", "ip=192.0.2.1 from=t.example", None, &["A7 HQ"]);
    let tie = "t: t.example; HQ = *.t.example\nu: u.example; U = *.u.example";
    exchange(tie, "cert=m.t.example,m.u.example", None, &["5.7.64"]);
}

/// Pins, IPv6 ranges and `any_sender` do not exist there, and the two texts of 5.7.64 are one family.
#[test]
fn what_does_not_exist_there() {
    exchange("t: t.example; HQ = *.t.example pin=ab", "cert=m.t.example", None, &["A5 HQ"]);
    exchange("t: t.example; HQ = *.t.example pin=ab", "cert=m.t.example leaf=ab untrusted", None, &["5.7.64"]);
    exchange("t: t.example; HQ = 2001:db8::/64", "ip=2001:db8::1 from=t.example", None, &["5.7.64"]);
    exchange("t: t.example; HQ = 192.0.2.1 any-sender", "ip=192.0.2.1", None, &["5.7.64"]);
    // Whether the bare domain matches, 5.7.64 it is.
    exchange("t: t.example; HQ = *.x.example", "cert=x.example", None, &["5.7.64"]);
    check(Judge::Relay, "t: t.example; HQ = *.x.example", "", "cert=m.x.example", &[], &["5.7.64 HQ"]);
}
