//! Reasoning: what is shown first, what is counted, and that it says what was decided.

use super::world::{evidence, snapshot};
use crate::{Presented, Reason, Reasoning, decide, reason};

fn reasoned(world: &str, case: &str) -> Reasoning {
    let (directory, evidence) = (snapshot(world), evidence(case));
    reason(&evidence, &directory, &decide(&evidence, &directory))
}

/// Every comparison as `connector field reason rule`, in order.
fn check(world: &str, case: &str, expected: &[&str]) {
    let reasoning = reasoned(world, case);
    let shown = reasoning.considered.iter().map(|one| {
        let code = serde_json::to_value(one.reason).unwrap();
        let words = [&*one.connector, &*one.field, code.as_str().unwrap(), &one.rule.to_string()].map(str::to_owned);
        words.join(" ").trim_start().to_owned()
    });
    let text = serde_json::to_string_pretty(&reasoning).unwrap();
    assert_eq!(shown.collect::<Vec<_>>(), expected, "\n{world}\n{case}\n{text}");
}

#[test]
fn the_nearest_first() {
    let world = "contoso: contoso.com; Far = *.unrelated.example; HQ = *.contoso.com; Off = *.contoso.net disabled";
    let case = "cert=contoso.com from=contoso.com";
    let expected = [
        "HQ tls_sender_certificate_name name-differs A3",
        "Far tls_sender_certificate_name name-differs A3",
        "Off enabled disabled A5",
        "Off tls_sender_certificate_name name-differs A3",
    ];
    check(world, case, &expected);
}

#[test]
fn everything_that_a_connector_misses() {
    let world = "contoso: contoso.com; HQ = *.contoso.net from=x.example disabled";
    let expected = [
        "HQ enabled disabled A5",
        "HQ trusted_roots untrusted A2",
        "HQ verified domain-not-accepted A4",
        "HQ sender_domains out-of-scope A8",
    ];
    check(world, "cert=mail.contoso.net untrusted from=contoso.com", &expected);
}

#[test]
fn what_decided_and_what_came_later() {
    let world = "t: t.example mail.t.example; A = *.t.example 192.0.2.1; B = mail.t.example";
    let later = "A sender_ip_addresses came-later A7";
    let expected = ["B tls_sender_certificate_name decided A5", "A tls_sender_certificate_name came-later A5", later];
    check(world, "cert=mail.t.example ip=192.0.2.1 from=t.example", &expected);
    // By address, what the certificate misses is shown of the others alone.
    check(
        "t: t.example; A = *.t.example 192.0.2.1",
        "ip=192.0.2.1 from=t.example",
        &["A sender_ip_addresses decided A7"],
    );
    // A6: it passes though its value's domain is not verified.
    let vendor = "t: t.example; A = mail.vendor.example";
    check(vendor, "cert=mail.vendor.example from=t.example", &["A tls_sender_certificate_name decided A5"]);
}

/// The name that decided is the one that is shown, though another matches too.
#[test]
fn the_name_that_counts() {
    let world = "t: t.example; A = *.t.example\nu: eu.t.example";
    check(world, "cert=m.eu.t.example,mail.t.example", &["A tls_sender_certificate_name decided A5"]);
    check(world, "cert=m.eu.t.example", &["A verified name-of-another A4"]);
}

#[test]
fn a_tie_is_told() {
    let world = "t: t.example; A = *.t.example\nu: u.example; B = *.u.example";
    let expected = ["A tls_sender_certificate_name ambiguous A5", "B tls_sender_certificate_name ambiguous A5"];
    check(world, "cert=mail.t.example,mail.u.example", &expected);
}

#[test]
fn any_sender_that_counts_for_nothing() {
    let world = "t: t.example; A = 192.0.2.1 any-sender\nu: u.example; B = 192.0.2.1";
    check(world, "ip=192.0.2.1", &["A verified sender-not-held A7", "B verified sender-not-held A7"]);
}

#[test]
fn the_tenant_itself() {
    let world = "t: t.example; reject-direct-send; P = partner tls";
    let expected = ["reject_direct_send direct-send A9", "P restrict_domains_to_ip_addresses direct-send A9"];
    check(world, "to=t.example from=t.example", &expected);
}

#[test]
fn what_the_client_presented() {
    let presented = reasoned("", "cert=mail.contoso.com leaf=ab ip=192.0.2.1 from=<> to=-").presented;
    let expected = Presented {
        remote_ip: Some("192.0.2.1".into()),
        tls: true,
        names: vec!["mail.contoso.com".into()],
        leaf_sha256: Some("ab".repeat(32)),
        mail_from: Some(String::new()),
        ..Presented::default()
    };
    assert_eq!(presented, expected);
    let many: Vec<_> = (0..256).map(|n| format!("h{n}.example")).collect();
    assert_eq!(reasoned("", &format!("cert={}", many.join(","))).presented.names.len(), 16);
}

/// A connector of another tenant with the same id is another connector.
#[test]
fn ids_are_of_one_tenant() {
    let mut tenants = super::world::tenants("a: a.example; X = *.other.example\nb: b.example; Y = mail.vendor.example");
    tenants[1].inbound_connectors[0].id = tenants[0].inbound_connectors[0].id;
    let directory = core_directory::Snapshot::new(core_directory::DirectoryVersion(1), tenants);
    let evidence = evidence("cert=mail.vendor.example");
    let verdict = decide(&evidence, &directory);
    let answer = crate::Answer::of_verdict(&evidence, &directory, &verdict);
    assert_eq!(answer.connector.as_deref(), Some("Y"));
    assert!(answer.considered.iter().all(|one| one.reason != Reason::Decided));
}
