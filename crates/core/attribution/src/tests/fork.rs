//! Evidence with gaps against a whole directory: what is missing, and what each value leads to.

use std::collections::BTreeSet;

use super::world::{evidence, now, shown, snapshot};
use crate::{Answer, Fact, Judgement, MAX_LEAVES, PartialEvidence, VerdictKind, judge};

/// The words of `world::evidence`; what is not named there is unknown, and `no-cert` says that there is none.
fn partial(case: &str) -> PartialEvidence {
    let known = |words: &[&str]| case.split_whitespace().any(|word| words.iter().any(|start| word.starts_with(start)));
    let words: Vec<_> = case.split_whitespace().filter(|word| !["no-cert", "tls"].contains(word)).collect();
    let whole = evidence(&words.join(" "));
    let mut partial = PartialEvidence::unknown(now());
    if known(&["ip="]) {
        partial.remote_ip = Fact::Known(whole.remote_ip);
    }
    if known(&["tls", "plain"]) {
        partial.tls = Fact::Known(whole.tls);
    }
    if known(&["cert=", "cn=", "no-cert"]) {
        partial.certificate = Fact::Known(whole.certificate.clone());
    }
    if known(&["from="]) {
        partial.mail_from = Fact::Known(whole.mail_from.clone());
    }
    if known(&["to="]) {
        partial.rcpt_to = Fact::Known(whole.rcpt_to.clone());
    }
    partial
}

fn judged(world: &str, case: &str) -> (Judgement, Answer) {
    let (directory, facts) = (snapshot(world), partial(case));
    let judgement = judge(&facts, &directory);
    let answer = Answer::of_judgement(&facts, &directory, &judgement);
    (judgement, answer)
}

/// Determined after all.
fn determined(world: &str, case: &str, expected: &str) {
    let (judgement, answer) = judged(world, case);
    let text = serde_json::to_string_pretty(&answer).unwrap();
    let Judgement::Determined(verdict) = judgement else { panic!("undetermined\n{world}\n{case}\n{text}") };
    let got = shown(&evidence(""), &snapshot(world), &verdict);
    assert_eq!(got.split('/').next(), Some(expected), "\n{world}\n{case}\n{text}");
}

/// Undetermined: what is missing, and the outcomes in any order.
fn undetermined(world: &str, case: &str, missing: &[&str], outcomes: &[&str]) {
    let (judgement, answer) = judged(world, case);
    let text = serde_json::to_string_pretty(&answer).unwrap();
    assert_eq!(answer.verdict, VerdictKind::Undetermined, "\n{world}\n{case}\n{text}");
    assert!(!answer.incomplete, "too many leaves\n{world}\n{case}\n{text}");
    assert_eq!(answer.missing, missing, "\n{world}\n{case}\n{text}");
    let outcome = |branch: &crate::Branch| {
        let start = branch
            .reply
            .as_deref()
            .map_or(branch.rule.to_string(), |reply| reply.split_whitespace().take(2).collect::<Vec<_>>().join(" "));
        let parts: Vec<_> = branch.tenant.iter().chain(&branch.connector).map(String::as_str).collect();
        format!("{start} {}", parts.join("/")).trim_end().to_owned()
    };
    let got: BTreeSet<_> = answer.branches.iter().map(outcome).collect();
    let expected: BTreeSet<_> = outcomes.iter().map(ToString::to_string).collect();
    assert_eq!(got, expected, "\n{world}\n{case}\n{text}");
    let again: Answer = serde_json::from_str(&text).unwrap();
    assert_eq!(again, answer);
    assert!(matches!(judgement, Judgement::Undetermined { leaves, .. } if leaves.len() <= MAX_LEAVES));
}

const HQ: &str = "contoso: contoso.com; HQ = *.contoso.com 192.0.2.1";

#[test]
fn only_what_makes_a_difference_is_missing() {
    determined("", "", "5.7.64");
    determined(HQ, "cert=mail.contoso.com", "A5 contoso");
    determined(HQ, "no-cert ip=198.51.100.1 to=elsewhere.example", "5.7.64");
    determined(HQ, "no-cert ip=192.0.2.1 from=contoso.com tls", "A7 contoso");
    determined(HQ, "no-cert from=stranger.example to=contoso.com", "A9 contoso");
    determined(HQ, "plain from=stranger.example to=elsewhere.example", "5.7.64");
}

