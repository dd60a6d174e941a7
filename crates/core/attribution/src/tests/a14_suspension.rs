//! Rule A14: mail of and for a suspended tenant is put off, whatever it is attributed by; that of others passes.

use super::world::{evidence, shown, snapshot};
use crate::{Fact, Judgement, PartialEvidence, Reason, Verdict, attribute, judge_with_route, reason};

const WORLD: &str = "t: t.example; suspended; HQ = *.t.example 192.0.2.1; P = partner from=bank.example tls; Out > * via a\n\
                     u: u.example; HQ = *.u.example; In > u.example via b; Out > *";

#[test]
fn put_off_in_both_directions() {
    let check = |case: &str, expected: &str| {
        let (directory, evidence) = (snapshot(WORLD), evidence(case));
        let verdict = match attribute(&evidence, &directory, ()) {
            Ok(attributed) => Verdict::Passes(attributed.attribution()),
            Err(refusal) => Verdict::Refused(refusal),
        };
        assert_eq!(shown(&evidence, &directory, &verdict), expected, "{case}");
        // `explain` says the same, with the recipient and without.
        let mut partial = PartialEvidence::from(evidence.clone());
        for rcpt_is_known in [true, false] {
            if !rcpt_is_known && expected.starts_with("4.7.1 t/HQ") {
                partial.rcpt_to = Fact::Unknown;
            }
            let judged = judge_with_route(&partial, &directory);
            assert_eq!(judged, Judgement::Determined(verdict), "{case}, recipient known: {rcpt_is_known}");
        }
    };
    check("cert=m.t.example to=x.example", "4.7.1 t/HQ");
    check("ip=192.0.2.1 from=t.example to=x.example", "4.7.1 t/HQ");
    check("cert=m.t.example to=u.example", "4.7.1 t/HQ");
    check("from=x.example to=t.example", "4.7.1 t");
    check("cert=m.u.example from=u.example to=t.example", "4.7.1 t");
    // What is refused is refused, and what is another's passes.
    check("plain from=bank.example to=t.example", "4.7.0 t/P");
    check("cert=m.t.example from=u.example to=x.example", "5.7.1 t/HQ");
    check("from=x.example to=u.example", "A9 u");
}

#[test]
fn the_reason_is_told_and_no_change_to_connectors() {
    let (directory, evidence) = (snapshot(WORLD), evidence("cert=m.t.example to=x.example"));
    let refusal = attribute(&evidence, &directory, ()).unwrap_err();
    let reasoning = reason(&evidence, &directory, &Verdict::Refused(refusal));
    let first = &reasoning.considered[0];
    assert_eq!((&*first.tenant, &*first.field, first.reason), ("t", "suspended", Reason::Suspended));
    assert_eq!(reasoning.change, None);
}
