//! Rule A13: where attributed mail goes.

use super::world::{evidence, shown, snapshot};
use crate::{Fact, Judgement, PartialEvidence, Verdict, attribute, judge_with_route};

/// The route as `tenant/connector`, with `from sender-tenant` where it is handed over inside; or the refusal.
fn check(world: &str, case: &str, expected: &str) {
    let (directory, evidence) = (snapshot(world), evidence(case));
    let got = match attribute(&evidence, &directory, ()) {
        Ok(attributed) => {
            let routed = attributed.route();
            let tenant = directory.tenant_by_id(routed.attribution.tenant).unwrap();
            let connector = directory.send_connector(tenant, routed.send_connector).unwrap();
            let from = routed.handed_over_by.and_then(|id| directory.tenant_by_id(id));
            let from = from.map(|from| format!(" from {}", directory.tenant(from).name)).unwrap_or_default();
            format!("{} {}/{}{from}", routed.attribution.rule, directory.tenant(tenant).name, connector.name)
        }
        Err(refusal) => shown(&evidence, &directory, &Verdict::Refused(refusal)),
    };
    assert_eq!(got, expected, "\n{world}\n{case}");
}

#[test]
fn the_best_space_then_cost_then_name() {
    let world = "t: t.example; HQ = *.t.example; Z > *;1 via a; B > *.x.example;5 via a; A > *.x.example;5 via a; \
                 C > *.x.example;9,y.example;2 via a; D > m.x.example;100 via a; E > m.x.example;1 disabled via a; \
                 F > y.example;1 via b; G > *.deep.x.example;50 via a";
    let to = |recipient: &str, expected: &str| check(world, &format!("cert=m.t.example to={recipient}"), expected);
    to("other.example", "A5 t/Z");
    to("n.x.example", "A5 t/A");
    to("x.example", "A5 t/Z");
    to("m.x.example", "A5 t/D");
    to("a.m.x.example", "A5 t/A");
    to("a.deep.x.example", "A5 t/G");
    to("y.example", "A5 t/F");
}

#[test]
fn only_the_verdicts_tenant_routes() {
    let world = "t: t.example; HQ = *.t.example; Out > x.example via a\nu: u.example; Out > * via b";
    check(world, "cert=m.t.example to=x.example", "A5 t/Out");
    check(world, "cert=m.t.example to=y.example", "4.4.4 t/HQ");
    check(world, "cert=m.t.example to=u.example", "4.4.4 t/HQ");
    check(world, "cert=m.t.example to=-", "4.4.4 t/HQ");
    check(world, "to=u.example", "A9 u/Out");
    check(world, "to=t.example", "4.4.4 t");
    check(world, "cert=m.x.example to=x.example", "5.7.64");
}

/// Where a tenant of ours holds the recipient's domain and the route is by MX.
#[test]
fn handed_over_inside() {
    let world = "t: t.example; HQ = *.t.example; Out > *\n\
                 u: u.example; In > u.example via mailbox; P = partner from=*.t.example 192.0.2.1 restrict-ip\n\
                 v: v.example; reject-direct-send; Out > *\nw: w.example; Out > w.example via mailbox";
    check(world, "cert=m.t.example from=t.example to=u.example", "A9 u/In from t");
    check(world, "cert=m.t.example from=a.t.example to=u.example", "5.7.51 u/P");
    check(world, "cert=m.t.example from=a.t.example ip=192.0.2.1 to=u.example", "A9 u/In from t");
    check(world, "cert=m.t.example from=t.example to=w.example", "A9 w/Out from t");
    // Nobody of ours: by MX, which the relay does not do yet.
    check(world, "cert=m.t.example from=t.example to=elsewhere.example", "4.4.4 t/HQ");
    // Its own route to its own domain by MX would come back to us.
    check(world, "cert=m.t.example from=t.example to=v.example", "4.4.4 v");
    check(world, "from=stranger.example to=v.example", "4.4.4 v");
    check(world, "cert=m.t.example from=t.example to=t.example", "4.4.4 t/HQ");
    // By smart host it goes there, whoever holds the domain.
    let hosted = "t: t.example; HQ = *.t.example; Out > * via hub\nu: u.example; Out > *";
    check(hosted, "cert=m.t.example from=t.example to=u.example", "A5 t/Out");
    check(hosted, "cert=m.t.example from=t.example to=t.example", "A5 t/Out");
}

/// A tenant's attributed mail to itself is no direct send.
#[test]
fn not_handed_over_to_itself() {
    let world = "t: t.example; reject-direct-send; HQ = *.t.example; P = partner tls 192.0.2.1 restrict-ip; Out > *";
    check(world, "cert=m.t.example from=t.example to=t.example", "4.4.4 t/HQ");
}

/// `explain` says of a known recipient what the relay says at RCPT TO, and of an unknown one nothing about routes.
#[test]
fn judged_with_the_route() {
    let directory = snapshot("t: t.example; HQ = *.t.example; Out > x.example via a");
    let check = |case: &str, rcpt_is_known: bool, expected: &str| {
        let evidence = evidence(case);
        let mut partial = PartialEvidence::from(evidence.clone());
        if !rcpt_is_known {
            partial.rcpt_to = Fact::Unknown;
        }
        match judge_with_route(&partial, &directory) {
            Judgement::Determined(verdict) => assert_eq!(shown(&evidence, &directory, &verdict), expected, "{case}"),
            undetermined => panic!("{case}: {undetermined:?}"),
        }
    };
    check("cert=m.t.example to=x.example", true, "A5 t/HQ");
    check("cert=m.t.example to=y.example", true, "4.4.4 t/HQ");
    check("cert=m.t.example to=y.example", false, "A5 t/HQ");
}