#[test]
fn each_fact() {
    let refused = "550 5.7.64";
    undetermined(HQ, "no-cert ip=192.0.2.1 to=x.example tls", &["mail_from"], &["A7 contoso/HQ", refused]);
    undetermined(HQ, "no-cert from=contoso.com to=x.example tls", &["remote_ip"], &["A7 contoso/HQ", refused]);
    let outcomes = ["A7 contoso/HQ", "454 4.7.0 contoso/HQ"];
    undetermined(HQ, "no-cert from=contoso.com ip=192.0.2.1 to=x.example", &["tls"], &outcomes);
    undetermined(HQ, "no-cert ip=198.51.100.1 from=contoso.com", &["rcpt_to"], &["A9 contoso", refused]);
    let outcomes = ["A5 contoso/HQ", refused];
    undetermined(HQ, "ip=198.51.100.1 from=contoso.com to=x.example", &["certificate"], &outcomes);
}

/// Without TLS there is no certificate, and with a certificate there is TLS.
#[test]
fn tls_and_certificate_imply_each_other() {
    determined(HQ, "plain ip=192.0.2.1 from=contoso.com", "4.7.0 contoso");
    let partner = "t: t.example; P = partner tls";
    determined(partner, "cert=mail.x.example from=stranger.example to=t.example", "A9 t");
}

#[test]
fn several_facts() {
    let outcomes = ["A5 contoso/HQ", "A7 contoso/HQ", "454 4.7.0 contoso/HQ", "550 5.7.64"];
    let missing = ["certificate", "remote_ip", "tls"];
    undetermined(HQ, "from=contoso.com to=x.example", &missing, &outcomes);
}

/// Values that no connector and no tenant tells apart are one class, so that a large directory does not give up.
#[test]
fn classes_not_values() {
    let domains: Vec<_> = (0..300).map(|n| format!("d{n}.example")).collect();
    let addresses: Vec<_> = (0..200).map(|n| format!("192.0.2.{n}")).collect();
    let world = format!("t: {}; A = {} tls", domains.join(" "), addresses.join(" "));
    let outcomes = ["A7 t/A", "550 5.7.64"];
    undetermined(&world, "no-cert tls ip=192.0.2.1 to=x.example", &["mail_from"], &outcomes);
    undetermined(&world, "no-cert tls from=d7.example to=x.example", &["remote_ip"], &outcomes);
    undetermined(&world, "no-cert tls to=x.example", &["remote_ip", "mail_from"], &outcomes);
}

/// A class that only a domain below, above or beside makes.
#[test]
fn classes_that_are_easily_missed() {
    let scoped = "t: t.example; A = *.t.example for=u.example ; B = *.t.example from=*.v.example";
    let outcomes = ["A5 t/A", "A5 t/B", "550 5.7.64"];
    undetermined(scoped, "cert=mail.t.example to=x.example", &["mail_from"], &outcomes);
    let foreign = "t: e.u.example; C = *.u.example\nu: u.example";
    undetermined(foreign, "from=<> ip=192.0.2.1 to=x.example", &["certificate"], &["550 5.7.64 C", "550 5.7.64"]);
    let pinned = "t: t.example; A = *.t.example pin=ab; B = *.t.example clients; C = *.t.example";
    let outcomes = ["A5 t/A", "A5 t/B", "A5 t/C", "550 5.7.64"];
    undetermined(pinned, "from=<> ip=192.0.2.1 to=x.example", &["certificate"], &outcomes);
}

/// More than can be followed is said to be so.
#[test]
fn too_many() {
    let world: Vec<_> = (0..100).map(|n| format!("t{n}: t{n}.example; A = 192.0.2.{n}")).collect();
    let (_, answer) = judged(&world.join("\n"), "no-cert tls from=t3.example");
    assert_eq!((answer.verdict, answer.incomplete), (VerdictKind::Undetermined, true));
    assert_eq!(answer.missing, ["remote_ip"]);
    // What is known may still decide.
    determined(&world.join("\n"), "no-cert ip=192.0.2.3 from=t3.example", "A7 t3");
}
